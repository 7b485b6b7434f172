"""Logging out by CAS: everywhere, at once for the reader, and back to registered addresses only (SSO-01, SSO-04)."""

from urllib.parse import parse_qs, urlencode
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client

from navette.portal.models import Portal
from navette.signon.models import LogoutNotice, VendorSession
from tests import factories
from tests.web.sso.cas_world import SERVICE, Cas, cas

pytestmark = pytest.mark.django_db
PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
LOGOUT = "/cas/logout"


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas()


def is_in(client: Client) -> bool:
    return client.get("/mon-compte").status_code == 200


def request_in(notice: LogoutNotice) -> Element:
    """Return the logout request that a notice posts, as XML."""
    (text,) = parse_qs(notice.body, strict_parsing=True)["logoutRequest"]
    found: Element = fromstring(text)
    return found


@pytest.mark.parametrize(
    "service",
    [
        "https://evil.example/",
        "https://vendor.example.org.evil.example/app",
        "//vendor.example.org/app",
        "javascript:alert(1)",
        "/console/",
        SERVICE + "/../x",
        SERVICE + "\r\nSet-Cookie: a=b",
        "",
    ],
)
@pytest.mark.parametrize("name", ["service", "url"])
def test_sso_04_logging_out_leads_to_no_address_that_is_not_registered(world: Cas, service: str, name: str) -> None:
    for client in (world.client, Client()):
        answer = client.get(f"{LOGOUT}?{urlencode({name: service})}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert not is_in(client)


def test_sso_04_two_addresses_are_none(world: Cas) -> None:
    answer = world.client.get(f"{LOGOUT}?{urlencode({'service': [SERVICE, SERVICE]}, doseq=True)}")
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("name", ["service", "url"])
def test_logging_out_leads_back_to_a_registered_address(world: Cas, name: str) -> None:
    answer = world.client.get(f"{LOGOUT}?{urlencode({name: SERVICE + '/au-revoir?a=b'})}")
    assert answer.headers["Location"] == f"{SERVICE}/au-revoir?a=b"
    assert not is_in(world.client)


@pytest.mark.parametrize("page", [LOGOUT, "/deconnexion"])
def test_sso_01_every_service_visited_is_told_with_the_ticket_that_it_got(world: Cas, page: str) -> None:
    tickets = []
    for service in (SERVICE, f"{SERVICE}/films?q=é&a=b"):
        tickets.append(world.ticket(service=service))
        world.check(tickets[-1], service=service)
    world.ticket(service=f"{SERVICE}/never-checked")
    (world.client.get if page == LOGOUT else world.client.post)(page)
    notices = list(LogoutNotice.objects.order_by("pk"))
    assert [notice.url for notice in notices] == [SERVICE, f"{SERVICE}/films?q=é&a=b"]
    for notice, ticket in zip(notices, tickets, strict=True):
        request = request_in(notice)
        assert request.tag == f"{PROTOCOL}LogoutRequest"
        assert [row.text for row in request.iter(f"{PROTOCOL}SessionIndex")] == [ticket]
        assert request.get("Version") == "2.0"
    assert len({request_in(notice).get("ID") for notice in notices}) == 2
    assert not VendorSession.objects.exists()


def test_sso_01_a_logout_posts_nothing_itself_and_so_waits_for_no_vendor(world: Cas) -> None:
    """The address would refuse a connection: the tests let none leave this machine."""
    world.check(world.ticket())
    assert world.client.get(LOGOUT).status_code == 302
    assert LogoutNotice.objects.get().claimed_at is None


def test_another_reader_s_sessions_are_left_alone(world: Cas) -> None:
    other = Cas(world.access, factories.GrantFactory(resource=world.access.resource).subscription)
    other.client.force_login(other.user)
    for reader in (world, other):
        reader.check(reader.ticket())
    world.client.get(LOGOUT)
    assert LogoutNotice.objects.count() == 1
    assert VendorSession.objects.count() == 1
    assert is_in(other.client)


def test_a_password_typed_again_for_a_vendor_keeps_the_others_to_be_told(world: Cas) -> None:
    world.check(world.ticket())
    world.client.post(
        "/connexion",
        {
            "bloc": "abonne",
            "abonne-identifier": world.user.identifier,
            "abonne-password": factories.PASSWORD,
            "de_nouveau": "1",
        },
    )
    world.client.get(LOGOUT)
    assert LogoutNotice.objects.count() == 1


def test_who_was_not_logged_in_gets_no_session_by_logging_out(portal: Portal) -> None:
    client = Client()
    assert client.get(LOGOUT).status_code == 302
    assert not client.cookies
