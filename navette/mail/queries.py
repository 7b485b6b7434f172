"""Questions asked of the outbox: by the sender, and by the console."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from navette.mail.models import MailState, OutgoingMail

# What staff must look at: nothing more happens to these by itself.
TO_SETTLE = (MailState.UNCERTAIN, MailState.FAILED)


def due(moment: dt.datetime) -> QuerySet[OutgoingMail]:
    """Return the mails to send at `moment`, the longest due first; it rides the index `mail_queue`."""
    return OutgoingMail.objects.filter(state=MailState.QUEUED, next_attempt_at__lte=moment).order_by(
        "next_attempt_at", "id"
    )


def counts_by_state() -> dict[str, int]:
    """Return how many mails there are in each state, those with none included."""
    rows = OutgoingMail.objects.order_by().values_list("state").annotate(count=Count("pk"))
    return dict.fromkeys(MailState.values, 0) | dict(rows)


def mails_in(state: str) -> QuerySet[OutgoingMail]:
    """Return the mails in `state`, the newest first, for a list."""
    return OutgoingMail.objects.filter(state=state).order_by("-created_at", "-pk")


def to_settle() -> QuerySet[OutgoingMail]:
    """Return the mails that wait for somebody of the staff: uncertain or refused, the newest first."""
    found = OutgoingMail.objects.filter(state__in=TO_SETTLE, emptied_at__isnull=True)  # an emptied one can't be resent
    return found.order_by("-created_at", "-pk")


@dataclass(frozen=True)
class Sieve:
    """What a list of mails is narrowed down to; an empty value narrows nothing."""

    kind: str = ""
    address: str = ""
    since: dt.datetime | None = None
    before: dt.datetime | None = None


def mails_found(state: str, every: bool, sieve: Sieve) -> QuerySet[OutgoingMail]:  # noqa: FBT001 - read from a choice
    """Return the mails in `state`, all of them where `every`, else those to settle; the newest first."""
    found = OutgoingMail.objects.order_by("-pk") if every else mails_in(state) if state else to_settle()
    if sieve.kind:
        found = found.filter(kind=sieve.kind)
    if sieve.address:
        found = found.filter(to_email__in={sieve.address.strip(), sieve.address.strip().lower()})
    if sieve.since:
        found = found.filter(created_at__gte=sieve.since)
    if sieve.before:
        found = found.filter(created_at__lt=sieve.before)
    return found


def oldest_waiting() -> dt.datetime | None:
    """Return since when the longest waiting mail has been queued; None when none waits."""
    waiting = OutgoingMail.objects.filter(state__in=(MailState.QUEUED, MailState.SENDING))
    return waiting.order_by("created_at").values_list("created_at", flat=True).first()
