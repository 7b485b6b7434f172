"""What a vendor's server is answered about a ticket: by CAS 1, 2 and 3, in XML and JSON (SSO-02, SSO-03)."""

import datetime as dt
import json
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.test import Client

from navette.core import clock
from navette.portal.models import Portal
from navette.signon import tickets
from navette.signon.identifiers import pairwise_id
from navette.signon.models import (
    EventKind,
    Opening,
    ReleasedAttribute,
    SignonEvent,
    Ticket,
    TicketKind,
    VendorSession,
    WayName,
)
from navette.signon.sessions import mark_of
from navette.subscriptions.models import ResourceGrant, Subscription
from tests.web.sso.cas_world import SERVICE, Cas, cas

pytestmark = pytest.mark.django_db
CAS = "{http://www.yale.edu/tp/cas}"
XML = ["serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate"]
ALL = ["validate", *XML]
MARK = '"><script>alert(1)</script>&amp;<!--'


@pytest.fixture
def world(portal: Portal) -> Cas:
    """Return a vendor that is told nothing but the identifier."""
    return cas()


def code(answer: str) -> str:
    """Return the code of the failure that an XML answer tells."""
    failure = fromstring(answer).find(f"{CAS}authenticationFailure")
    assert failure is not None, answer
    assert (failure.text or "").strip()
    return str(failure.get("code"))


def success(answer: str) -> Element:
    found: Element | None = fromstring(answer).find(f"{CAS}authenticationSuccess")
    assert found is not None, answer
    return found


def user(answer: str) -> str:
    return str(success(answer).findtext(f"{CAS}user"))


def reasons() -> list[tuple[str, str]]:
    """Return what was recorded after the tickets were given."""
    rows = SignonEvent.objects.exclude(kind=EventKind.SENT).order_by("pk")
    return list(rows.values_list("kind", "reason"))


# ---- refused
@pytest.mark.parametrize("path", XML)
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "INVALID_REQUEST"),
        ({"service": SERVICE}, "INVALID_REQUEST"),
        ({"service": SERVICE, "ticket": ""}, "INVALID_REQUEST"),
        ({"service": SERVICE, "ticket": ["ST-1", "ST-2"]}, "INVALID_REQUEST"),
        ({"ticket": "ST-unknown"}, "INVALID_TICKET"),
        ({"service": SERVICE, "ticket": "ST-" + "0" * 64}, "INVALID_TICKET"),
        ({"service": SERVICE, "ticket": "PT-" + "0" * 64}, "INVALID_TICKET_SPEC"),
        ({"service": SERVICE, "ticket": "PGT-" + "0" * 64}, "INVALID_TICKET_SPEC"),
        ({"service": SERVICE, "ticket": "x" * 5000}, "INVALID_TICKET"),
    ],
)
def test_what_is_missing_doubled_or_unknown_has_the_code_of_the_protocol(
    portal: Portal, path: str, query: dict[str, Any], expected: str
) -> None:
    answer = Client().get(f"/cas/{path}?{urlencode(query, doseq=True)}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert code(answer.content.decode()) == expected
    assert not answer.cookies
    assert len(reasons()) == 1


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("field", ["ticket", "service"])
def test_neither_ticket_nor_service_stands_in_an_answer_unescaped(portal: Portal, path: str, field: str) -> None:
    for more in ({}, {"format": "JSON"}):
        query = {"service": SERVICE, "ticket": "ST-a"} | {field: MARK} | more
        assert "<script" not in Client().get(f"/cas/{path}?{urlencode(query)}").content.decode()


@pytest.mark.parametrize("path", ALL)
def test_sso_02_a_ticket_is_good_for_one_attempt_that_succeeds(world: Cas, path: str) -> None:
    ticket = world.ticket()
    first, second = world.check(ticket, path), world.check(ticket, path)
    assert pairwise_id(world.reader, world.access.resource) in first
    assert second == "no\n\n" if path == "validate" else code(second) == "INVALID_TICKET"
    assert reasons() == [(EventKind.CHECKED, ""), (EventKind.FAILED, "ticket_used")]


@pytest.mark.parametrize(
    "service",
    [
        "https://other.example/",
        SERVICE + "/",
        SERVICE + "?a=b",
        SERVICE.upper(),
        SERVICE.replace("https", "http"),
        SERVICE + "\0",
        "",
    ],
)
@pytest.mark.parametrize("path", ALL)
def test_sso_02_a_failed_attempt_spends_the_ticket_too(world: Cas, service: str, path: str) -> None:
    ticket = world.ticket()
    wrong = world.check(ticket, path, service=service)
    right = world.check(ticket)
    if path != "validate":
        assert code(wrong) == ("INVALID_SERVICE" if service else "INVALID_REQUEST")
    assert wrong.startswith("no\n") or "authenticationFailure" in wrong
    assert code(right) == "INVALID_TICKET"
    assert reasons() == [
        (EventKind.FAILED, "wrong_service" if service else "bad_request"),
        (EventKind.FAILED, "ticket_used"),
    ]
    assert not Opening.objects.exists()


def test_sso_02_a_ticket_of_60_seconds_is_too_old_and_one_of_59_is_not(world: Cas) -> None:
    with time_machine.travel(clock.now(), tick=False) as hands:
        early, late = world.ticket(), world.ticket()
        hands.shift(59)
        assert user(world.check(early))
        hands.shift(1)
        assert code(world.check(late)) == "INVALID_TICKET"
    assert reasons()[-1] == (EventKind.FAILED, "ticket_expired")


def test_sso_02_a_ticket_of_another_kind_is_none_of_cas(world: Cas) -> None:
    text = tickets.issue(TicketKind.CODE, world.access, world.reader, SERVICE, prefix="ST-")
    assert code(world.check(text)) == "INVALID_TICKET"
    assert Ticket.objects.get().used_at is None, "it is still good for what it is for"


def test_a_ticket_does_not_outlive_the_session_that_asked_for_it(world: Cas) -> None:
    ticket = world.ticket()
    world.client.post("/deconnexion")
    assert code(world.check(ticket)) == "INVALID_TICKET"


def test_renew_wants_a_password_just_given_and_spends_the_ticket(world: Cas) -> None:
    ticket = world.ticket()
    assert code(world.check(ticket, renew="true")) == "INVALID_TICKET"
    assert code(world.check(ticket)) == "INVALID_TICKET"
    assert reasons()[0] == (EventKind.FAILED, "not_fresh")
    assert world.check(world.ticket(), "validate", renew="true") == "no\n\n"
    assert user(world.check(world.ticket(), renew="false"))


def test_sub_04_the_decision_is_asked_again_when_the_vendor_comes(world: Cas) -> None:
    ticket, other = world.ticket(), world.ticket()
    ResourceGrant.objects.all().delete()
    answer = world.check(ticket)
    assert code(answer) == "INVALID_TICKET"
    assert "abonnement" not in answer
    assert world.check(other, "validate") == "no\n\n"
    assert reasons() == [(EventKind.FAILED, "not_asked")] * 2
    assert not Opening.objects.exists()
    assert not VendorSession.objects.exists()


def test_sub_03_an_expired_reader_is_confirmed_to_no_vendor(world: Cas) -> None:
    ticket = world.ticket()
    long_ago = clock.today() - dt.timedelta(days=400)
    Subscription.objects.update(starts_on=long_ago, ends_on=clock.today() - dt.timedelta(days=1))
    assert code(world.check(ticket)) == "INVALID_TICKET"
    assert reasons() == [(EventKind.FAILED, "expired")]


# ---- confirmed
def test_cas_1_answers_two_lines(world: Cas) -> None:
    assert world.check(world.ticket(), "validate") == f"yes\n{pairwise_id(world.reader, world.access.resource)}\n"


def test_sso_03_the_user_is_an_identifier_of_this_vendor_and_nothing_else_is_told(world: Cas) -> None:
    answer = world.check(world.ticket())
    assert user(answer) == pairwise_id(world.reader, world.access.resource)
    told = {row.tag.removeprefix(CAS) for row in success(answer).iterfind(f"{CAS}attributes/*")}
    assert told == {"authenticationDate", "longTermAuthenticationRequestTokenUsed", "isFromNewLogin"}
    for secret in (world.user.email, world.reader.last_name, world.reader.first_name, world.reader.uid.hex):
        assert secret not in answer


def test_sso_03_cas_3_tells_what_the_settings_release_under_the_vendors_names(portal: Portal) -> None:
    world = cas(mail="courriel", full_name="Nom complet", age_band="1tranche", library="urn:oid:2.5")
    world.reader.first_name = 'É<script>&"'
    world.reader.last_name = "\x0b\ufffe😀"
    world.reader.save()
    attributes = success(world.check(world.ticket())).find(f"{CAS}attributes")
    assert attributes is not None
    told = {row.tag.removeprefix(CAS): row.text for row in attributes}
    assert told["courriel"] == world.user.email
    assert told["Nom_complet"] == 'É<script>&" 😀'
    assert told["_1tranche"] == "25-44"
    assert told["urn_oid_2.5"] == world.subscription.library.name


def test_cas_2_tells_the_identifier_alone(portal: Portal) -> None:
    world = cas(mail="courriel")
    answer = world.check(world.ticket(), "serviceValidate")
    assert [row.tag for row in success(answer)] == [f"{CAS}user"]


def test_a_birth_date_is_written_as_the_vendor_wants_it(portal: Portal) -> None:
    world = cas(birth_date="naissance")
    ReleasedAttribute.objects.update(date_format="french")
    assert "<cas:naissance>13/03/1990</cas:naissance>" in world.check(world.ticket())


def test_cas_3_tells_when_the_reader_came_in(world: Cas) -> None:
    with time_machine.travel("2027-03-01T10:00:05Z", tick=False) as hands:
        Subscription.objects.update(starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2027, 12, 1))
        world.client.logout()
        data = {"bloc": "abonne", "abonne-identifier": world.user.identifier}
        world.client.post("/connexion", data | {"abonne-password": "Ombrelle-42-vagues!"})
        hands.shift(300)
        answer = world.check(world.ticket())
    told = {row.tag.removeprefix(CAS): row.text for row in success(answer).iterfind(f"{CAS}attributes/*")}
    assert told == {
        "authenticationDate": "2027-03-01T10:00:05Z",
        "longTermAuthenticationRequestTokenUsed": "false",
        "isFromNewLogin": "false",
    }


@pytest.mark.parametrize("word", ["JSON", "json"])
def test_the_same_in_json(portal: Portal, word: str) -> None:
    world = cas(mail="courriel")
    ticket = world.ticket()
    address = f"/cas/p3/serviceValidate?{urlencode({'service': SERVICE, 'ticket': ticket, 'format': word})}"
    answer = Client().get(address)
    assert answer.headers["Content-Type"] == "application/json"
    told = json.loads(answer.content)["serviceResponse"]["authenticationSuccess"]
    assert told["user"] == pairwise_id(world.reader, world.access.resource)
    assert told["attributes"]["courriel"] == world.user.email
    assert told["attributes"]["isFromNewLogin"] is False
    failure = json.loads(Client().get(address).content)["serviceResponse"]["authenticationFailure"]
    assert (failure["code"], bool(failure["description"])) == ("INVALID_TICKET", True)
    short = json.loads(world.check(world.ticket(), "serviceValidate", format="JSON"))
    assert list(short["serviceResponse"]["authenticationSuccess"]) == ["user"]


@pytest.mark.parametrize("word", ["XML", "", "YAML"])
def test_any_other_format_is_xml(world: Cas, word: str) -> None:
    assert user(world.check(world.ticket(), format=word))


def test_proxying_is_not_supported_and_a_vendor_that_asks_for_it_is_told_the_rest(world: Cas) -> None:
    answer = world.check(world.ticket(), pgtUrl="https://vendor.example.org/pgt")
    assert user(answer)
    assert "proxyGrantingTicket" not in answer


def test_sso_06_an_opening_is_counted_when_the_vendor_has_checked(world: Cas) -> None:
    world.check(world.ticket())
    world.check("ST-" + "0" * 64)
    assert list(Opening.objects.values_list("resource", "reader")) == [(world.access.resource.pk, world.reader.pk)]


def test_the_session_at_the_vendor_is_remembered_under_the_ticket(world: Cas) -> None:
    ticket = world.ticket()
    assert not VendorSession.objects.exists()
    world.check(ticket)
    row = VendorSession.objects.get()
    assert (row.access, row.service, row.index) == (world.access, SERVICE, ticket)
    assert row.session == mark_of(world.client.session.session_key)


def test_a_wrong_service_is_recorded_without_what_the_reader_was_looking_for(world: Cas) -> None:
    world.check(world.ticket(), service=f"{SERVICE}/x?q=asthme")
    row = SignonEvent.objects.get(kind=EventKind.FAILED)
    assert row.detail == {"sent_to": SERVICE, "checked_with": f"{SERVICE}/x"}
    assert (row.reader, row.resource, row.way) == (world.reader, world.access.resource, WayName.CAS)


@pytest.mark.parametrize("path", ALL)
@pytest.mark.parametrize("method", ["post", "head", "put", "delete", "options"])
def test_nothing_but_get_checks_a_ticket(world: Cas, path: str, method: str) -> None:
    ticket = world.ticket()
    address = f"/cas/{path}?{urlencode({'service': SERVICE, 'ticket': ticket})}"
    assert getattr(Client(), method)(address).status_code == 405
    assert user(world.check(ticket))


@pytest.mark.parametrize("path", ALL)
def test_no_cache_keeps_an_answer(world: Cas, path: str) -> None:
    assert "no-store" in Client().get(f"/cas/{path}").headers["Cache-Control"]
