"""Each step of signing on asks the database a few questions, and as many in a large portal as in a small one."""

import itertools
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navette.core import clock
from navette.portal.models import Portal
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.models import EventKind, Opening, SignonEvent, TicketKind, VendorAccess
from navette.signon.tickets import issue
from navette.subscriptions.models import GrantState, ResourceGrant
from tests import factories
from tests.signon.oidc import relying
from tests.signon.saml.keys import quick_keys
from tests.web.sso.cas_world import Cas, cas

pytestmark = pytest.mark.django_db
TELLS = {"mail": "email", "last_name": "nom", "first_name": "prenom", "library": "bibliotheque", "territory": "secteur"}
MANY = 12


@pytest.fixture(autouse=True)
def _with_terms(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the site terms that readers have accepted, and the portal its keys without a wait."""
    quick_keys(monkeypatch)
    factories.SiteTermsFactory()


def asked(work: Callable[[], object]) -> list[str]:
    """Return the statements that `work` sends, but those that begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        work()
    return [row["sql"] for row in captured.captured_queries if "SAVEPOINT" not in row["sql"]]


def crowd(access: VendorAccess) -> None:
    """Make the portal larger: vendors like this one, readers of its resource, and what they have left behind."""
    addresses = access.addresses.values_list("use", flat=True)
    for number in range(MANY):
        other = factories.vendor(
            way=access.way,
            key=access.key,
            client_id=access.client_id and f"{access.client_id}-{number}",
            entity_id=access.entity_id and f"{access.entity_id}-{number}",
            addresses={f"https://vendor{number}.example.org/app": use for use in addresses},
            tells=TELLS,
        )
        reader = relying.reader_of(access.resource)
        ResourceGrant.objects.create(
            subscription=reader.subscription, resource=other.resource, state=GrantState.GRANTED
        )
        leave_behind(reader, access)


def leave_behind(reader: Reader, access: VendorAccess) -> None:
    """Write an earlier opening of `reader`: its count, its step and its ticket."""
    today, now, library = clock.today(), clock.now(), reader.subscription.library
    Opening.objects.create(
        resource=access.resource, reader=reader, library=library, age_band="25-44", day=today, opened_at=now
    )
    SignonEvent.objects.create(kind=EventKind.CHECKED, way=access.way, resource=access.resource, reader=reader)
    issue(TicketKind.CAS, access, reader, "https://vendor.example.org/app")


def logged_in(resource: DigitalResource) -> tuple[Client, Reader]:
    """Return the browser of a reader who may open `resource`."""
    reader, client = relying.reader_of(resource), Client()
    client.force_login(reader.user, backend="navette.accounts.backends.IdentifierBackend")
    client.get("/mon-compte")  # the first request of a session writes when it was
    return client, reader


def same_in_a_large_portal(access: VendorAccess, reader: Reader, works: list[Callable[[], object]]) -> list[int]:
    """Return how many statements each of `works` sends, which must be as many once the portal is larger."""
    for work in works:
        work()  # what is written once a year, or once in the life of a portal, is written
    few = [asked(work) for work in works]
    crowd(access)
    for _opening in range(MANY):
        leave_behind(reader, access)
    many = [asked(work) for work in works]
    assert [len(rows) for rows in many] == [len(rows) for rows in few], "\n".join(itertools.chain(*many))
    return [len(rows) for rows in many]


def world_of_cas() -> Cas:
    world = cas(**TELLS)
    world.client, reader = logged_in(world.access.resource)
    world.subscription = reader.subscription
    return world


def test_cas_opens_and_validates_with_few_statements() -> None:
    world = world_of_cas()
    given: list[str] = []
    opening = lambda: given.append(world.ticket())  # noqa: E731
    checking = lambda: world.check(given.pop())  # noqa: E731
    opened, checked = same_in_a_large_portal(world.access, world.reader, [opening, checking])
    assert opened <= 10
    assert checked <= 9


def test_cas_validates_with_as_many_statements_whatever_the_vendor_is_told() -> None:
    world = world_of_cas()
    first, second = world.ticket(), world.ticket()
    world.check(world.ticket())
    told = asked(lambda: world.check(first))
    world.access.released.all().delete()
    assert len(asked(lambda: world.check(second))) == len(told)


def test_openid_connect_opens_and_redeems_with_few_statements() -> None:
    vendor = relying.vendor(tells=TELLS)
    client, reader = logged_in(vendor.access.resource)
    given: list[str] = []
    door = f"{reverse('oidc:authorize')}?{urlencode(vendor.asks())}"
    opening = lambda: given.append(relying.answer_of(client.get(door).headers["Location"])["code"])  # noqa: E731
    redeeming = lambda: Client().post(reverse("oidc:token"), vendor.form(given.pop()))  # noqa: E731
    opened, redeemed = same_in_a_large_portal(vendor.access, reader, [opening, redeeming])
    assert opened <= 13
    assert redeemed <= 11


@pytest.mark.parametrize(
    ("way", "columns", "most"),
    [
        ("signed", {"key": "a key of thirty-two characters.."}, 14),
        ("saml", {"entity_id": "https://sp.example.org/"}, 20),
    ],
)
def test_a_resource_opens_from_the_portal_with_few_statements(way: str, columns: dict[str, str], most: int) -> None:
    acs = {"https://vendor.example.org/acs": "acs"} if way == "saml" else {}
    access = factories.vendor(way=way, addresses=acs, tells=TELLS, **columns)
    client, reader = logged_in(access.resource)
    address = reverse("site:open_resource", args=[access.resource.slug])
    opening = lambda: client.get(address)  # noqa: E731
    answer = client.get(address)
    assert answer.status_code == (200 if way == "saml" else 302)
    assert same_in_a_large_portal(access, reader, [opening])[0] <= most
