"""Whatever the desk's forms are sent, by whatever way a vendor is set: a page, a redirect or a 4xx, never a 500."""

from typing import Any

import pytest
from django.test import Client

from navette.signon import calls
from navette.signon.calls import Answer
from tests import factories
from tests.signon.portal_calls import call
from tests.web.browsing import client_of
from tests.web.forms import Form, forms_on
from tests.web.test_hostile_input import VALUES, send

SERVICE = "https://vendor.example.org/app"
KEY = "cle-partagee-avec-le-fournisseur"
WAYS: dict[str, dict[str, Any]] = {
    "hashed": {"key": KEY, "establishment": "33"},
    "cas": {"addresses": {SERVICE: "service"}},
    "saml": {"addresses": {SERVICE: "acs"}, "entity_id": "urn:vendor"},
    "oidc": {"addresses": {SERVICE: "redirect"}, "client_id": "the-vendor", "key": KEY},
}
KEPT = {"csrfmiddlewaretoken", "suite", "seen", "way"}  # what leads to the field under trial


@pytest.fixture(autouse=True)
def _portal(portal: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is called but the portal."""
    monkeypatch.setattr(calls, "call", lambda method, url, data, headers: _silent(method, url))


def _silent(method: str, url: str) -> Answer:
    return call(method, url, None, {}) if method == "GET" else Answer(0, "ConnectionError")


def forms_of(client: Client, way: str, page: str) -> list[Form]:
    """Return the forms of the pages about a vendor of that way."""
    access = factories.vendor(way=way, address=SERVICE, **WAYS[way])
    address = f"/console/ressources/{access.resource_id}/{page}"
    return [form for form in forms_on(client, address) if form.action.startswith("/console/ressources/")]


@pytest.mark.parametrize("page", ["connexion", "essai"])
@pytest.mark.parametrize("way", WAYS)
def test_a_form_takes_any_value_in_any_field(way: str, page: str) -> None:
    client = client_of(factories.staff())
    forms = forms_of(client, way, page)
    assert forms
    for form in forms:
        for value in VALUES:
            send(client, form, [(name, kept if name in KEPT else value) for name, kept in form.fields])


@pytest.mark.parametrize("way", WAYS)
def test_a_form_takes_missing_and_repeated_fields(way: str) -> None:
    client = client_of(factories.staff())
    for form in forms_of(client, way, "connexion"):
        for pairs in ([], form.fields * 3, [(name, "") for name, _kept in form.fields], form.fields[:1]):
            send(client, form, pairs)


def test_addresses_of_the_desk_hold_anything() -> None:
    client = client_of(factories.staff())
    access = factories.vendor(way="cas", address=SERVICE)
    for value in VALUES:
        for page, names in (
            ("/console/ressources/pourquoi", ("q", "abonne", "ressource", "jour", "etape", "page")),
            (f"/console/ressources/{access.resource_id}/connexion", ("facon",)),
            (f"/console/ressources/{access.resource_id}/essai", ("depuis",)),
        ):
            for name in names:
                assert client.get(page, {name: value.encode("utf-8", "replace")}).status_code in {200, 404}
