"""The sender: takes queued mails, one at a time, and sends each at most once (SUB-06).

Mails are claimed by a guarded UPDATE, committed before a word goes to the server, and their end is written after. What
is found claimed by a sender that fell is shown to staff as uncertain, unless its journal tells more: whether it went
can't be known from here, so it is never sent again by itself. No transaction is open while the network is waited for.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database

from navette.core import clock
from navette.mail import claims
from navette.mail.journal import Journal, boot_id, fallen
from navette.mail.letters import Letterhead
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import due
from navette.mail.transport import NotSent, Outcome, SMTPBackend, reason_of
from navette.portal.queries import current_portal

BATCH = 50
BATCH_SECONDS = 20.0  # what a slow server leaves of a batch after that goes back to the queue
ABANDONED_AFTER = dt.timedelta(minutes=5)  # longer than that and what one mail may take (EMAIL_TIMEOUT) together
LONGEST_DELAY = dt.timedelta(minutes=30)
MOST_ATTEMPTS = 240  # at half an hour each: five days, as mail servers do
UNWELL_AFTER = 10  # mails put off in a row: the server is full or throttles, so leave it alone for a while
log = structlog.get_logger(__name__)


def delay_after(attempts: int) -> dt.timedelta:
    """Return how long to wait after so many failed attempts: 1, 2, 4... minutes, half an hour at most."""
    return min(dt.timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_DELAY)


@dataclass
class Round:
    """What one round did: how many mails ended in which state, and why it stopped early, if it did."""

    ended: Counter[str] = field(default_factory=Counter)
    away: str = ""

    @property
    def busy(self) -> bool:
        """Say whether there was something to do, so that there may be more."""
        return bool(self.ended) and not self.away


class Sender:
    """Sends what is due, over one kept connection. Several may run at once; each belongs to one thread."""

    def __init__(self, carrier: BaseEmailBackend | None = None, *, journals: Path | None = None) -> None:
        self.carrier: BaseEmailBackend = carrier or get_connection()
        self._journal = Journal(journals or settings.DATA / "sending")
        self._batch: claims.Batch | None = None
        self._letterhead = Letterhead(current_portal)
        self._put_off = 0

    def round(self, stop: Callable[[], bool] = bool) -> Round:
        """Send a batch of due mails, and return what happened; `stop` is asked between mails.

        A database that fails raises OperationalError or InterfaceError; what was sent by then is remembered, and
        written at the beginning of the next round.
        """
        result = Round()
        _commit_durably()
        self._write()
        settle_fallen(self._journal.folder)
        give_up_abandoned()
        if due(clock.now()).exists() and self._is_ready(result):
            self._letterhead.refresh()
            self._send_batch(stop, result)
            self._write()
        return result

    def close(self) -> None:
        """Say goodbye to the mail server."""
        self.carrier.close()
        self._journal.close()

    def _send_batch(self, stop: Callable[[], bool], result: Round) -> None:
        begun = time.monotonic()
        self._batch = batch = claims.Batch(clock.now())
        # Where a fall of the machine can't be told from our own, the journal is no help: one mail at a time then.
        claims.claim(batch, BATCH if boot_id() else 1, self._journal.claim)
        for mail in batch.mails:
            if stop() or time.monotonic() - begun > BATCH_SECONDS or not self._is_ready(result):
                break
            self._send(mail, batch, result)
            if result.away:
                break

    def _is_ready(self, result: Round) -> bool:
        """Have a connection before a mail is begun, so that a server that is away costs no mail an attempt."""
        try:
            if isinstance(self.carrier, SMTPBackend):
                self.carrier.ready()
        except NotSent as failure:
            result.away = failure.reason or "away"
        return not result.away

    def _send(self, mail: OutgoingMail, batch: claims.Batch, result: Round) -> None:
        message = self._letterhead.message(mail)
        self._journal.begun(mail.pk)
        failure = self._hand_over(message)
        if failure is None:
            self._journal.sent(mail.pk)
            batch.sent.append(mail.pk)
            result.ended[MailState.SENT] += 1
            self._put_off = 0
        else:
            self._put_down(failure, mail, batch, result)

    def _hand_over(self, message: EmailMessage) -> NotSent | None:
        try:
            self.carrier.send_messages([message])
        except NotSent as failure:
            return failure
        except ValueError as error:  # an address or a header that no mail may carry
            return NotSent(Outcome.REFUSED, str(error))
        except OSError as error:  # another way than SMTP: a full disk, say
            return NotSent(Outcome.AWAY, reason_of(error))
        return None

    def _put_down(self, failure: NotSent, mail: OutgoingMail, batch: claims.Batch, result: Round) -> None:
        """Note what is known of a mail that did not go, and when it is tried again if it is."""
        changes = _changes_after(failure, mail.attempts + 1)
        batch.failed[mail.pk] = changes
        result.ended[changes["state"]] += 1
        if failure.outcome is not Outcome.UNCERTAIN:
            self._journal.kept(mail.pk)
        self._put_off = self._put_off + 1 if failure.outcome is Outcome.LATER else 0
        if failure.outcome is Outcome.AWAY or self._put_off >= UNWELL_AFTER:
            result.away, self._put_off = failure.reason or "away", 0
        log.warning("mail not sent", mail=mail.pk, kind=mail.kind, outcome=failure.outcome.value)

    def _write(self) -> None:
        """Write how the batch ended; it stays remembered until that has been committed."""
        if self._batch:
            claims.write(self._batch)
            self._batch = None
            self._journal.clear()


def _changes_after(failure: NotSent, attempts: int) -> dict[str, Any]:
    changes: dict[str, Any] = {"attempts": attempts, "last_error": failure.reason[:300]}
    if failure.outcome is Outcome.UNCERTAIN:
        return changes | {"state": MailState.UNCERTAIN}
    if failure.outcome is Outcome.REFUSED or attempts >= MOST_ATTEMPTS:
        return changes | {"state": MailState.FAILED}
    return changes | {"state": MailState.QUEUED, "next_attempt_at": clock.now() + delay_after(attempts)}


def settle_fallen(journals: Path) -> None:
    """Settle what the senders that fell on this machine left, as their journals tell."""
    for notes in fallen(journals):
        if notes.at is None:
            continue
        sent = claims.mark_sent(notes.at, notes.sent)
        uncertain = claims.leave_uncertain(notes.at, notes.uncertain)
        queued = claims.put_back(notes.at, set(notes.mails) - notes.sent - notes.uncertain)
        log.warning("a sender fell", sent=sent, uncertain=uncertain, queued_again=queued)


def give_up_abandoned() -> int:
    """Mark as uncertain the mails claimed long ago by a sender of which nothing is known; return how many."""
    before = clock.now() - ABANDONED_AFTER
    abandoned = OutgoingMail.objects.filter(state=MailState.SENDING, claimed_at__lt=before)
    if not abandoned.exists():  # the usual case, and no reason to take the write lock
        return 0
    count = abandoned.update(state=MailState.UNCERTAIN, last_error="sender stopped while sending")
    log.warning("mails left uncertain by a sender that stopped", count=count)
    return count


def _commit_durably() -> None:
    """Have SQLite flush each commit to the disk, as PostgreSQL does: a claim must outlive the machine's fall."""
    if database.vendor == "sqlite" and not database.in_atomic_block:
        with database.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")
