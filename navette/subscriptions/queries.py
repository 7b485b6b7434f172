"""Who may see which subscriptions, and the questions that lists ask of them."""

import datetime as dt

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from navette.accounts.models import User
from navette.core import clock
from navette.core.text import fold
from navette.libraries.queries import libraries_seen_by, sees_every_library
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.states import Status

ASKED_STATES = frozenset({GrantState.GRANTED, GrantState.REQUESTED})


def status_today(status: str, day: dt.date) -> Q:
    """Return what selects the subscriptions that are `status` on `day`, judged by their dates (SUB-03)."""
    over = Q(status=Status.ACTIVE, ends_on__lt=day)
    if status == Status.ACTIVE:
        return Q(status=Status.ACTIVE, ends_on__gte=day)
    if status == Status.EXPIRED:
        return Q(status=Status.EXPIRED) | (over & Q(deadline__isnull=True))
    if status == Status.PENDING:
        return Q(status=Status.PENDING) | (over & Q(deadline__isnull=False))
    return Q(status=status)


class SubscriptionQuerySet(QuerySet[Subscription]):
    """Subscriptions, in the words of those who look after them."""

    def waiting(self) -> "SubscriptionQuerySet":
        """Keep those that their library has something to decide about."""
        return self.filter(deadline__isnull=False)

    def late(self, day: dt.date) -> "SubscriptionQuerySet":
        """Keep those that should have been decided before `day`."""
        return self.filter(deadline__lt=day)

    def with_status(self, status: str) -> "SubscriptionQuerySet":
        """Keep those that are `status` today."""
        return self.filter(status_today(status, clock.today()))

    def matching(self, text: str) -> "SubscriptionQuerySet":
        """Keep those whose name or mail holds each word of `text`, whatever the case and accents."""
        words, found = fold(text).split()[:8], self
        for word in words:
            found = found.filter(search_text__contains=word)
        # Asked apart: in the list's order, each row would be read from elsewhere on the disk to find few that match.
        return SubscriptionQuerySet(self.model).filter(pk__in=found.order_by().values("pk")) if words else self

    def for_list(self) -> "SubscriptionQuerySet":
        """Fetch what a row of a list shows, in a constant number of queries."""
        return self.select_related("reader__user", "library").prefetch_related(
            Prefetch("grants", ResourceGrant.objects.select_related("resource").order_by("resource__name"))
        )


def subscriptions_seen_by(user: User) -> SubscriptionQuerySet:
    """Return the subscriptions of the libraries whose work `user` may see (SUB-08)."""
    every = SubscriptionQuerySet(Subscription)
    if not user.is_professional:
        return every.none()
    if sees_every_library(user):
        return every
    return every.filter(library__in=libraries_seen_by(user))


def subscription_of(user: User) -> Subscription | None:
    """Return the subscription of the reader who has the account `user`, with its reader and library."""
    return Subscription.objects.select_related("reader__user", "library").filter(reader__user=user).first()


def granted_resource_ids(subscription: Subscription) -> set[int]:
    """Return the resources that the subscription would open while it is valid."""
    return set(subscription.grants.filter(state=GrantState.GRANTED).values_list("resource_id", flat=True))


def asked_resource_ids(subscription: Subscription) -> set[int]:
    """Return the resources granted or asked for: those that its reader sees ticked."""
    return set(subscription.grants.filter(state__in=ASKED_STATES).values_list("resource_id", flat=True))


def asked_resources(subscription: Subscription) -> QuerySet[DigitalResource]:
    """Return the resources granted or asked for, by name."""
    return DigitalResource.objects.filter(pk__in=asked_resource_ids(subscription)).order_by("name")


def waiting_summary(seen: SubscriptionQuerySet) -> dict[str, int | dt.date | None]:
    """Return how many of `seen` wait (`waiting`) and the nearest deadline (`deadline`)."""
    return seen.waiting().aggregate(waiting=Count("*"), deadline=Min("deadline"))  # an index alone tells
