"""python-cas, which others have written, gets what it expects from a real server, by each version of the protocol."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import cas as python_cas
import pytest
import requests
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from navette.portal.models import Portal
from navette.signon.identifiers import pairwise_id
from navette.signon.models import LogoutNotice, Opening, SignonEvent, Ticket
from navette.subscriptions.models import ResourceGrant
from tests.web.sso.cas_world import SERVICE, Cas, cas, ticket_in

pytestmark = pytest.mark.django_db(transaction=True)
VERSIONS: list[Any] = [1, 2, 3, "CAS_2_SAML_1_0"]
TOLD_BY = {3, "CAS_2_SAML_1_0"}


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas(mail="courriel", first_name="prenom")


def client_of(server: LiveServer, version: Any, service: str = SERVICE, **options: Any) -> Any:
    """Return a CAS client of `version` that has the portal's address and its own."""
    return python_cas.CASClient(version=version, server_url=f"{server.url}/cas/", service_url=service, **options)


def ticket_of(world: Cas, client: Any) -> str:
    """Follow the client's login address in the reader's browser, and return the ticket that comes back."""
    address = urlsplit(client.get_login_url())
    return ticket_in(world.client.get(f"{address.path}?{address.query}").headers["Location"])


@pytest.mark.parametrize("version", VERSIONS)
def test_sso_01_a_client_knows_the_reader_by_the_identifier_of_its_vendor(
    live_server: LiveServer, world: Cas, version: Any
) -> None:
    client = client_of(live_server, version, f"{SERVICE}?film=12&langue=fr#début")
    user, attributes, _pgt = client.verify_ticket(ticket_of(world, client))
    assert user == pairwise_id(world.reader, world.access.resource)
    if version in TOLD_BY:
        told = {name: attributes[name] for name in ("courriel", "prenom")}
        assert told == {"courriel": world.user.email, "prenom": world.reader.first_name}
    else:
        assert not attributes
    assert Opening.objects.count() == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_sso_02_a_client_is_refused_the_second_time(live_server: LiveServer, world: Cas, version: Any) -> None:
    client = client_of(live_server, version)
    ticket = ticket_of(world, client)
    assert client.verify_ticket(ticket)[0]
    assert client.verify_ticket(ticket)[0] is None


@pytest.mark.parametrize("version", VERSIONS)
def test_sso_02_a_client_with_another_service_is_refused_and_the_ticket_spent(
    live_server: LiveServer, world: Cas, version: Any
) -> None:
    ticket = ticket_of(world, client_of(live_server, version))
    assert client_of(live_server, version, f"{SERVICE}/other").verify_ticket(ticket)[0] is None
    assert client_of(live_server, version).verify_ticket(ticket)[0] is None


@pytest.mark.parametrize("version", VERSIONS)
def test_sso_05_a_client_is_refused_a_reader_who_may_not_any_more(
    live_server: LiveServer, world: Cas, version: Any
) -> None:
    client = client_of(live_server, version)
    ticket = ticket_of(world, client)
    ResourceGrant.objects.all().delete()
    assert client.verify_ticket(ticket)[0] is None


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("ticket", ["ST-1&ticket=ST-2", "ST-1&service=https://evil.example/", "ST-é %", "<a>", "\0"])
def test_a_ticket_that_is_not_encoded_by_whoever_made_it_passes_for_no_other(
    live_server: LiveServer, world: Cas, version: Any, ticket: str
) -> None:
    assert client_of(live_server, version).verify_ticket(ticket)[0] is None
    assert SignonEvent.objects.get().reason == "ticket_unknown"


def test_a_client_that_wants_renew_has_the_password_asked_again(live_server: LiveServer, world: Cas) -> None:
    client = client_of(live_server, 3, renew=True)
    address = urlsplit(client.get_login_url())
    answer = world.client.get(f"{address.path}?{address.query}")
    assert answer.headers["Location"].startswith("/connexion?de_nouveau=1")


@pytest.mark.parametrize("version", [2, 3])
def test_a_client_s_logout_leads_back_to_its_own_address_and_nowhere_else(
    live_server: LiveServer, world: Cas, version: Any
) -> None:
    client = client_of(live_server, version)
    for back, expected in ((f"{SERVICE}/au-revoir", f"{SERVICE}/au-revoir"), ("https://evil.example/", "/")):
        address = urlsplit(client.get_logout_url(back))
        assert world.client.get(f"{address.path}?{address.query}").headers["Location"] == expected


@pytest.mark.parametrize("version", [3, "CAS_2_SAML_1_0"])
def test_a_client_knows_the_notice_of_a_logout_for_its_own(live_server: LiveServer, world: Cas, version: Any) -> None:
    client = client_of(live_server, version)
    ticket = ticket_of(world, client)
    client.verify_ticket(ticket)
    world.client.post("/deconnexion")
    notice = LogoutNotice.objects.get()
    (request,) = parse_qs(notice.body)["logoutRequest"]
    assert notice.url == SERVICE
    assert client.verify_logout_request(request, ticket)
    assert not client.verify_logout_request(request, "ST-another")


def test_the_host_that_a_server_is_asked_by_changes_nothing(live_server: LiveServer, world: Cas) -> None:
    """Addresses are those of the settings and of the vendors, never of the Host header."""
    address = f"{live_server.url}/cas/login?service=https%3A%2F%2Fvendor.example.org%2Fapp"
    answer = requests.get(address, headers={"Host": "evil.example"}, allow_redirects=False, timeout=20)
    assert answer.status_code == 400
    known = requests.get(address, headers={"Host": "testserver"}, allow_redirects=False, timeout=20)
    assert known.headers["Location"].startswith("/connexion?")
    assert not Ticket.objects.exists()
    assert Client().get("/cas/login").status_code == 302
