"""The demo's past: resources opened in the last weeks, and what the log says of the last decisions."""

import datetime as dt
import random
from collections.abc import Iterator

from navette.core.models import AuditRow
from navette.demo.plan import Calendar, Plan
from navette.portal.models import Portal
from navette.readers.ages import age_band
from navette.signon.models import ActiveYear, Opening
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Status

WEEKS = dt.timedelta(weeks=8)
MOST = 5  # openings of one resource by one reader
LOGGED = dt.timedelta(days=30)
ROWS = 2_000


def make_past(plan: Plan, portal: Portal) -> None:
    """Write openings of the resources that valid readers have, and a log row for each late event of a subscription."""
    openings = list(_openings(plan.rng("openings"), Calendar(plan.today, portal)))
    Opening.objects.bulk_create(openings, batch_size=ROWS)
    active = {(row.reader_id, row.day.year): row for row in openings}
    ActiveYear.objects.bulk_create(
        (
            ActiveYear(reader_id=reader, year=year, library_id=row.library_id, age_band=row.age_band)
            for (reader, year), row in active.items()
        ),
        batch_size=ROWS,
    )
    AuditRow.objects.bulk_create(_log(plan.today - LOGGED), batch_size=ROWS)


def _openings(rng: random.Random, calendar: Calendar) -> Iterator[Opening]:
    held = ResourceGrant.objects.filter(state=GrantState.GRANTED, subscription__status=Status.ACTIVE)
    for grant in held.select_related("subscription__reader").order_by("pk").iterator(ROWS):
        first = max(calendar.today - WEEKS, grant.subscription.starts_on or calendar.today)
        for _ in range(rng.choice((0, 0, 1, rng.randint(1, MOST)))):
            day = first + dt.timedelta(days=rng.randint(0, (calendar.today - first).days))
            yield _opening(grant, day, calendar.moment(rng, day))


def _opening(grant: ResourceGrant, day: dt.date, at: dt.datetime) -> Opening:
    reader = grant.subscription.reader
    return Opening(
        resource_id=grant.resource_id,
        library_id=grant.subscription.library_id,
        reader_id=reader.pk,
        age_band=age_band(reader.birth_date, day),
        day=day,
        opened_at=at,
    )


def _log(since: dt.date) -> Iterator[AuditRow]:
    for event in SubscriptionEvent.objects.filter(at__date__gte=since).order_by("at", "pk").iterator(ROWS):
        yield AuditRow(
            at=event.at,
            actor_id=event.actor_id,
            actor_label=event.actor_label,
            action=f"subscriptions.{event.move}",
            object_type=Subscription._meta.label,
            object_id=event.subscription_id,
            detail={"source": event.from_status, "to": event.to_status},
        )
