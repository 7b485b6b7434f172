"""Applying how long personal data are kept (DATA-01): steps of the nightly work, each with its count.

All go through their rows a few at a time, each slice a transaction of its own: a night that is cut short is taken up
where it stopped, and two nights at once do each thing once.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from navette.core.actors import SYSTEM
from navette.lifecycle import due
from navette.lifecycle.erasure import Reason, erase
from navette.lifecycle.mails import account_ends
from navette.mail.forgetting import empty_in_slices
from navette.mail.outbox import queue_mails
from navette.portal.queries import current_portal
from navette.signon.forgetting import forget_names
from navette.signon.models import ActiveYear, Opening
from navette.subscriptions.models import Subscription

SLICE = 500


@dataclass(frozen=True)
class Step:
    """One thing that has its time: what has had it on a day, and what is done with that; both as a figure."""

    name: str
    rows: Callable[[dt.date], QuerySet[Any]]
    apply: Callable[[dt.date], int]

    def count(self, day: dt.date) -> int:
        """Return how many rows `run` would treat on `day`."""
        return self.rows(day).count()

    def run(self, day: dt.date) -> int:
        """Treat all that has had its time on `day`, and return how many."""
        return self.apply(day)


# ---- accounts
def erase_due(rows: Callable[[dt.date], QuerySet[Subscription]], reason: Reason, day: dt.date) -> int:
    """Erase the accounts behind the subscriptions that `rows` gives for `day`, library by library."""

    def still(pks: Sequence[int]) -> Collection[int]:
        # A renewal asked for since, or decided this very moment, keeps its account.
        locked = rows(day).filter(reader__user__in=pks).select_related("reader").select_for_update(of=("self",))
        return [subscription.reader.user_id for subscription in locked.order_by("pk")]

    erased = 0
    while pks := list(rows(day).order_by("library_id", "pk").values_list("reader__user_id", flat=True)[:SLICE]):
        erased += erase(pks, acting_user=SYSTEM, reason=reason, still=still)
    return erased


def warn(day: dt.date) -> int:
    """Tell the readers whose accounts will be erased, once; return how many were told."""
    told = 0
    while pks := list(due.to_warn(day).order_by("pk").values_list("pk", flat=True)[:SLICE]):
        told += _warn_some(pks, day)
    return told


@transaction.atomic
def _warn_some(pks: Sequence[int], day: dt.date) -> int:
    portal = current_portal()
    rows = due.to_warn(day).filter(pk__in=pks).select_related("reader__user", "library")
    subscriptions = list(rows.order_by("pk").select_for_update(of=("self",)))
    Subscription.objects.filter(pk__in=[row.pk for row in subscriptions]).update(erasure_told_on=day)
    queue_mails(account_ends(row, day + due.WARNING, portal) for row in subscriptions if row.reader.user.is_active)
    return len(subscriptions)


def erase_closed(day: dt.date) -> int:
    """Erase the professionals' accounts that were closed long ago."""
    pks = list(due.closed_accounts(day).order_by("pk").values_list("pk", flat=True))
    return erase(pks, acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER)


# ---- the rest
def _in_slices(rows: QuerySet[Any], treat: Callable[[QuerySet[Any]], int]) -> int:
    """Treat `rows` a few at a time; what is treated must leave `rows`."""
    every: QuerySet[Any] = QuerySet(rows.model)
    treated = 0
    while pks := list(rows.order_by("pk").values_list("pk", flat=True)[:SLICE]):
        treated += treat(every.filter(pk__in=pks))
    return treated


def _delete(rows: QuerySet[Any]) -> int:
    _all, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)


def _forget_openings(day: dt.date) -> int:
    def treat(rows: QuerySet[Opening]) -> int:
        return rows.update(reader=None, opened_at=None)

    return _in_slices(due.openings(day), treat)


def _forget_active_years(day: dt.date) -> int:
    def treat(rows: QuerySet[ActiveYear]) -> int:
        return rows.update(reader=None)

    return _in_slices(due.active_years(day), treat)


WARNINGS = Step("erasure_notices", due.to_warn, warn)
REQUESTS = Step("requests_erased", due.requests, lambda day: erase_due(due.requests, Reason.REQUEST_OVER, day))
ACCOUNTS = Step("accounts_erased", due.accounts, lambda day: erase_due(due.accounts, Reason.ACCOUNT_OVER, day))
CLOSED = Step("closed_accounts_erased", due.closed_accounts, erase_closed)
OPENINGS = Step("openings_forgotten", due.openings, _forget_openings)
STEPS = Step("signon_names", due.named_steps, lambda day: _in_slices(due.named_steps(day), forget_names))
OLD_STEPS = Step("signon_steps", due.old_steps, lambda day: _in_slices(due.old_steps(day), _delete))
TICKETS = Step("tickets", due.tickets, lambda day: _in_slices(due.tickets(day), _delete))
YEARS = Step("active_years_forgotten", due.active_years, _forget_active_years)
MAILS = Step("mails_emptied", due.mails, lambda day: empty_in_slices(due.mails(day)))
NOBODYS = Step("erased_accounts_mails", due.mails_of_nobody, lambda day: empty_in_slices(due.mails_of_nobody(day)))
MESSAGES = Step("messages_deleted", due.messages, lambda day: _in_slices(due.messages(day), _delete))
AUDIT = Step("audit_rows_deleted", due.audit_rows, lambda day: _in_slices(due.audit_rows(day), _delete))
