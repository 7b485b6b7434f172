"""Resources with a limited number of seats: who is served when one becomes free (SUB-11).

A seat is held by a granted access whose subscription is valid today, judged by its dates (SUB-03): one that ends frees
its seats at midnight, whether or not the night's work ran. Whoever waits keeps their place, and is served only while
their own subscription is valid.

Each function locks the rows of the limited resources first, in the order of their ids, so that two acceptances for the
last seat come one after the other.
"""

from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.models import audit
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import queue_of, seats_taken
from navette.subscriptions.reader_mails import seat_given


def lock_seats(resource_ids: Collection[int]) -> dict[int, int]:
    """Lock those of the resources whose seats are limited, and return how many each has, by its id.

    Call it in a transaction before the first change of a grant, or before deleting some. Rows that name these resources
    can still be written: the keys stay free.
    """
    limited = DigitalResource.objects.filter(pk__in=resource_ids, seats__isnull=False).order_by("pk")
    locked = limited.select_for_update(no_key=True).values_list("pk", "seats")
    return {pk: seats for pk, seats in locked if seats is not None}


@transaction.atomic
def serve_queue(resource_ids: Collection[int]) -> int:
    """Give the free seats of the resources to those who wait for them, in order and by mail; return how many.

    Call it in the transaction that frees seats, raises their number or lifts the limit. Where nobody waits, or
    nothing is free, it changes nothing.
    """
    limits = lock_seats(resource_ids)
    lifted = set(resource_ids) - limits.keys()
    return _serve(limits) + sum(_give(queue_of(pk, clock.today())) for pk in sorted(lifted))


def serve_newcomers(limits: Mapping[int, int], subscription_ids: Collection[int]) -> None:
    """Give the free seats of `limits` (of `lock_seats`) to those who wait, in order, as `serve_queue` does.

    Those of the subscriptions, who were put in the queues in this transaction, are told otherwise than by mail.
    """
    _serve(limits, frozenset(subscription_ids))


def give_or_queue(subscription: Subscription, resource_ids: Collection[int]) -> None:
    """Open the resources to `subscription`, which is valid: at once while seats last, else in the queue for one.

    Those who have waited longer are served first, even where a seat became free that nobody has noticed yet.
    """
    limits = lock_seats(resource_ids)
    asked = subscription.grants.filter(resource__in=resource_ids)
    unlimited = asked.exclude(resource__in=limits).exclude(state=GrantState.GRANTED)
    unlimited.update(state=GrantState.GRANTED, changed_at=clock.now(), waits_since=None)
    if not limits:
        return
    queues = asked.filter(resource__in=limits)
    queues.filter(waits_since__isnull=True).update(waits_since=clock.now())
    queues.exclude(state=GrantState.WAITING).update(state=GrantState.WAITING, changed_at=clock.now())
    _serve(limits, frozenset({subscription.pk}))


def _serve(limits: Mapping[int, int], unannounced: frozenset[int] = frozenset()) -> int:
    today, given = clock.today(), 0
    for resource_id, seats in limits.items():
        free = max(seats - seats_taken(resource_id, today), 0)
        if free:
            given += _give(queue_of(resource_id, today)[:free], unannounced)
    return given


def _give(first: Iterable[ResourceGrant], unannounced: frozenset[int] = frozenset()) -> int:
    """Give a seat to each of `first`, by mail; the subscriptions `unannounced` ask now, and are told otherwise."""
    given = list(first)
    changed = {"state": GrantState.GRANTED, "changed_at": clock.now(), "waits_since": None}
    ResourceGrant.objects.filter(pk__in=[grant.pk for grant in given]).update(**changed)
    for grant in given:
        if grant.subscription_id not in unannounced:
            queue_mail(seat_given(grant, current_portal()))
            audit(SYSTEM, "subscriptions.give_seat", grant.subscription, resource=grant.resource_id)
    return len(given)
