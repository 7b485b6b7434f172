"""The worker: sends mails and notices of logout as they come, does long jobs in slices, and the nightly work.

Any number may run.
"""

import signal
import time
from types import FrameType

import structlog
from django.db import InterfaceError, OperationalError, connections

from navette.core import clock
from navette.lifecycle import jobs, nightly
from navette.lifecycle.farewells import Farewells
from navette.lifecycle.patience import Patience
from navette.mail.delivery import Sender

POLL = 1.0  # seconds between two looks into an empty outbox
LOOK_AT_THE_HOUR = 30.0  # seconds between two looks whether the night has come
LAST_WORDS = 2.0  # seconds that a worker that stops leaves to each notice being posted
SLICE = 0.25  # seconds after which a sleeping worker notices that it is to stop
log = structlog.get_logger(__name__)


class Worker:
    """One worker. `run` returns when it has been told to stop, a mail begun being finished first."""

    def __init__(self, sender: Sender | None = None, *, poll: float = POLL) -> None:
        self.sender = sender or Sender()
        self.farewells = Farewells()
        self.poll = poll
        self.stopping = False
        self._database = Patience("database", first=1, longest=60)
        self._mail_server = Patience("mail server", first=5, longest=30 * 60)
        self._broken = Patience("worker", first=5, longest=60)
        self._mails_from = self._night_from = 0.0  # on the monotonic clock: when to look again

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Have `run` return soon; fit to be a signal's handler."""
        self.stopping = True

    def stop_on_signals(self) -> None:
        """Stop cleanly when the system or the person asks for it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def run(self) -> None:
        """Work until told to stop."""
        log.info("worker started")
        while not self.stopping:
            self._sleep(self.work())
        self.sender.close()
        self.farewells.wait(LAST_WORDS)
        log.info("worker stopped")

    def work(self) -> float:
        """Do what there is to do now, and return for how many seconds there is nothing more.

        A database that is locked or lost is waited for; any other fault is logged, and the next look is later.
        """
        try:
            self._nightly()
            pause = self._mails()
            if self.farewells.begin_one():
                pause = 0
            if jobs.work():  # a slice, about a second; then the mails again
                pause = 0
        except (OperationalError, InterfaceError) as error:
            connections.close_all()
            return self._database.failed(type(error).__name__)
        except Exception as error:
            log.exception("unexpected fault")
            return self._broken.failed(type(error).__name__)
        self._database.succeeded()
        self._broken.succeeded()
        return pause

    def _mails(self) -> float:
        if time.monotonic() < self._mails_from:
            return self.poll
        done = self.sender.round(lambda: self.stopping)
        if done.away:
            self._mails_from = time.monotonic() + self._mail_server.failed(done.away)
        elif done.ended:
            self._mail_server.succeeded()
        return 0 if done.busy else self.poll

    def _nightly(self) -> None:
        if time.monotonic() < self._night_from or not nightly.is_due():
            return
        self._night_from = time.monotonic() + LOOK_AT_THE_HOUR
        day, figures = clock.today(), dict[str, int]()
        if nightly.take(day):
            nightly.run(figures)
            nightly.finish(day, figures)
            log.info("nightly work done", day=str(day), **figures)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopping and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, SLICE))
