"""Reading leaves no trace, and costs no more queries for 500 rows than for 5."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse

from navette.accounts.models import Kind, User
from navette.core import clock
from navette.libraries.models import Library, OpeningHours
from navette.mail.models import MailState, OutgoingMail
from navette.readers.models import Reader
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.dates import same_day
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.architecture.areas import areas
from tests.architecture.guard import read_only
from tests.architecture.world import World, routes, undone

FEW, MANY = 5, 500


# ---- GET writes nothing
@pytest.mark.django_db
def test_the_guard_sees_a_write() -> None:
    with read_only():
        assert User.objects.count() == 0
    with pytest.raises(AssertionError, match="a GET writes: INSERT"), undone(), read_only():
        factories.TerritoryFactory()


# ---- lists
def fill(world: World, count: int) -> None:
    """Add `count` of everything that a list shows, in the world's library where it belongs to one."""
    start = User.objects.count()
    users = User.objects.bulk_create(
        User(
            identifier=f"n{start + n}@example.org",
            email=f"n{start + n}@example.org",
            kind=Kind.READER,
            name=f"N {n}",
            email_confirmed_at=clock.now(),
        )
        for n in range(count)
    )
    readers = Reader.objects.bulk_create(
        Reader(user=user, first_name="Ana", last_name=f"Nom {user.pk}", birth_date=dt.date(1990, 1, 1))
        for user in users
    )
    resources = _resources(world, count)
    _subscriptions(world, readers, resources[:3])
    libraries = _libraries(world, count)
    _late(world, libraries)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(kind="accepted", to_email="a@example.org", subject="S", body="B", state=MailState.FAILED)
        for _n in range(count)
    )
    for area in areas():
        area.fill(world, count)


def _resources(world: World, count: int) -> list[DigitalResource]:
    start = DigitalResource.objects.count()
    made = DigitalResource.objects.bulk_create(
        DigitalResource(
            name=f"Ressource {start + n}",
            slug=f"ressource-{start + n}",
            summary="Une phrase.",
            description="Un texte.",
            vendor="Rivage",
            category=world.resource.category,
        )
        for n in range(count)
    )
    ResourceTerms.objects.bulk_create(ResourceTerms(resource=row, version=1, text="Conditions.") for row in made)
    for row in made:
        row.offers.add(*world.resource.offers.all())
    return made


def _subscriptions(world: World, readers: list[Reader], resources: list[DigitalResource]) -> None:
    """Write a subscription for each reader: half of them wait, late; half are valid."""
    today, rows = clock.today(), []
    for n, reader in enumerate(readers):
        row = Subscription(reader=reader, library=world.library, deadline=today - dt.timedelta(days=2))
        if n % 2:
            row.status, row.deadline = Status.ACTIVE, None
            row.starts_on, row.ends_on = today, same_day(today, 1)
        row.list_as(reader)
        rows.append(row)
    made = Subscription.objects.bulk_create(rows)
    ResourceGrant.objects.bulk_create(
        ResourceGrant(subscription=row, resource=resource, state=GrantState.GRANTED)
        for row in made
        for resource in resources
    )


def _libraries(world: World, count: int) -> list[Library]:
    start = Library.objects.count()
    made = Library.objects.bulk_create(
        Library(
            name=f"Commune {start + n}",
            slug=f"commune-{start + n}",
            commune=f"Commune {start + n}",
            insee_code="33000",
            postcode="33000",
            email="b@example.org",
            territory=world.library.territory,
        )
        for n in range(count)
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(library=row, weekday=day, opens=dt.time(9), closes=dt.time(12)) for row in made for day in (2, 4)
    )
    return made


def _late(world: World, libraries: list[Library]) -> None:
    """Write a late request for each of `libraries`."""
    for n, library in enumerate(libraries[:20]):
        factories.SubscriptionFactory(library=library, deadline=clock.today() - dt.timedelta(days=n + 1))


LISTS = [
    ("anonymous", "site:home", ""),
    ("anonymous", "site:resources", ""),
    ("active", "site:resources", "?categorie=cinema&offre=offre"),
    ("anonymous", "site:libraries", ""),
    ("active", "site:libraries", "?q=commune"),
    ("anonymous", "site:register", ""),
    ("active", "site:account", ""),
    ("active", "site:account_edit", ""),
    ("manager", "pro:dashboard", ""),
    ("manager", "pro:subscribers", ""),
    ("manager", "pro:subscribers", "?statut=pending&q=nom&tri=-last_name"),
    ("viewer", "pro:subscribers", ""),
    ("administrator", "pro:subscribers", ""),
    ("territory", "pro:subscribers", "?statut=active"),
    ("manager", "pro:export", ""),
    ("administrator", "pro:export", ""),
    ("administrator", "pro:subscriber", ""),
    ("manager", "pro:decide", ""),
    ("administrator", "console:dashboard", ""),
    ("territory", "console:dashboard", ""),
    ("administrator", "console:late", ""),
    ("territory", "console:late", ""),
    ("administrator", "console:mails", ""),
    ("administrator", "console:mails", "?etat=failed"),
    *(row for area in areas() for row in area.lists),
]


def queries_of(client: Client, address: str) -> list[str]:
    """Return the statements that drawing a page takes, the session's left out."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
        b"".join(answer)
    assert answer.status_code == 200
    statements = [row["sql"] for row in queries.captured_queries]
    return [sql for sql in statements if "django_session" not in sql and "SAVEPOINT" not in sql]


def test_every_list_makes_as_many_queries_for_500_rows_as_for_5(world: World) -> None:
    fill(world, FEW)
    few = {row: queries_of(world.client(row[0]), world.address(row[1]) + row[2]) for row in LISTS}
    fill(world, MANY - FEW)
    many = {row: queries_of(world.client(row[0]), world.address(row[1]) + row[2]) for row in LISTS}
    more = {row: (len(few[row]), len(many[row])) for row in LISTS if len(few[row]) != len(many[row])}
    assert more == {}, "\n".join(many[next(iter(more))])
    assert {row: len(queries) for row, queries in many.items() if len(queries) > 20} == {}


def test_every_list_is_in_the_count() -> None:
    """A route that takes no argument and shows a page may be a list: it is counted, or named here with its reason."""
    alone = {
        "site:help": "a page of text",
        "site:contact": "a page of text",
        "site:legal": "a page of text",
        "site:health": "one word",
        "site:login": "a form",
        "site:password_forgotten": "a form",
        "site:register_terms": "a page of text",
        "site:registered": "what the session holds",
        "pro:help": "a page of text",
        "pro:library": "a person's own libraries, a handful",
        "pro:password": "a form",
    }
    posts = {"site:logout", "site:resend_confirmation", "site:ask_renewal", "site:ask_again", "pro:bulk"}
    for area in areas():
        alone |= area.alone
        posts |= area.post_only
    counted = {route for _role, route, _query in LISTS}
    assert {route for route in routes() if is_plain(route)} - counted - posts == set(alone)


def is_plain(route: str) -> bool:
    """Say whether a route takes no argument."""
    try:
        return bool(reverse(route))
    except NoReverseMatch:
        return False
