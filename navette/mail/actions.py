"""What staff do about the mails that Navette does not send again by itself (SUB-06)."""

import datetime as dt
from typing import Any

from django.db import transaction

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.models import audit
from navette.mail.errors import AlreadySettled
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import TO_SETTLE

_QUEUED_AGAIN: dict[str, Any] = {"state": MailState.QUEUED, "attempts": 0, "claimed_at": None, "last_error": ""}


@transaction.atomic
def settle(mail: OutgoingMail, *, acting_user: Actor, resend: bool) -> OutgoingMail:
    """Send an uncertain or refused mail again, or else treat an uncertain one as sent; return it fresh.

    Raises NotAllowed, or AlreadySettled where it is in another state by now.
    """
    require(acting_user, "mail.settle")
    if resend:
        movable = OutgoingMail.objects.filter(pk=mail.pk, state__in=TO_SETTLE)
        changed = movable.update(**_QUEUED_AGAIN, next_attempt_at=clock.now())
    else:
        movable = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.UNCERTAIN)
        changed = movable.update(state=MailState.SENT, sent_at=mail.claimed_at or clock.now())
    fresh = OutgoingMail.objects.get(pk=mail.pk)
    if not changed:
        raise AlreadySettled(str(fresh.get_state_display()))
    audit(acting_user, "mail.settle", fresh, resend=resend, source=mail.state)
    return fresh


def pull_forward(moment: dt.datetime) -> int:
    """Make due at `moment`, by the real clock, the new mails that a command queued on another day (`--today`)."""
    ahead = OutgoingMail.objects.filter(state=MailState.QUEUED, attempts=0, next_attempt_at__gt=moment)
    return ahead.update(next_attempt_at=moment)
