"""« Tester » in the console: each step in words at a simulated vendor, and what is recorded at the real one."""

import html
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from navette.signon import calls
from navette.signon.identifiers import pairwise_id
from navette.signon.models import Opening, SignonEvent, Ticket, VendorAccess
from navette.signon.saml.metadata import our_metadata
from navette.signon.simulators import oidc, saml
from navette.signon.simulators.vendor import Known
from navette.signon.trials import UID
from tests import factories
from tests.signon.portal_calls import call
from tests.web.browsing import client_of

SERVICE = "https://vendor.example.org/app"
KEY = "cle-partagee-avec-le-fournisseur"


@pytest.fixture(autouse=True)
def _portal(portal: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Vendors' servers reach the portal by the test client."""
    monkeypatch.setattr(calls, "call", call)


def page_of(access: VendorAccess) -> str:
    return f"/console/ressources/{access.resource_id}/essai"


def tries(access: VendorAccess, client: Client | None = None, **values: str) -> str:
    """Send the form of a trial, and return the page that follows as text."""
    known = {"lecteur": "may", "fournisseur": "simulateur"}
    answer = (client or client_of(factories.staff())).post(page_of(access), known | values)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def cas() -> VendorAccess:
    return factories.vendor(way="cas", address=SERVICE, addresses={SERVICE: "service"})


# ---- at the simulated vendor
def test_a_trial_shows_its_steps_and_counts_nothing() -> None:
    page = tries(cas())
    assert "Le lecteur est entré chez le fournisseur." in page
    assert page.count("step-ok") >= 4
    assert "step-ko" not in page
    assert not Opening.objects.exists()


def test_an_expired_reader_a_wrong_key_and_a_wrong_address_are_explained() -> None:
    access = factories.vendor(way="hashed", address=SERVICE, key=KEY, clock="unix")
    assert "comme il le doit" in tries(access, lecteur="expired")
    page = tries(access, cle="une-toute-autre-cle")
    assert "la clé n’est pas la même des deux côtés" in page
    assert KEY not in page
    assert "une-toute-autre-cle" not in page
    assert "n’est pas enregistrée" in tries(cas(), service="https://autre.example.org/")


def test_a_key_is_asked_where_there_is_one() -> None:
    client = client_of(factories.staff())
    assert 'name="cle"' not in client.get(page_of(cas())).content.decode()
    assert 'name="cle"' in client.get(page_of(factories.vendor(way="signed", key=KEY))).content.decode()


@pytest.mark.parametrize("values", [{"lecteur": "odd"}, {"fournisseur": "odd"}, {"service": "x y"}, {"service": "#"}])
def test_an_odd_trial_is_refused(values: dict[str, str]) -> None:
    access = cas()
    known = {"lecteur": "may", "fournisseur": "simulateur"}
    assert client_of(factories.staff()).post(page_of(access), known | values).status_code == 400
    assert not SignonEvent.objects.exists()


def test_what_is_not_set_up_is_not_tried() -> None:
    resource = factories.ResourceFactory()
    assert client_of(factories.staff()).get(f"/console/ressources/{resource.pk}/essai").status_code == 404


def test_reading_writes_nothing() -> None:
    access = cas()
    for query in ("", "?depuis=1", "?depuis=x", "?depuis=99999999999999", "?depuis=9999999999", "?depuis=²"):
        assert client_of(factories.staff()).get(page_of(access) + query).status_code == 200
    assert not SignonEvent.objects.exists()


# ---- at the real vendor
def test_one_leaves_for_the_real_vendor_by_a_link_that_is_good_once() -> None:
    access = factories.vendor(way="signed", address=SERVICE, key=KEY)
    page = tries(access, fournisseur="reel")
    assert f'href="{SERVICE}?' in page
    assert 'target="_blank"' in page
    assert "Le portail a laissé passer le lecteur" in page
    assert SignonEvent.objects.get().trial
    assert not Opening.objects.exists()


def test_a_form_goes_to_that_vendor_alone() -> None:
    access = factories.vendor(way="saml", address=SERVICE, addresses={SERVICE: "acs"}, entity_id="urn:vendor")
    known = {"lecteur": "may", "fournisseur": "reel"}
    answer = client_of(factories.staff()).post(page_of(access), known)
    policy = next(part for part in answer["Content-Security-Policy"].split(";") if "form-action" in part)
    assert policy.split() == ["form-action", "'self'", "https://vendor.example.org"]
    assert 'name="SAMLResponse"' in answer.content.decode()


def test_a_vendor_that_looks_at_the_page_before_is_shown_the_portal() -> None:
    access = factories.vendor(way="referer", address=SERVICE)
    known = {"lecteur": "may", "fournisseur": "reel"}
    answer = client_of(factories.staff()).post(page_of(access), known)
    assert answer["Referrer-Policy"] == "origin"


def test_a_reader_who_may_not_does_not_leave() -> None:
    access = factories.vendor(way="signed", address=SERVICE, key=KEY)
    page = tries(access, fournisseur="reel", lecteur="expired")
    assert "Votre abonnement a pris fin" in page
    assert "Partir chez le fournisseur" not in page
    assert SignonEvent.objects.get().reason == "expired"


def test_a_vendor_that_comes_to_the_portal_finds_the_reader_of_the_trial() -> None:
    access, client = cas(), client_of(factories.staff())
    stranger = client.get("/cas/login", {"service": SERVICE})
    assert stranger.status_code == 403
    tries(access, client, fournisseur="reel")
    back = client.get("/cas/login", {"service": SERVICE})
    ticket = parse_qs(urlsplit(leads_to(back)).query)["ticket"][0]
    told = Client().get("/cas/p3/serviceValidate", {"service": SERVICE, "ticket": ticket}).content.decode()
    reader = factories.ReaderFactory.build(uid=UID)
    assert pairwise_id(reader, access.resource) in told
    followed = html.unescape(client.get(page_of(access), {"depuis": 1}).content.decode())
    assert "l’accès a été confirmé" in followed
    assert not Opening.objects.exists()
    assert Ticket.objects.get().trial == "may"


def test_an_expired_reader_of_a_trial_is_stopped_at_the_door() -> None:
    access, client = cas(), client_of(factories.staff())
    tries(access, client, fournisseur="reel", lecteur="expired")
    answer = client.get("/cas/login", {"service": SERVICE})
    assert answer.status_code == 403
    assert "Votre abonnement a pris fin" in html.unescape(answer.content.decode())


def test_a_trial_is_of_one_vendor_of_staff_and_over_in_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    access, client = cas(), client_of(factories.staff())
    other = "https://b.example.org/"
    factories.vendor(way="cas", address=other, addresses={other: "service"})
    tries(access, client, fournisseur="reel")
    assert client.get("/cas/login", {"service": other}).status_code == 403
    session: Any = client.session
    pk, trial, until = session["signon_trial"]
    session["signon_trial"] = [pk, trial, until - 601]
    session.save()
    assert client.get("/cas/login", {"service": SERVICE}).status_code == 403


def test_saml_and_openid_connect_let_the_reader_of_a_trial_through() -> None:
    client = client_of(factories.staff())
    access = factories.vendor(way="saml", address=SERVICE, addresses={SERVICE: "acs"}, entity_id="urn:vendor")
    tries(access, client, fournisseur="reel")
    known = Known("https://navette.test", SERVICE, entity_id="urn:vendor")
    asked = saml.ask(known).address.removeprefix("https://navette.test")
    assert 'name="SAMLResponse"' in client.get(asked, follow=True).content.decode()
    assert our_metadata()
    access = factories.vendor(way="oidc", address=SERVICE, addresses={SERVICE: "redirect"}, client_id="c", key=KEY)
    tries(access, client, fournisseur="reel")
    known = Known("https://navette.test", SERVICE, client_id="c", key=KEY)
    begun = oidc.begin(known, call).address.removeprefix("https://navette.test")
    assert "code=" in leads_to(client.get(begun))


def leads_to(answer: Any) -> str:
    """Return where an answer leads: by a redirect, or by its page's one button."""
    if answer.status_code == 302:
        return str(answer["Location"])
    page = html.unescape(answer.content.decode())
    return str(page.split("data-departure")[0].rsplit('href="', 1)[1].split('"')[0])
