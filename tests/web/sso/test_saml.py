"""SAML's doors in a browser: who logs in, who is stopped and told why, and what strangers send (SSO-01 to SSO-06)."""

import html
import re
import time
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from navette.portal.models import Portal
from navette.readers.models import Reader
from navette.signon import errors
from navette.signon.models import EventKind, Opening, SignonEvent, VendorAccess, VendorSession
from navette.signon.saml.metadata import our_metadata
from navette.signon.sessions import mark_of
from navette.subscriptions.models import GrantState
from navette.web.gate import CAME_IN
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.keys import quick_keys
from tests.signon.saml.provider import ACS, form, opened, query, request

pytestmark = pytest.mark.django_db
SSO, METADATA, ANSWER = "/saml/sso", "/saml/metadata", "/saml/reponse"
FIELD = re.compile(r'<input type="hidden" name="(SAMLResponse|RelayState)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _portal(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are drawn with the portal's settings; its keys come from a stock."""
    quick_keys(monkeypatch)


@pytest.fixture
def access() -> VendorAccess:
    return provider.registered()


@pytest.fixture
def reader(access: VendorAccess) -> Reader:
    subscription = factories.SubscriptionFactory(active=True)
    factories.GrantFactory(subscription=subscription, resource=access.resource, state=GrantState.GRANTED)
    found: Reader = subscription.reader
    return found


def follow(client: Client, answer: Any) -> Any:
    """Go where the door leads."""
    assert answer.status_code == 302
    assert answer["Location"].startswith(ANSWER)
    return client.get(answer["Location"])


def sent(client: Client, relay: str | None = None, **facts: str) -> Any:
    """Come with a request by redirect, and go where the door leads."""
    return follow(client, client.get(f"{SSO}?{query(request(**facts), relay)}"))


def fields(answer: Any) -> dict[str, str]:
    """Return the fields of the form that leads to the vendor."""
    return {name: html.unescape(value) for name, value in FIELD.findall(answer.text)}


def status(answer: Any) -> str:
    """Return the last status code of the answer that the form brings to the vendor."""
    codes = re.findall(rb'Value="[^"]*:([A-Za-z]+)"', opened(fields(answer)))
    return str(codes[-1].decode())


# ---- refusals
def test_an_unknown_vendor_gets_a_page_in_french_and_no_way_out(client: Client, access: VendorAccess) -> None:
    evil = "https://evil.example.org/"
    answer = client.get(f"{SSO}?{query(request(issuer=evil, AssertionConsumerServiceURL=evil))}")
    assert answer.status_code == 400
    assert "Le fournisseur qui a fait la demande n’est pas enregistré." in answer.text
    assert "evil" not in answer.text


def test_sso_04_an_address_that_is_not_registered_is_never_gone_to(client: Client, reader: Reader) -> None:
    client.force_login(reader.user)
    answer = client.post(SSO, form(request(AssertionConsumerServiceURL=ACS + ".evil.example.org")))
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert SignonEvent.objects.get().reason == "service_unknown"


def test_sso_05_who_may_not_reads_why_and_what_to_do(client: Client, access: VendorAccess) -> None:
    client.force_login(factories.SubscriptionFactory(active=True).reader.user)
    answer = sent(client)
    assert answer.status_code == 403
    assert errors.NotAskedFor(access.resource.name).message in html.unescape(answer.text)
    assert not fields(answer)


@pytest.mark.parametrize("passive", ["true", "false"])
def test_sso_05_a_professional_is_told_that_theirs_is_no_reader_s_account(
    client: Client, access: VendorAccess, passive: str
) -> None:
    client.force_login(factories.MembershipFactory().user)
    answer = sent(client, IsPassive=passive)
    if passive == "true":
        assert status(answer) == "RequestDenied"
    else:
        assert answer.status_code == 403
        assert errors.NotAReader().message in html.unescape(answer.text)


def test_sso_02_going_back_and_reloading_gives_no_second_assertion(client: Client, reader: Reader) -> None:
    client.force_login(reader.user)
    first = client.get(f"{SSO}?{query(request())}")
    assert follow(client, first).status_code == 200
    again = follow(client, first)
    assert again.status_code == 400
    assert "chacune ne reçoit qu’une réponse" in again.text
    assert reader.subscription.grants.get().resource.name in html.unescape(again.text)
    assert Opening.objects.count() == 1


def test_a_passive_request_shows_nothing_to_a_stranger(client: Client, access: VendorAccess) -> None:
    assert status(sent(client, IsPassive="true")) == "NoPassive"
    assert status(sent(client, IsPassive="true", ForceAuthn="true")) == "NoPassive"
    assert SignonEvent.objects.filter(kind=EventKind.STOPPED, reason="saml_passive").count() == 2


def test_a_request_that_the_portal_can_t_meet_is_told_to_the_vendor_before_any_login(
    client: Client, access: VendorAccess
) -> None:
    policy = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:transient"/>'
    assert status(sent(client, inside=policy)) == "InvalidNameIDPolicy"


def test_a_forged_host_changes_no_address(reader: Reader) -> None:
    client = Client(headers={"host": "evil.example.org", "x-forwarded-host": "evil.example.org"})
    assert client.get(METADATA).status_code == 400
    known = Client(headers={"host": "testserver", "x-forwarded-host": "evil.example.org"})
    known.force_login(reader.user)
    page = sent(known)
    assert b"evil" not in opened(fields(page))
    assert b"https://navette.test/saml/metadata" in opened(fields(page))
    assert b"evil" not in known.get(METADATA).content


@pytest.mark.parametrize("text", ["", "x", "é", "a" * 5_000, "%00"])
def test_what_the_portal_did_not_carry_is_refused(client: Client, reader: Reader, text: str) -> None:
    client.force_login(reader.user)
    assert client.get(f"{ANSWER}?demande={text}").status_code == 400


# ---- what goes well
def test_the_metadata_are_one_file_that_any_vendor_reads(client: Client) -> None:
    answer = client.get(METADATA)
    assert answer["Content-Type"] == "application/samlmetadata+xml"
    assert answer.content == our_metadata()
    assert etree.fromstring(answer.content).get("entityID") == "https://navette.test/saml/metadata"


def test_a_reader_who_is_logged_in_leaves_by_a_form_for_the_vendor_alone(client: Client, reader: Reader) -> None:
    client.force_login(reader.user)
    relay = "a&amp;b<i>\"'é+%2B"
    answer = sent(client, relay)
    assert answer.status_code == 200
    assert f'action="{ACS}"' in answer.text
    assert fields(answer)["RelayState"] == relay
    assert "form-action 'self' https://sp.example.org;" in answer["Content-Security-Policy"] + ";"
    assert "no-store" in answer["Cache-Control"]
    assert VendorSession.objects.get().session == mark_of(client.session.session_key)


@pytest.mark.parametrize("post", [True, False])
def test_a_stranger_logs_in_and_comes_back_to_the_vendor(client: Client, reader: Reader, post: bool) -> None:
    asked = client.post(SSO, form(request(), "où")) if post else client.get(f"{SSO}?{query(request(), 'où')}")
    login = follow(client, asked)
    assert login.status_code == 302
    target = urlsplit(login["Location"])
    assert (target.path, list(parse_qs(target.query))) == ("/connexion", ["suite"])
    typed = {"bloc": "abonne", "abonne-identifier": reader.user.email, "abonne-password": factories.PASSWORD}
    back = client.post(login["Location"], typed)
    page = client.get(back["Location"])
    assert fields(page)["RelayState"] == "où"
    assert f'AuthnInstant="{_written(client)}"'.encode() in opened(fields(page))


def _written(client: Client) -> str:
    """Return when the password was given, as SAML writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(client.session[CAME_IN]))


def test_a_posted_request_leaves_the_reader_s_session_alone(client: Client, reader: Reader) -> None:
    """The browser sends no cookie with another site's form: the answer must not bring it a new one."""
    answer = Client(enforce_csrf_checks=True).post(SSO, form(request()))
    assert not answer.cookies
    client.force_login(reader.user)
    assert fields(follow(client, answer))


def test_a_vendor_may_have_the_password_asked_again(client: Client, reader: Reader) -> None:
    client.force_login(reader.user)
    asked = client.get(f"{SSO}?{query(request(ForceAuthn='true'))}")
    login = follow(client, asked)
    assert urlsplit(login["Location"]).path == "/connexion"
    page = client.get(login["Location"])
    assert "abonne-password" in page.text
    assert client.get(asked["Location"]).status_code == 302
    typed = {"bloc": "abonne", "abonne-identifier": reader.user.email, "abonne-password": factories.PASSWORD}
    assert fields(client.get(client.post(login["Location"], typed)["Location"]))


def test_from_the_portal_the_assertion_is_posted_by_the_same_form(client: Client, reader: Reader) -> None:
    client.force_login(reader.user)
    slug = reader.subscription.grants.get().resource.slug
    answer = client.get(reverse("site:open_resource", args=[slug]))
    assert f'action="{ACS}"' in answer.text
    assert b"<saml:Assertion" in opened(fields(answer))


# ---- whatever strangers send: no fault, and nothing of it comes back as markup
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\x00", "%00%ff", "a&b=c", "' OR 1=1"]
    ),
    st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")),
)
QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check(answer: Any, *texts: str) -> None:
    """Fail on a fault, or where a text with markup comes back as it was sent."""
    assert answer.status_code < 500
    for text in texts:
        if "<" in text and len(text) > 3:
            assert text not in answer.content.decode("utf-8", "replace").replace("<!doctype html>", "")


@QUIET
@given(message=HOSTILE, relay=HOSTILE, extra=HOSTILE)
def test_no_query_makes_a_fault(client: Client, access: VendorAccess, message: str, relay: str, extra: str) -> None:
    text = "&".join(f"{name}={quote(value)}" for name, value in (("SAMLRequest", message), ("RelayState", relay)))
    check(client.get(f"{SSO}?{text}&{quote(extra)}"), message, relay)
    check(client.get(f"{ANSWER}?demande={quote(message)}"), message)
    check(client.get(f"{METADATA}?{quote(extra)}"), extra)


@QUIET
@given(message=HOSTILE, relay=HOSTILE)
def test_no_form_makes_a_fault(client: Client, access: VendorAccess, message: str, relay: str) -> None:
    check(client.post(SSO, {"SAMLRequest": message, "RelayState": relay}), message, relay)


@QUIET
@given(
    name=st.sampled_from(["ID", "Version", "Destination", "IssueInstant", "ForceAuthn", "ProtocolBinding"]),
    text=HOSTILE,
)
def test_no_request_makes_a_fault(client: Client, access: VendorAccess, name: str, text: str) -> None:
    answer = client.post(SSO, form(request(**{name: html.escape(text)}), text))
    check(answer, text)
    if answer.status_code == 302:
        check(client.get(answer["Location"]), text)
