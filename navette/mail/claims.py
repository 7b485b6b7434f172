"""Who has a mail: the claim that lets one sender alone send it, and its end (SUB-06)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from navette.core import clock
from navette.mail.models import MailState, OutgoingMail

# A mail may have been given up as uncertain while its sender was slow: the sender's word is better than none.
STILL_OURS = (MailState.SENDING, MailState.UNCERTAIN)

# One statement, so one commit and one flush of the disk a mail: it writes that the last mail went and claims the
# next, whichever of the two conditions hold. The ORM has no UPDATE of two rows in two ways that tells which it met.
_SENT_AND_NEXT = """
UPDATE mail_outgoingmail SET
  state = CASE WHEN id = %(sent)s THEN 'sent' ELSE 'sending' END,
  sent_at = CASE WHEN id = %(sent)s THEN %(now)s ELSE sent_at END,
  attempts = attempts + CASE WHEN id = %(sent)s THEN 1 ELSE 0 END,
  last_error = CASE WHEN id = %(sent)s THEN '' ELSE last_error END,
  claimed_at = CASE WHEN id = %(next)s THEN %(now)s ELSE claimed_at END
WHERE (id = %(sent)s AND claimed_at = %(since)s AND state IN ('sending', 'uncertain'))
   OR (id = %(next)s AND state = 'queued')
RETURNING id
"""


@dataclass(frozen=True)
class Claim:
    """A mail that is ours to send, since `at`: that moment is the claim's mark in the row."""

    mail: OutgoingMail
    at: dt.datetime


def claim(mail: OutgoingMail, at: dt.datetime, *, after: Claim | None = None) -> Claim | None:
    """Claim a queued mail, and write that the one of `after` went; None if another sender has the mail."""
    if after is None:
        queued = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.QUEUED)
        return Claim(mail, at) if queued.update(state=MailState.SENDING, claimed_at=at) else None
    moment = connection.ops.adapt_datetimefield_value
    values = {"sent": after.mail.pk, "since": moment(after.at), "next": mail.pk, "now": moment(at)}
    with connection.cursor() as cursor:
        cursor.execute(_SENT_AND_NEXT, values)
        changed = {row[0] for row in cursor.fetchall()}
    return Claim(mail, at) if mail.pk in changed else None


def mark_sent(claim: Claim) -> None:
    """Write that the mail went."""
    release(claim, state=MailState.SENT, sent_at=clock.now(), attempts=claim.mail.attempts + 1, last_error="")


def release(claim: Claim, **changes: Any) -> None:
    """Write how the mail ended, if it is still ours."""
    OutgoingMail.objects.filter(pk=claim.mail.pk, claimed_at=claim.at, state__in=STILL_OURS).update(**changes)
