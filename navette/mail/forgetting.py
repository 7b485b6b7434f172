"""Taking the personal data out of mails: their rows stay, for what they count (DATA-01, DATA-02)."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db.models import QuerySet

from navette.core import clock
from navette.mail.models import MailState, OutgoingMail

BATCH = 500


def full() -> QuerySet[OutgoingMail]:
    """Return the mails that still hold their text."""
    return OutgoingMail.objects.filter(emptied_at__isnull=True)


def sent_before(moment: dt.datetime) -> QuerySet[OutgoingMail]:
    """Return the mails made before `moment` that still hold their text, those yet to be sent left out."""
    waiting = (MailState.QUEUED, MailState.SENDING)
    return full().filter(created_at__lt=moment).exclude(state__in=waiting)


def empty(mails: QuerySet[OutgoingMail]) -> int:
    """Take address, subject and text out of `mails`; return how many were emptied."""
    return mails.update(to_email="", subject="", body="", button_url="", last_error="", emptied_at=clock.now())


def empty_in_slices(mails: QuerySet[OutgoingMail]) -> int:
    """Empty `mails` by a few at a time, so that nobody waits long for the database; return how many."""
    emptied = 0
    while pks := list(mails.order_by("created_at").values_list("pk", flat=True)[:BATCH]):
        emptied += empty(full().filter(pk__in=pks))
    return emptied


def forget(
    accounts: Collection[int], addresses: Collection[str], names: Mapping[int, Collection[str]] | None = None
) -> None:
    """Forget the mails about `accounts`, those to `addresses` that are about no account, and those that name people.

    `names` are the names to look for in the lists sent to libraries, by the library's key. What waits to be sent to
    or about somebody who no longer is there does not go; what is being sent is left for the night.
    """
    for theirs in (
        full().filter(about_account__in=accounts),
        full().filter(about_account__isnull=True, to_email__in=addresses),
    ):
        theirs.filter(state=MailState.QUEUED).delete()
        empty(theirs.exclude(state=MailState.SENDING))
    if names:
        _forget_lists(names)


def _forget_lists(names: Mapping[int, Collection[str]]) -> None:
    lists = full().filter(about_library__in=names).exclude(state__in=(MailState.QUEUED, MailState.SENDING))
    found = [
        pk
        for pk, library, subject, body in lists.values_list("pk", "about_library", "subject", "body")
        if any(name in body or name in subject for name in names[library or 0])
    ]
    empty(full().filter(pk__in=found))
