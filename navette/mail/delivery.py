"""The sender: takes queued mails, one at a time, and sends each at most once (SUB-06).

A mail is claimed by a guarded UPDATE, committed before a word goes to the server, and its end is written after. What
is found claimed for long is shown to staff as uncertain: whether it went can't be known from here, so it is never
sent again by itself. No transaction is open while the network is waited for.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database

from navette.core import clock
from navette.mail.claims import Claim, claim, mark_sent, release
from navette.mail.letters import Letterhead
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import due
from navette.mail.transport import NotSent, Outcome, SMTPBackend, reason_of
from navette.portal.queries import current_portal

BATCH = 100
ABANDONED_AFTER = dt.timedelta(minutes=5)  # over ten times what one mail may take (EMAIL_TIMEOUT)
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

    def __init__(self, carrier: BaseEmailBackend | None = None) -> None:
        self.carrier: BaseEmailBackend = carrier or get_connection()
        self._unwritten: Claim | None = None  # sent, and not yet written so
        self._put_off = 0

    def round(self, stop: Callable[[], bool] = bool) -> Round:
        """Send up to BATCH due mails, and return what happened; `stop` is asked between mails.

        A database that fails raises OperationalError or InterfaceError; what was sent by then is remembered, and
        written at the beginning of the next round.
        """
        result = Round()
        _commit_durably()
        self._write()
        give_up_abandoned()
        mails = list(due(clock.now())[:BATCH])
        letterhead = Letterhead(current_portal()) if mails else None
        for mail in mails:
            if stop() or result.away or letterhead is None:
                break
            self._deliver(mail, letterhead, result)
        self._write()
        return result

    def close(self) -> None:
        """Say goodbye to the mail server."""
        self.carrier.close()

    def _deliver(self, mail: OutgoingMail, letterhead: Letterhead, result: Round) -> None:
        message = letterhead.message(mail)
        try:
            self._ready()
        except NotSent as away:
            result.away = away.reason
            return
        claim = self._next(mail)
        if claim is None:
            return
        failure = self._send(message)
        if failure is None:
            self._unwritten, self._put_off = claim, 0
            result.ended[MailState.SENT] += 1
        else:
            self._put_down(failure, claim, result)

    def _ready(self) -> None:
        """Have a connection before a mail is claimed, so that a server that is away costs no mail an attempt."""
        if isinstance(self.carrier, SMTPBackend) and not self.carrier.is_fresh():
            self._write()  # connecting may take long
            self.carrier.ready()

    def _next(self, mail: OutgoingMail) -> Claim | None:
        """Write that the last mail went and claim this one, in one statement; None if another sender has it."""
        claimed = claim(mail, clock.now(), after=self._unwritten)
        self._unwritten = None
        return claimed

    def _send(self, message: EmailMessage) -> NotSent | None:
        try:
            self.carrier.send_messages([message])
        except NotSent as failure:
            return failure
        except ValueError as error:  # an address or a header that no mail may carry
            return NotSent(Outcome.REFUSED, str(error))
        except OSError as error:  # another way than SMTP: a full disk, say
            return NotSent(Outcome.AWAY, reason_of(error))
        return None

    def _put_down(self, failure: NotSent, claim: Claim, result: Round) -> None:
        """Write what is known of a mail that did not go, and when it is tried again if it is."""
        attempts = claim.mail.attempts + 1
        changes = _changes_after(failure.outcome, attempts)
        release(claim, attempts=attempts, last_error=failure.reason[:300], **changes)
        result.ended[changes["state"]] += 1
        self._put_off = self._put_off + 1 if failure.outcome is Outcome.LATER else 0
        if failure.outcome is Outcome.AWAY or self._put_off >= UNWELL_AFTER:
            result.away, self._put_off = failure.reason or "away", 0
        log.warning("mail not sent", mail=claim.mail.pk, kind=claim.mail.kind, outcome=failure.outcome.value)

    def _write(self) -> None:
        """Write that the last mail went; it stays remembered until that has been committed."""
        if self._unwritten:
            mark_sent(self._unwritten)
            self._unwritten = None


def _changes_after(outcome: Outcome, attempts: int) -> dict[str, Any]:
    if outcome is Outcome.UNCERTAIN:
        return {"state": MailState.UNCERTAIN}
    if outcome is Outcome.REFUSED or attempts >= MOST_ATTEMPTS:
        return {"state": MailState.FAILED}
    return {"state": MailState.QUEUED, "next_attempt_at": clock.now() + delay_after(attempts)}


def give_up_abandoned() -> int:
    """Mark as uncertain the mails claimed long ago by a sender that fell; return how many."""
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
