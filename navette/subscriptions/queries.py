"""Who may see which subscriptions, and the questions that lists ask of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Exists, F, Min, OuterRef, Prefetch, Q, QuerySet, Subquery

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor
from navette.core.text import fold
from navette.libraries.queries import libraries_seen_by, sees_every_library
from navette.mail.models import MailState
from navette.portal.models import SiteTerms
from navette.portal.queries import current_portal, site_terms_in_force
from navette.readers.models import Reader
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, TermsAcceptance
from navette.subscriptions.states import Status

ASKED_STATES = frozenset({GrantState.GRANTED, GrantState.WAITING, GrantState.REQUESTED})
WARNED_BEFORE = dt.timedelta(days=2)  # the time that a library has after a warning


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


def shown_subscriptions() -> SubscriptionQuerySet:
    """Return the subscriptions that anybody else than their reader may see: not before a parent agreed (SUB-12)."""
    return SubscriptionQuerySet(Subscription).exclude(status=Status.UNCONFIRMED)


def subscriptions_seen_by(user: User) -> SubscriptionQuerySet:
    """Return the subscriptions of the libraries whose work `user` may see (SUB-08, SUB-12)."""
    every = shown_subscriptions()
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


def opens_to_staff_on(subscription: Subscription) -> dt.date | None:
    """Return the day from which staff may decide in the library's place: past the limit, and 2 days after a warning.

    None while no warning has left: one that waits to be sent, or that failed, warned nobody (SUB-05).
    """
    warning = subscription.warning
    if subscription.deadline is None or warning is None or warning.state != MailState.SENT or warning.sent_at is None:
        return None
    return max(subscription.deadline + dt.timedelta(days=1), clock.day_of(warning.sent_at) + WARNED_BEFORE)


def may_decide_in_place(subscription: Subscription, user: Actor) -> bool:
    """Say whether `user` may decide today, for the département, what the library has left over its limit (SUB-05)."""
    if not current_portal().staff_decides_late or not user.has_perm("subscriptions.decide_late", subscription.library):
        return False
    opens_on = opens_to_staff_on(subscription)
    return opens_on is not None and opens_on <= clock.today()


# ---- terms that wait to be accepted
def site_terms_due(reader: Reader) -> SiteTerms | None:
    """Return the site's terms in force, where `reader` has not accepted that version (SUB-10); else None."""
    terms = site_terms_in_force()
    if terms is None or TermsAcceptance.objects.filter(reader=reader, site_terms=terms).exists():
        return None
    return terms


def resource_terms_due(subscription: Subscription) -> set[int]:
    """Return the resources held or asked for whose terms in force the reader has not accepted, in one query."""
    accepted = TermsAcceptance.objects.filter(reader=subscription.reader_id, resource_terms=OuterRef("pk"))
    newer = ResourceTerms.objects.filter(resource=OuterRef("resource"), version__gt=OuterRef("version"))
    held = subscription.grants.filter(state__in=ASKED_STATES).values("resource")
    due = ResourceTerms.objects.filter(~Exists(newer), ~Exists(accepted), resource__in=held)
    return set(due.order_by().values_list("resource", flat=True))


# ---- who holds seats, and who waits for one
def _valid_on(day: dt.date) -> Q:
    return Q(subscription__status=Status.ACTIVE, subscription__ends_on__gte=day)


def seats_taken(resource_id: int, day: dt.date) -> int:
    """Return how many hold a seat of the resource on `day`: access granted, subscription valid by its dates."""
    return ResourceGrant.objects.filter(_valid_on(day), resource=resource_id, state=GrantState.GRANTED).count()


def queue_of(resource_id: int, day: dt.date) -> QuerySet[ResourceGrant]:
    """Return who waits for a seat of the resource, first come first; only the valid subscriptions count."""
    waiting = ResourceGrant.objects.filter(_valid_on(day), resource=resource_id, state=GrantState.WAITING)
    loaded = waiting.select_related("resource", "subscription__reader__user", "subscription__library")
    return loaded.order_by("waits_since", "pk")


def free_seats(resource: DigitalResource) -> int | None:
    """Return the seats that a newcomer could have today, none while others wait; None where seats are not limited."""
    if resource.seats is None:
        return None
    wanted = ResourceGrant.objects.filter(_valid_on(clock.today()), resource=resource)
    return max(resource.seats - wanted.filter(state__in=[GrantState.GRANTED, GrantState.WAITING]).count(), 0)


def full_resource_ids() -> set[int]:
    """Return the resources of which a newcomer would wait for a seat, in one query."""
    wanted = ResourceGrant.objects.filter(
        _valid_on(clock.today()),
        resource__seats__isnull=False,
        state__in=[GrantState.GRANTED, GrantState.WAITING],
    )
    counted = wanted.order_by().values("resource").annotate(wanted=Count("pk"))
    return set(counted.filter(wanted__gte=F("resource__seats")).values_list("resource", flat=True))


def full_for(subscription: Subscription) -> list[str]:
    """Return the names of the resources for which `subscription` would wait, were it accepted now."""
    rows = subscription.grants.filter(state__in=ASKED_STATES)
    if subscription.current_status == Status.ACTIVE:  # what it holds it keeps
        rows = rows.exclude(state=GrantState.GRANTED)
    waiting = rows.filter(resource__in=full_resource_ids()).order_by("resource__name")
    return list(waiting.values_list("resource__name", flat=True))


def waits_if_accepted(subscriptions: Collection[Subscription]) -> list[tuple[str, int]]:
    """Return the resources without seats enough for `subscriptions`, were they accepted now, and how many would wait.

    By name, in three queries whatever their number; who waits for a seat already is counted.
    """
    valid = {row.pk for row in subscriptions if row.current_status == Status.ACTIVE}
    wanting: dict[int, int] = defaultdict(int)
    waiting: dict[int, int] = defaultdict(int)
    limited = ResourceGrant.objects.filter(
        subscription__in=[row.pk for row in subscriptions], resource__seats__isnull=False, state__in=ASKED_STATES
    )
    for owner, resource, state in limited.values_list("subscription_id", "resource_id", "state"):
        if owner not in valid or state == GrantState.REQUESTED:
            wanting[resource] += 1
        elif state == GrantState.WAITING:
            waiting[resource] += 1
    free = _free_of({*wanting, *waiting})
    short = {pk: waiting[pk] + max(wanting[pk] - free[pk], 0) for pk in free}
    names = DigitalResource.objects.filter(pk__in=[pk for pk, count in short.items() if count]).order_by("name")
    return [(name, short[pk]) for pk, name in names.values_list("pk", "name")]


def _free_of(resource_ids: Collection[int]) -> dict[int, int]:
    """Return the seats that newcomers could have today of resources whose seats are limited, by resource."""
    of_today = Q(grants__subscription__status=Status.ACTIVE, grants__subscription__ends_on__gte=clock.today())
    wanted = Q(grants__state__in=[GrantState.GRANTED, GrantState.WAITING])
    rows = DigitalResource.objects.filter(pk__in=resource_ids, seats__isnull=False).order_by()
    counted = rows.annotate(wanted=Count("grants", filter=of_today & wanted)).values_list("pk", "seats", "wanted")
    return {pk: max((seats or 0) - taken, 0) for pk, seats, taken in counted}


def seats_awaited_by(subscriptions: Collection[Subscription]) -> dict[int, list[str]]:
    """Return the names of the resources that valid ones of `subscriptions` wait for a seat of, by subscription."""
    waiting = ResourceGrant.objects.filter(
        _valid_on(clock.today()), subscription__in=[row.pk for row in subscriptions], state=GrantState.WAITING
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pk, name in waiting.order_by("resource__name").values_list("subscription_id", "resource__name"):
        found[pk].append(name)
    return dict(found)


def places_of(subscription: Subscription) -> dict[int, int]:
    """Return the places of `subscription` in the queues for seats (1 is the next), by resource, in one query."""
    ahead = ResourceGrant.objects.filter(
        _valid_on(clock.today()),
        Q(waits_since__lt=OuterRef("waits_since")) | Q(waits_since=OuterRef("waits_since"), pk__lt=OuterRef("pk")),
        resource=OuterRef("resource"),
        state=GrantState.WAITING,
    )
    counted = ahead.order_by().values("resource").annotate(ahead=Count("pk")).values("ahead")
    waiting = subscription.grants.filter(state=GrantState.WAITING).annotate(ahead=Subquery(counted))
    return {pk: 1 + (before or 0) for pk, before in waiting.values_list("resource", "ahead")}
