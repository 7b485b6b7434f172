"""`samlValidate`: SAML 1.1 over SOAP, as posted by vendors' servers, and whatever else may be posted there."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import pytest
import time_machine
from defusedxml.ElementTree import fromstring
from django.test import Client
from pytest_django import Settings

from navette.core import clock
from navette.portal.models import Portal
from navette.signon.identifiers import pairwise_id
from navette.signon.models import Opening
from tests.web.sso.cas_world import SERVICE, Cas, cas

pytestmark = pytest.mark.django_db
PROTOCOL = "{urn:oasis:names:tc:SAML:1.0:protocol}"
ASSERTION = "{urn:oasis:names:tc:SAML:1.0:assertion}"
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
    '<p:Request xmlns:p="urn:oasis:names:tc:SAML:1.0:protocol" MajorVersion="1" MinorVersion="1" RequestID="{id}"'
    ' IssueInstant="2027-03-01T10:00:00Z">{artifacts}</p:Request></S:Body></S:Envelope>'
)
DTD = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
BOMB = (
    "<!DOCTYPE a [" + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 9 if n else "x"}">' for n in range(9)) + "]><a>&e8;</a>"
)


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas(mail="courriel")


def envelope(*tickets: str, name: str = "_a1") -> bytes:
    artifacts = "".join(f"<p:AssertionArtifact> {ticket}\n</p:AssertionArtifact>" for ticket in tickets)
    return ENVELOPE.format(id=name, artifacts=artifacts).encode()


def post(body: bytes, service: str = SERVICE, **query: str) -> Element:
    """Return the SAML response to `body`, posted as a server does: without cookie and token."""
    address = f"/cas/samlValidate?{urlencode({'TARGET': service} | query)}"
    answer = Client(enforce_csrf_checks=True).post(address, body, content_type="text/xml; charset=utf-8")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert "<script" not in answer.content.decode()
    found: Element | None = fromstring(answer.content).find(f".//{PROTOCOL}Response")
    assert found is not None
    return found


def status(response: Element) -> str:
    code = response.find(f"{PROTOCOL}Status/{PROTOCOL}StatusCode")
    assert code is not None
    return str(code.get("Value")).partition(":")[2]


BODIES: list[tuple[str, Any]] = [
    ("empty", b""),
    ("no xml", b"a=b"),
    ("cut", envelope("ST-1")[:200]),
    ("another document", b"<a/>"),
    ("no ticket", envelope()),
    ("two tickets", envelope("ST-1", "ST-2")),
    ("an entity", (DTD + envelope("&b;").decode().partition("?>")[2]).encode()),
    ("a bomb", BOMB.encode()),
    ("deep", b"<a>" * 5_000),
    ("long", envelope("ST-" + "a" * 30_000)),
    ("an encoding of nobody's", b'<?xml version="1.0" encoding="nowhere"?><a/>'),
    ("utf-16", envelope("ST-1").decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    ("zeros", b"\0" * 100),
    ("half a character", b"<a>\xed\xa0\x80</a>"),
]


@pytest.mark.parametrize("body", [body for _name, body in BODIES], ids=[name for name, _body in BODIES])
def test_whatever_is_posted_is_answered_by_a_refusal(world: Cas, body: bytes) -> None:
    response = post(body)
    assert status(response) == "RequestDenied"
    assert response.find(f"{ASSERTION}Assertion") is None


@pytest.mark.parametrize("service", ["", "https://other.example/", '"><script>alert(1)</script>', SERVICE + "\0"])
def test_sso_02_a_failed_attempt_spends_the_ticket_too(world: Cas, service: str) -> None:
    ticket = world.ticket()
    assert status(post(envelope(ticket), service)) == "RequestDenied"
    assert status(post(envelope(ticket))) == "RequestDenied"


def test_renew_wants_a_password_just_given(world: Cas) -> None:
    assert status(post(envelope(world.ticket()), renew="true")) == "RequestDenied"


@pytest.mark.parametrize("method", ["get", "head", "put"])
def test_nothing_but_post_asks(portal: Portal, method: str) -> None:
    assert getattr(Client(), method)("/cas/samlValidate").status_code == 405


def test_sso_03_a_ticket_is_answered_by_an_assertion_for_that_vendor(world: Cas, settings: Settings) -> None:
    ticket = world.ticket()
    response = post(envelope(ticket, name="_request-1"))
    assert status(response) == "Success"
    assert (response.get("InResponseTo"), response.get("Recipient")) == ("_request-1", SERVICE)
    assertion = response.find(f"{ASSERTION}Assertion")
    assert assertion is not None
    assert assertion.get("Issuer") == settings.SITE_URL
    identifier = pairwise_id(world.reader, world.access.resource)
    assert {row.text for row in assertion.iter(f"{ASSERTION}NameIdentifier")} == {identifier}
    assert [row.text for row in assertion.iter(f"{ASSERTION}Audience")] == [SERVICE]
    told = {
        row.get("AttributeName"): row.findtext(f"{ASSERTION}AttributeValue")
        for row in assertion.iter(f"{ASSERTION}Attribute")
    }
    assert told == {"courriel": world.user.email}
    assert Opening.objects.count() == 1
    assert status(post(envelope(ticket))) == "RequestDenied"


def test_nothing_but_the_identifier_is_told_by_default(portal: Portal) -> None:
    world = cas()
    response = post(envelope(world.ticket()))
    assert not list(response.iter(f"{ASSERTION}AttributeStatement"))
    assert len(list(response.iter(f"{ASSERTION}NameIdentifier"))) == 1


def test_sso_02_the_assertion_s_window_is_a_minute_wide(world: Cas) -> None:
    with time_machine.travel(clock.now().replace(microsecond=0), tick=False):
        conditions = post(envelope(world.ticket())).find(f".//{ASSERTION}Conditions")
        now = clock.now()
    assert conditions is not None
    ends = [dt.datetime.fromisoformat(str(conditions.get(name))) for name in ("NotBefore", "NotOnOrAfter")]
    assert ends == [now - dt.timedelta(seconds=30), now + dt.timedelta(seconds=30)]


@pytest.mark.parametrize("name", ["", "a b", "<i>", "é", "a" * 200, "1-begins-with-a-digit?"])
def test_a_request_s_name_that_is_none_is_not_repeated(world: Cas, name: str) -> None:
    body = envelope(world.ticket(), name=name.replace("<", "&lt;"))
    assert post(body).get("InResponseTo") is None
