"""Erasing 10,000 accounts, against a bare DELETE of the same rows, table by table, in one transaction.

The reference knows beforehand which rows there are, keeps nothing and counts nothing: what ours costs more is what it
leaves behind (pseudonyms, figures, openings without a person) and that it stops nobody for long.
"""

import datetime as dt
from typing import Any

from django.db import connection, transaction

from benchmarks.harness import Figure, peak_memory, timed
from benchmarks.people import make_libraries, make_subscriptions
from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.lifecycle.erasure import Reason, erase
from navette.mail.models import MailState, OutgoingMail
from navette.portal.profiles import load_profile
from navette.readers.models import Reader
from navette.resources.models import Category, DigitalResource
from navette.signon.models import Opening
from navette.subscriptions.models import ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status

COUNT = 10_000
RESOURCES, EVENTS, MAILS, OPENINGS = 8, 3, 4, 10  # of each account
TABLES = (  # in the order in which keys let them go; each with the column that names the person
    (ResourceGrant, "subscription_id", Subscription),
    (SubscriptionEvent, "subscription_id", Subscription),
    (Opening, "reader_id", Reader),
    (OutgoingMail, "about_account", User),
    (Subscription, "id", Subscription),
    (Reader, "id", Reader),
    (User, "id", User),
)


def run() -> list[Figure]:
    """Erase 10,000 of 20,000 accounts, and delete the others barely."""
    load_profile("gironde", contact_email="bibnum@example.org", contact_phone="05 56 00 00 00")
    make_subscriptions(2 * COUNT, make_libraries(300), _columns)
    _fill()
    subscriptions = Subscription.objects.order_by("library_id", "pk")
    users = list(subscriptions.values_list("reader__user_id", flat=True))
    ours, theirs = users[::2], users[1::2]
    before = peak_memory()
    seconds = timed(lambda: erase(ours, acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER))
    memory = peak_memory()
    assert User.objects.count() == Subscription.objects.count() == COUNT
    bare = timed(lambda: _delete(theirs))
    assert User.objects.count() == 0
    return [
        Figure(f"erasure of {COUNT:,} accounts, to bare DELETEs", seconds, "s", bare),
        Figure("  accounts a second", COUNT / seconds, "/s"),
        Figure("  peak memory of the process", memory, "MB"),
        Figure("  of which before", before, "MB"),
    ]


def _columns(number: int) -> dict[str, Any]:
    """End a year and some days ago, after one year."""
    ends_on = clock.today() - dt.timedelta(days=370 + number % 20)
    return {"status": Status.EXPIRED, "starts_on": ends_on - dt.timedelta(days=365), "ends_on": ends_on}


def _fill() -> None:
    """Write what an account usually leaves: grants, events, mails, openings."""
    category = Category.objects.create(name="Mesurée", slug="mesuree")
    resources = DigitalResource.objects.bulk_create(
        DigitalResource(name=f"Mesurée {n}", slug=f"mesuree-{n}", vendor="V", category=category)
        for n in range(RESOURCES)
    )
    moves = ((Move.REQUEST, Status.PENDING), (Move.ACCEPT, Status.ACTIVE), (Move.EXPIRE, Status.EXPIRED))
    rows = list(Subscription.objects.select_related("reader"))
    for first in range(0, len(rows), 1_000):
        some = rows[first : first + 1_000]
        ResourceGrant.objects.bulk_create(
            ResourceGrant(subscription=row, resource=resource, state="granted")
            for row in some
            for resource in resources
        )
        SubscriptionEvent.objects.bulk_create(
            SubscriptionEvent(subscription=row, at=_moment(row, n), actor_label="A", move=move, to_status=status)
            for row in some
            for n, (move, status) in enumerate(moves)
        )
        OutgoingMail.objects.bulk_create(_mail(row) for row in some for _n in range(MAILS))
        Opening.objects.bulk_create(_opening(row, resources[n % RESOURCES]) for row in some for n in range(OPENINGS))


def _moment(row: Subscription, number: int) -> dt.datetime:
    return clock.now() - dt.timedelta(days=(740, 735, 369)[number])


def _mail(row: Subscription) -> OutgoingMail:
    return OutgoingMail(
        kind="accepted",
        to_email=f"lecteur{row.pk}@example.org",
        subject="S",
        body="Bonjour " * 60,
        state=MailState.SENT,
        sent_at=clock.now(),
        about_account=row.reader.user_id,
    )


def _opening(row: Subscription, resource: DigitalResource) -> Opening:
    return Opening(
        resource=resource,
        library_id=row.library_id,
        reader=row.reader,
        age_band="25-44",
        day=clock.today(),
        opened_at=clock.now(),
    )


@transaction.atomic
def _delete(users: list[int]) -> None:
    """Delete the rows of the accounts by their keys, a thousand at a time, as short as SQL can say it."""
    keys = {
        User: users,
        Reader: list(Reader.objects.filter(user__in=users).values_list("pk", flat=True)),
        Subscription: list(Subscription.objects.filter(reader__user__in=users).values_list("pk", flat=True)),
    }
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, column, person in TABLES:
            for first in range(0, len(keys[person]), 1_000):
                some = keys[person][first : first + 1_000]
                marks = ", ".join(["%s"] * len(some))
                sql = f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(column)} IN ({marks})"  # noqa: S608
                cursor.execute(sql, some)
