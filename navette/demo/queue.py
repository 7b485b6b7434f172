"""A resource of the demo whose seats are all taken, and some who wait for one (SUB-11)."""

import datetime as dt

from django.db.models import Case, IntegerField, Value, When

from navette.core import clock
from navette.demo.accounts import FAMILY_MAIL, FIXED
from navette.demo.plan import Plan
from navette.demo.resources import Collection
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant
from navette.subscriptions.states import Status

WAITING = 3


def make_queue(plan: Plan, collection: Collection) -> None:
    """Limit the seats of one resource so that three wait for one, the last of them the mother of the family."""
    resource = limited(collection.resources)
    holders = ResourceGrant.objects.filter(
        resource=resource,
        state=GrantState.GRANTED,
        subscription__status=Status.ACTIVE,
        subscription__ends_on__gte=plan.today,
    )
    kept = [reader.email for reader in FIXED if reader.email != FAMILY_MAIL]
    rank = Case(
        When(subscription__reader__user__identifier__in=kept, then=Value(0)),
        When(subscription__reader__user__identifier=FAMILY_MAIL, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    ranked = list(holders.annotate(rank=rank).order_by("rank", "changed_at", "pk").values_list("pk", flat=True))
    seated = max(len(ranked) - WAITING, 1)
    DigitalResource.objects.filter(pk=resource.pk).update(seats=seated)
    since = dt.datetime.combine(plan.today, dt.time(9), tzinfo=clock.now().tzinfo)
    for ago, pk in zip(range(WAITING, 0, -1), ranked[seated:], strict=False):
        waiting = {"state": GrantState.WAITING, "waits_since": since - dt.timedelta(days=ago)}
        ResourceGrant.objects.filter(pk=pk).update(**waiting)


def limited(resources: list[DigitalResource]) -> DigitalResource:
    """Return the resource with few seats: the last of those that the fixed readers hold."""
    return resources[len(resources) * 3 // 4 - 1]
