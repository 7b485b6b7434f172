"""What the life of a subscription counts for in the figures: facts without a person (DATA-02).

A living subscription is counted from its history each time; when it is erased the same facts are added to `Tally`.
Somebody counts where their library is now, in the age band that they had on the month's first day.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from navette.core import clock
from navette.core.months import months_between
from navette.readers.ages import age_band
from navette.subscriptions.models import GrantState, Measure, ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status


@dataclass(frozen=True)
class Fact:
    """What is counted in a month: of a library and an age band, or of a resource."""

    month: dt.date
    measure: str
    library: int | None = None
    age_band: str = ""
    resource: int | None = None


@dataclass
class Life:
    """A subscription with what has happened to it: days of (event, move, state after it), resources by granted day."""

    subscription: Subscription
    events: list[tuple[dt.date, str, str]] = field(default_factory=list)
    grants: list[tuple[int, dt.date]] = field(default_factory=list)

    def facts(self, today: dt.date) -> Iterator[Fact]:
        """Give each fact that this life counts for until `today`, once."""
        registered = clock.day_of(self.subscription.reader.user.created_at).replace(day=1)
        yield self._of_library(registered, Measure.REGISTERED)
        spans = [(first, last) for first, last in self.spans(today) if first <= last]
        for month in sorted({month for span in spans for month in months_between(*span)}):
            yield self._of_library(month, Measure.ACTIVE)
            for resource, since in self.grants:
                if month >= since.replace(day=1):
                    yield Fact(month, Measure.GRANTED, resource=resource)

    def spans(self, today: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
        """Give the spans of days, both included, in which the subscription was valid, until `today`."""
        began: dt.date | None = None
        for day, move, after in self.events or self._as_it_stands():
            if after == Status.ACTIVE and began is None:
                began = self._taken_over(day) if move == Move.TAKE_OVER else day
            elif after != Status.ACTIVE and began is not None:
                yield began, self._not_after_end(day - dt.timedelta(days=1) if move == Move.EXPIRE else day)
                began = None
        if began is not None:
            yield began, self._not_after_end(today)

    def _of_library(self, month: dt.date, measure: str) -> Fact:
        band = age_band(self.subscription.reader.birth_date, month)
        return Fact(month, measure, self.subscription.library_id, band)

    def _as_it_stands(self) -> list[tuple[dt.date, str, str]]:
        """Return the events that dates alone tell, where none were written."""
        begins, ends = self.subscription.starts_on, self.subscription.ends_on
        valid = self.subscription.status in {Status.ACTIVE, Status.EXPIRED}
        return [(begins, Move.ACCEPT, Status.ACTIVE)] if begins and ends and valid else []

    def _taken_over(self, day: dt.date) -> dt.date:
        """Return since when a subscription taken over on `day` from another portal has counted."""
        return min(self.subscription.starts_on or day, day)

    def _not_after_end(self, day: dt.date) -> dt.date:
        ends = self.subscription.ends_on
        return min(day, ends) if ends else day


def lives_of(pks: Collection[int]) -> list[Life]:
    """Return the lives of the subscriptions `pks`, in three queries."""
    found = Subscription.objects.filter(pk__in=pks).select_related("reader__user").order_by("pk")
    lives = {subscription.pk: Life(subscription) for subscription in found}
    events = SubscriptionEvent.objects.filter(subscription__in=pks).order_by("at", "pk")
    for pk, at, move, after in events.values_list("subscription_id", "at", "move", "to_status"):
        if pk in lives:
            lives[pk].events.append((clock.day_of(at), move, after))
    grants = ResourceGrant.objects.filter(subscription__in=pks, state=GrantState.GRANTED)
    for pk, resource, since in grants.values_list("subscription_id", "resource_id", "changed_at"):
        if pk in lives:
            lives[pk].grants.append((resource, clock.day_of(since)))
    return list(lives.values())


def facts_of(lives: Iterable[Life], today: dt.date) -> Counter[Fact]:
    """Return how often each fact holds among `lives`, until `today`."""
    counted: Counter[Fact] = Counter()
    for life in lives:
        counted.update(life.facts(today))
    return counted


def by_month(facts: Counter[Fact]) -> dict[dt.date, Counter[Fact]]:
    """Return `facts` by their month."""
    found: dict[dt.date, Counter[Fact]] = defaultdict(Counter)
    for fact, count in facts.items():
        found[fact.month][fact] += count
    return found
