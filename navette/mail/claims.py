"""Who has a mail: the claim that lets one sender alone send it, and its end (SUB-06)."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from navette.core import clock
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import due

# A mail may have been given up as uncertain while its sender was slow: the sender's word is better than none.
STILL_OURS = (MailState.SENDING, MailState.UNCERTAIN)


@dataclass
class Batch:
    """Mails that are ours to send since `at`, the claim's mark in their rows, and how those dealt with ended."""

    at: dt.datetime
    mails: list[OutgoingMail] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    failed: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def untouched(self) -> list[int]:
        """Return the mails that were not begun."""
        ended = {*self.sent, *self.failed}
        return [mail.pk for mail in self.mails if mail.pk not in ended]


@transaction.atomic
def claim(batch: Batch, limit: int, note: Callable[[dt.datetime, list[int]], None]) -> None:
    """Claim up to `limit` due mails for `batch`; `note` is called with them before that is committed."""
    batch.mails = list(due(batch.at).select_for_update(skip_locked=True)[:limit])
    pks = [mail.pk for mail in batch.mails]
    note(batch.at, pks)
    queued = OutgoingMail.objects.filter(pk__in=pks, state=MailState.QUEUED)
    queued.update(state=MailState.SENDING, claimed_at=batch.at)


@transaction.atomic
def write(batch: Batch) -> None:
    """Write how the batch ended; what was not begun goes back to the queue."""
    mark_sent(batch.at, batch.sent)
    for pk, changes in batch.failed.items():
        _ours(batch.at, [pk]).update(**changes)
    put_back(batch.at, batch.untouched)


def mark_sent(at: dt.datetime, pks: Collection[int]) -> int:
    """Write that the mails went, those that are still ours; return how many."""
    changes = {"state": MailState.SENT, "sent_at": clock.now(), "last_error": "", "attempts": F("attempts") + 1}
    return _ours(at, pks).update(**changes) if pks else 0


def put_back(at: dt.datetime, pks: Collection[int]) -> int:
    """Put the mails back into the queue, where nothing has gone out for them; return how many."""
    return _ours(at, pks).update(state=MailState.QUEUED, claimed_at=None) if pks else 0


def leave_uncertain(at: dt.datetime, pks: Collection[int]) -> int:
    """Show the mails to staff as uncertain; return how many."""
    changes = {"state": MailState.UNCERTAIN, "last_error": "sender stopped while sending"}
    return _ours(at, pks).update(**changes) if pks else 0


def _ours(at: dt.datetime, pks: Collection[int]) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(pk__in=pks, claimed_at=at, state__in=STILL_OURS)
