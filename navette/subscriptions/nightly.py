"""What happens to subscriptions as the days go by: expiry and reminders (SUB-05, SUB-06).

Each step goes through its rows in small transactions: what is told and the mark that it was told are written together,
so a night cut short anywhere is taken up where it stopped, and two nights at once do each thing once.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.models import AuditRow, audit_row
from navette.libraries.models import Library
from navette.mail.outbox import queue_mails
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource
from navette.subscriptions.actions.seats import serve_queue
from navette.subscriptions.models import (
    BatchState,
    GrantState,
    RegistrationBatch,
    ResourceGrant,
    Subscription,
    SubscriptionEvent,
)
from navette.subscriptions.notice_mails import to_library, to_reader
from navette.subscriptions.queries import queue_of, seats_taken
from navette.subscriptions.states import TRANSITIONS, Move, Status

BATCH = 200
FIRST_NOTICE, LAST_NOTICE = 30, 7  # days before the end
# A reminder that could not go the day before still goes for so long; later it is up to the département to remind.
LATE_REMINDER = dt.timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """One kind of nightly work: which rows need it on a day, and what is done to some of them."""

    name: str
    rows: Callable[[dt.date], QuerySet[Subscription]]
    treat: Callable[[Sequence[int], dt.date], int]
    per_library: bool = False

    def count(self, day: dt.date) -> int:
        """Return how many subscriptions, or libraries, the step would treat."""
        return (
            self.rows(day).order_by().values("library_id").distinct().count()
            if self.per_library
            else self.rows(day).count()
        )

    def run(self, day: dt.date) -> int:
        """Treat all that needs it on `day`, in constant memory, and return how many were."""
        batches = _library_batches(self.rows(day)) if self.per_library else _batches(self.rows(day))
        return sum(self.treat(pks, day) for pks in batches)


def _batches(rows: QuerySet[Subscription]) -> Iterator[list[int]]:
    """Give the keys of `rows` in batches, following the index on the end date."""
    ordered, after = rows.order_by("ends_on", "pk").values_list("ends_on", "pk"), Q()
    while page := list(ordered.filter(after)[:BATCH]):
        yield [pk for _, pk in page]
        ends_on, pk = page[-1]
        after = Q(ends_on__gt=ends_on) | Q(ends_on=ends_on, pk__gt=pk)


def _library_batches(rows: QuerySet[Subscription]) -> Iterator[list[int]]:
    """Give the libraries that `rows` are of, one by one: each is told of all of its own in one mail."""
    for library in rows.order_by("library_id").values_list("library_id", flat=True).distinct():
        yield [library]


def _locked(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Lock `rows` (SQLite has locked everything already) and load what their mails need."""
    return rows.order_by("pk").select_related("reader__user", "library").select_for_update(of=("self",))


def _with_mail(subscriptions: Iterable[Subscription]) -> Iterator[Subscription]:
    """Keep those whose reader can still log in: a closed account gets no mail."""
    return (subscription for subscription in subscriptions if subscription.reader.user.is_active)


# ---- the end (SUB-06)
def over(day: dt.date) -> QuerySet[Subscription]:
    """Return the valid subscriptions whose last day is past on `day`."""
    return Subscription.objects.filter(status__in=TRANSITIONS[Move.EXPIRE].sources, ends_on__lt=day)


@transaction.atomic
def expire(pks: Sequence[int], day: dt.date) -> int:
    """End the subscriptions that are over, and tell their readers; return how many.

    One whose renewal waits goes on waiting, like a first request: the library still has it to decide.
    """
    portal = current_portal()
    subscriptions = list(_locked(over(day).filter(pk__in=pks)))
    for what in (Move.EXPIRE, Move.ASK_AFTER_END):
        _move([sub for sub in subscriptions if sub.waits == (what == Move.ASK_AFTER_END)], what)
    queue_mails(to_reader("expired", subscription, portal) for subscription in _with_mail(subscriptions))
    return len(subscriptions)


def _move(subscriptions: Sequence[Subscription], what: Move) -> None:
    target = TRANSITIONS[what].target or ""
    guarded = Subscription.objects.filter(pk__in=[sub.pk for sub in subscriptions], status=Status.ACTIVE)
    guarded.update(status=target, version=F("version") + 1)
    SubscriptionEvent.objects.bulk_create(
        SubscriptionEvent(
            subscription=subscription,
            library_id=subscription.library_id,
            actor_label=SYSTEM.label,
            move=what,
            from_status=subscription.status,
            to_status=target,
        )
        for subscription in subscriptions
    )
    AuditRow.objects.bulk_create(
        audit_row(SYSTEM, f"subscriptions.{what}", subscription, source=subscription.status, to=target)
        for subscription in subscriptions
    )


# ---- before the end (SUB-06)
def ending(day: dt.date) -> QuerySet[Subscription]:
    """Return the subscriptions whose reader is to be told on `day` that the end comes near."""
    near = day + dt.timedelta(days=LAST_NOTICE)
    untold = Q(notice_days__isnull=True)
    return Subscription.objects.filter(
        untold | Q(notice_days__gt=LAST_NOTICE, ends_on__lte=near),
        status=Status.ACTIVE,
        ends_on__gte=day,
        ends_on__lte=day + dt.timedelta(days=FIRST_NOTICE),
    )


@transaction.atomic
def remind_readers(pks: Sequence[int], day: dt.date) -> int:
    """Tell the readers the days that are left, and remember which notice that was; return how many were told."""
    portal = current_portal()
    told: dict[int, list[Subscription]] = {FIRST_NOTICE: [], LAST_NOTICE: []}
    for subscription in _locked(ending(day).filter(pk__in=pks)):
        told[LAST_NOTICE if _days_left(subscription, day) <= LAST_NOTICE else FIRST_NOTICE].append(subscription)
    for notice, subscriptions in told.items():
        Subscription.objects.filter(pk__in=[sub.pk for sub in subscriptions]).update(notice_days=notice)
        queue_mails(
            to_reader(f"ends_in_{notice}", subscription, portal, days=_days_left(subscription, day))
            for subscription in _with_mail(subscriptions)
        )
    return sum(map(len, told.values()))


def _days_left(subscription: Subscription, day: dt.date) -> int:
    return (subscription.ends_on - day).days if subscription.ends_on else 0


# ---- what waits at libraries (SUB-05)
def pressing(day: dt.date) -> QuerySet[Subscription]:
    """Return what a library has to decide by tomorrow, or had to a few days ago, and was not reminded of."""
    return Subscription.objects.filter(
        deadline__lte=day + dt.timedelta(days=1), deadline__gte=day - LATE_REMINDER, reminded_at__isnull=True
    )


def unannounced(day: dt.date) -> QuerySet[Subscription]:
    """Return what came in before `day` and no mail has told yet: the library wants, or wanted, one a day.

    What came in on `day` itself is left for the next: that makes one mail a day however often the night is run.
    """
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    return Subscription.objects.filter(deadline__isnull=False, announced_at__isnull=True, requested_at__lt=midnight)


@transaction.atomic
def remind_library(pks: Sequence[int], day: dt.date) -> int:
    """Remind one library of all that presses, in one mail; return 1, or 0 where nothing does any more."""
    return _tell_library("library_reminder", pks[0], pressing(day), "reminded_at")


@transaction.atomic
def announce_to_library(pks: Sequence[int], day: dt.date) -> int:
    """Tell one library of all that came in, in one mail; return 1, or 0 where it has been told meanwhile."""
    return _tell_library("library_digest", pks[0], unannounced(day), "announced_at")


def _tell_library(kind: str, library: int, rows: QuerySet[Subscription], mark: str) -> int:
    waiting = list(_locked(rows.filter(library=library)))
    if not waiting:
        return 0
    Subscription.objects.filter(pk__in=[sub.pk for sub in waiting]).update(**{mark: clock.now()})
    queue_mails([to_library(kind, Library.objects.get(pk=library), waiting, current_portal())])
    return 1


# ---- seats that became free (SUB-11)
def seatless(day: dt.date) -> QuerySet[Subscription]:
    """Return the subscriptions whose reader waits for a seat that is free on `day`: those that ended held some."""
    waiting = ResourceGrant.objects.filter(state=GrantState.WAITING).values_list("resource", flat=True)
    first: list[int] = []
    for resource in DigitalResource.objects.filter(pk__in=waiting.distinct().order_by()):
        queue = queue_of(resource.pk, day).values_list("subscription", flat=True)
        free = None if resource.seats is None else max(resource.seats - seats_taken(resource.pk, day), 0)
        first.extend(queue[:free])
    return Subscription.objects.filter(pk__in=first)


def give_seats(pks: Sequence[int], day: dt.date) -> int:
    """Give the free seats of what the subscriptions wait for, in order; return how many were given."""
    waiting = ResourceGrant.objects.filter(subscription__in=pks, state=GrantState.WAITING)
    return serve_queue(sorted(set(waiting.values_list("resource_id", flat=True))))


# ---- files by which libraries registered readers
def _batches_over(day: dt.date) -> QuerySet[RegistrationBatch]:
    """Return the files whose registrations can no longer be undone, or were never made, and that still hold people."""
    before = timezone.make_aware(dt.datetime.combine(day, dt.time.min)) - dt.timedelta(days=1)
    return RegistrationBatch.objects.filter(created_at__lt=before).exclude(rows=[], headers=[])


def forget_batches(day: dt.date) -> int:
    """Empty those files of what they hold of people; return how many."""
    over = _batches_over(day)
    never_used = over.filter(state=BatchState.DRAFT).delete()[0]
    return never_used + over.update(rows=[], headers=[], columns={})


def count_batches(day: dt.date) -> int:
    """Return how many files `forget_batches` would empty."""
    return _batches_over(day).count()


EXPIRY = Step("expired", over, expire)
NOTICES = Step("reader_notices", ending, remind_readers)
DIGESTS = Step("library_digests", unannounced, announce_to_library, per_library=True)
REMINDERS = Step("library_reminders", pressing, remind_library, per_library=True)
SEATS = Step("seats_given", seatless, give_seats)
STEPS: tuple[Step, ...] = (EXPIRY, SEATS, NOTICES, DIGESTS, REMINDERS)
