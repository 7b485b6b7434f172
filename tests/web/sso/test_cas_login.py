"""The door of CAS for browsers: who is let through, who logs in first, and to which addresses one is ever sent."""

import html
import random
import re
import string
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client

from navette.portal.models import Portal, SiteTerms
from navette.signon.cas.services import LONGEST
from navette.signon.models import EventKind, Opening, SignonEvent, Ticket
from navette.subscriptions.models import ResourceGrant
from tests import factories
from tests.web.sso.cas_world import LOGIN, SERVICE, Cas, cas, log_in, quoted, ticket_in

pytestmark = pytest.mark.django_db
FORM = re.compile(r'<a class="btn btn-primary"\s+href="([^"]+)"\s+data-departure>')


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas()


def stranger() -> Client:
    return Client()


def way_out(answer: Any) -> str:
    """Return where the page leads that somebody gets who comes from the login form."""
    found = FORM.search(answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found.group(1))


def events() -> list[tuple[str, str]]:
    return list(SignonEvent.objects.order_by("pk").values_list("kind", "reason"))


# ---- refused
@pytest.mark.parametrize(
    "service",
    [
        "https://evil.example/",
        "https://vendor.example.org.evil.example/app",
        "https://vendor.example.org/application",
        "https://vendor.example.org@evil.example/app",
        "//vendor.example.org/app",
        "javascript:alert(1)",
        "<script>alert(1)</script>",
        SERVICE + "/../admin",
        SERVICE + "\r\nSet-Cookie: a=b",
        SERVICE + "\0",
    ],
)
@pytest.mark.parametrize("more", [{}, {"gateway": "true"}, {"renew": "true"}, {"method": "POST"}])
def test_sso_04_nobody_is_sent_to_a_service_that_is_not_registered(
    world: Cas, service: str, more: dict[str, str]
) -> None:
    for client in (world.client, stranger()):
        answer = client.get(f"{LOGIN}?{urlencode({'service': service} | more)}")
        assert answer.status_code == 403
        assert service not in html.unescape(answer.content.decode())
    assert events() == [(EventKind.STOPPED, "service_unknown")] * 2
    assert not Ticket.objects.exists()


def test_sso_04_a_service_named_twice_is_none(world: Cas) -> None:
    assert world.ask(service=[SERVICE, "https://evil.example/"]).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example"])
def test_sso_04_no_address_is_built_from_the_host_header(world: Cas, host: str) -> None:
    answer = stranger().get(f"{LOGIN}?service={quoted(SERVICE)}", HTTP_HOST=host)
    assert answer.status_code == 400
    assert not answer.has_header("Location")


def test_sso_05_a_reader_without_the_resource_is_stopped_at_the_portal(world: Cas) -> None:
    ResourceGrant.objects.all().delete()
    answer = world.ask()
    assert answer.status_code == 403
    assert "ne fait pas partie de votre abonnement" in answer.content.decode()
    assert events() == [(EventKind.STOPPED, "not_asked")]
    assert not Ticket.objects.exists()


def test_sso_05_a_professional_is_told_that_theirs_is_no_readers_account(world: Cas) -> None:
    world.client.force_login(factories.library_account(world.subscription.library))
    answer = world.ask()
    assert answer.status_code == 403
    assert "compte professionnel" in answer.content.decode()
    assert events() == [(EventKind.STOPPED, "not_a_reader")]


# ---- let through
def test_a_reader_goes_back_with_a_ticket_of_the_form_that_cas_asks(world: Cas) -> None:
    answer = world.ask()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{SERVICE}?ticket=ST-")
    assert re.fullmatch(r"ST-[A-Za-z0-9-]{29,253}", ticket_in(answer.headers["Location"]))
    assert "no-store" in answer.headers["Cache-Control"]
    assert events() == [(EventKind.SENT, "")]
    assert not Opening.objects.exists(), "counted when the vendor comes to check"


@pytest.mark.parametrize(
    ("service", "begins", "ends"),
    [
        (SERVICE, f"{SERVICE}?ticket=ST-", ""),
        (f"{SERVICE}?a=b&c", f"{SERVICE}?a=b&c&ticket=ST-", ""),
        (f"{SERVICE}?", f"{SERVICE}?ticket=ST-", ""),
        (f"{SERVICE}?a=b&", f"{SERVICE}?a=b&ticket=ST-", ""),
        (f"{SERVICE}#part?x", f"{SERVICE}?ticket=ST-", "#part?x"),
        (f"{SERVICE}?a=1%262+3#p", f"{SERVICE}?a=1%262+3&ticket=ST-", "#p"),
        (f"{SERVICE}/café?q=é", f"{SERVICE}/caf%C3%A9?q=%C3%A9&ticket=ST-", ""),
    ],
)
def test_the_ticket_joins_the_query_that_is_there_before_the_fragment(
    world: Cas, service: str, begins: str, ends: str
) -> None:
    location = world.ask(service=service).headers["Location"]
    assert location.startswith(begins)
    assert re.fullmatch(r"[0-9a-f]{64}" + re.escape(ends), location.removeprefix(begins))


def test_method_post_posts_the_ticket_by_a_form_to_that_vendor_only(world: Cas) -> None:
    answer = world.ask(method="post", service=f'{SERVICE}?a="><script>')
    page = answer.content.decode()
    assert 'action="https://vendor.example.org/app?a=&quot;&gt;&lt;script&gt;"' in page
    assert re.search(r'<input type="hidden" name="ticket" value="ST-[0-9a-f]{64}"', page)
    assert "form-action 'self' https://vendor.example.org;" in f"{answer.headers['Content-Security-Policy']};"
    assert "data-departure" in page
    assert "<button" in page


@pytest.mark.parametrize("method", ["GET", "HEADER", "", "PUT"])
def test_any_other_method_is_a_redirect(world: Cas, method: str) -> None:
    assert world.ask(method=method).status_code == 302


def test_each_visit_has_a_ticket_of_its_own(world: Cas) -> None:
    assert world.ticket() != world.ticket()


# ---- logging in first
def test_a_stranger_logs_in_and_lands_back_with_a_ticket(world: Cas) -> None:
    client = stranger()
    answer = client.get(f"{LOGIN}?service={quoted(SERVICE)}")
    address = answer.headers["Location"]
    assert address.startswith("/connexion?suite=/cas/login")
    back = log_in(client, world.user, address)
    assert ticket_in(way_out(back)).startswith("ST-")
    assert events() == [(EventKind.SENT, "")]


def test_a_stranger_who_may_not_reads_why_after_logging_in(world: Cas) -> None:
    ResourceGrant.objects.all().delete()
    client = stranger()
    address = client.get(f"{LOGIN}?service={quoted(SERVICE)}").headers["Location"]
    assert log_in(client, world.user, address).status_code == 403


@pytest.mark.parametrize("alphabet", [string.ascii_letters + string.digits, "&=", "é"])
def test_the_longest_service_survives_the_login(world: Cas, alphabet: str) -> None:
    room = LONGEST - len(SERVICE) - 1
    count = room // 6 if alphabet == "é" else room
    chance = random.Random(7)
    service = f"{SERVICE}?" + "".join(chance.choice(alphabet) for _ in range(count))
    client = stranger()
    answer = client.get(f"{LOGIN}?service={quoted(service)}")
    assert answer.status_code == 302
    assert way_out(log_in(client, world.user, answer.headers["Location"])).startswith(f"{service.rstrip('&')}")


def test_what_was_asked_is_sealed_while_the_reader_logs_in(world: Cas) -> None:
    address = stranger().get(f"{LOGIN}?service={quoted(SERVICE)}").headers["Location"]
    back = parse_qs(urlsplit(address).query)["suite"][0]
    sealed = parse_qs(urlsplit(back).query)["reprise"][0]
    for wrong in (sealed[:-1], sealed + "a", "a", "", "eyJhIjoxfQ:1:2"):
        answer = world.client.get(f"{LOGIN}?{urlencode({'reprise': wrong})}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/mon-compte")


def test_sso_04_a_service_withdrawn_in_the_meantime_is_not_gone_to(world: Cas) -> None:
    client = stranger()
    address = client.get(f"{LOGIN}?service={quoted(SERVICE)}").headers["Location"]
    world.access.addresses.all().delete()
    assert log_in(client, world.user, address).status_code == 403


def test_sub_10_the_terms_come_first_and_lead_back(world: Cas) -> None:
    SiteTerms.objects.create(version=99, text="Autres.")
    address = world.ask().headers["Location"]
    assert address.startswith("/conditions?suite=")
    answer = world.client.post(address, {"terms": "on"})
    assert ticket_in(way_out(world.client.get(answer.headers["Location"]))).startswith("ST-")


@pytest.mark.parametrize("query", ["", "?service=", "?renew=true", "?gateway=true"])
def test_without_a_service_one_logs_in_or_is_in(world: Cas, query: str) -> None:
    assert stranger().get(LOGIN + query).headers["Location"] == "/connexion"
    assert world.client.get(LOGIN + query).headers["Location"] == "/mon-compte"


# ---- gateway
def test_gateway_asks_nothing_of_a_stranger(world: Cas) -> None:
    answer = stranger().get(f"{LOGIN}?service={quoted(SERVICE)}&gateway=true")
    assert (answer.status_code, answer.headers["Location"]) == (302, SERVICE)


def test_gateway_gives_a_ticket_to_who_is_logged_in(world: Cas) -> None:
    assert world.ticket(gateway="true").startswith("ST-")


def test_gateway_asks_nothing_of_who_may_not_or_has_terms_to_accept(world: Cas) -> None:
    SiteTerms.objects.create(version=99, text="Autres.")
    assert world.ask(gateway="true").headers["Location"] == SERVICE
    SiteTerms.objects.all().delete()
    ResourceGrant.objects.all().delete()
    assert world.ask(gateway="true").headers["Location"] == SERVICE
    assert events() == [(EventKind.STOPPED, "not_asked")]


# ---- renew
def test_renew_asks_the_password_of_who_is_logged_in(world: Cas) -> None:
    address = world.ask(renew="true").headers["Location"]
    assert address.startswith("/connexion?de_nouveau=1&suite=%2Fcas%2Flogin")
    back = log_in(world.client, world.user, address)
    ticket = ticket_in(way_out(back))
    assert "<cas:user>" in world.check(ticket, renew="true")


def test_renew_wins_over_gateway(world: Cas) -> None:
    for client in (world.client, stranger()):
        answer = client.get(f"{LOGIN}?service={quoted(SERVICE)}&gateway=true&renew=true")
        assert answer.headers["Location"].startswith("/connexion?")


@pytest.mark.parametrize("value", ["true", "1", "TRUE", "oui"])
def test_renew_is_set_by_any_word_but_no(world: Cas, value: str) -> None:
    assert world.ask(renew=value).headers["Location"].startswith("/connexion?")


@pytest.mark.parametrize("value", ["false", "", "0"])
def test_renew_is_not_set_by_a_word_for_no(world: Cas, value: str) -> None:
    assert world.ticket(renew=value).startswith("ST-")


def test_a_login_before_the_vendor_asked_is_not_fresh(world: Cas) -> None:
    """Even one of the second before, nor by coming back to the same address once it has counted."""
    client = Client()
    with time_machine.travel("2027-03-01T10:00:00Z", tick=False) as hands:
        factories.SubscriptionFactory._meta.model.objects.filter(pk=world.subscription.pk).update(
            starts_on="2026-12-01", ends_on="2027-12-01"
        )
        log_in(client, world.user, "/connexion?suite=/mon-compte")
        hands.shift(1)
        world.client = client
        first = world.ask(renew="true").headers["Location"]
        back = parse_qs(urlsplit(first).query)["suite"][0]
        assert client.get(back).headers["Location"].startswith("/connexion?"), "without a password"
        hands.shift(5)
        assert ticket_in(way_out(log_in(client, world.user, first))).startswith("ST-")
        assert client.get(back).headers["Location"].startswith("/connexion?"), "a login counts once"
        hands.shift(1)
        assert client.get(back).headers["Location"].startswith("/connexion?")


def test_a_login_long_after_the_vendor_asked_is_not_fresh(world: Cas) -> None:
    client = stranger()
    with time_machine.travel("2027-03-01T10:00:00Z", tick=False) as hands:
        factories.SubscriptionFactory._meta.model.objects.filter(pk=world.subscription.pk).update(
            starts_on="2026-12-01", ends_on="2027-12-01"
        )
        address = client.get(f"{LOGIN}?service={quoted(SERVICE)}&renew=true").headers["Location"]
        hands.shift(601)
        again = log_in(client, world.user, address)
        assert again.headers["Location"].startswith("/connexion?de_nouveau=1")
        assert ticket_in(way_out(log_in(client, world.user, again.headers["Location"]))).startswith("ST-")


def test_the_password_typed_for_a_vendor_is_fresh_without_renew_too(world: Cas) -> None:
    client = stranger()
    address = client.get(f"{LOGIN}?service={quoted(SERVICE)}").headers["Location"]
    ticket = ticket_in(way_out(log_in(client, world.user, address)))
    assert "<cas:isFromNewLogin>true<" in world.check(ticket, renew="true")


def test_another_who_logs_in_where_the_password_is_asked_again_goes_on_as_themselves(world: Cas) -> None:
    other = factories.GrantFactory(resource=world.access.resource).subscription.reader
    address = world.ask(renew="true").headers["Location"]
    back = log_in(world.client, other.user, address)
    assert ticket_in(way_out(back)).startswith("ST-")
    assert Ticket.objects.get().reader == other
