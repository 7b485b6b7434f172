"""CAS in a real browser: from a vendor's site to the portal and back, by redirect, by form, without script; and out."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl

import pytest
from playwright.sync_api import expect

from navette.signon.calls import call
from navette.signon.simulators.cas import cas, login_address
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from tests.journeys.server import DEMO_PASSWORD, Site
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
READER = "active@example.org"
PATIENCE = 20.0  # seconds, for the worker to post a notice
# Adds to the demo a resource that opens by CAS, granted to READER; and takes it away with what came of it.
SET_UP = """
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess, VendorAddress
from navette.subscriptions.models import ResourceGrant
model = DigitalResource.objects.first()
model.pk, model.name, model.slug = None, "Essai CAS", "essai-cas"
model.save()
access = VendorAccess.objects.create(resource=model, way="cas", address={address!r})
VendorAddress.objects.create(access=access, use="service", url={address!r})
reader = Reader.objects.get(user__email={reader!r})
ResourceGrant.objects.create(subscription=reader.subscription, resource=model, state="granted")
"""
TAKE_AWAY = """
from navette.resources.models import DigitalResource
from navette.signon.models import Opening
from navette.subscriptions.models import ResourceGrant
Opening.objects.filter(resource__slug="essai-cas").delete()
ResourceGrant.objects.filter(resource__slug="essai-cas").delete()
DigitalResource.objects.filter(slug="essai-cas").delete()
"""


class Vendor(ThreadingHTTPServer):
    """A vendor's site on this machine: the simulated software behind a real server, and what it was told."""

    daemon_threads = True

    def __init__(self, portal: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.known = Known(portal, f"http://127.0.0.1:{self.server_address[1]}/espace")
        self.more = ""
        self.ended: list[str] = []

    def welcomes(self, path: str, fields: dict[str, str]) -> Welcome:
        """Return how a browser that arrives with a ticket is received."""
        origin = self.known.address.removesuffix("/espace")
        return cas(self.known, Arrival(origin + path, fields), call)


class Handler(BaseHTTPRequestHandler):
    """Sends strangers to the portal, and shows who came back."""

    server: Vendor

    def do_GET(self) -> None:
        if self.path == "/favicon.ico":
            self.send_error(404)
        elif "ticket=" in self.path:
            self._show(self.server.welcomes(self.path, {}))
        else:
            self.send_response(302)
            self.send_header("Location", login_address(self.server.known) + self.server.more)
            self.end_headers()

    def do_POST(self) -> None:
        fields = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if "logoutRequest" in fields:
            self.server.ended.append(fields["logoutRequest"])
            self.send_response(500)  # which the portal is not to mind
            self.end_headers()
        else:
            self._show(self.server.welcomes(self.path, fields))

    def _show(self, welcome: Welcome) -> None:
        steps = json.dumps([[step.title, step.ok, step.meaning] for step in welcome.steps], ensure_ascii=False)
        page = f"<!doctype html><title>V</title><h1>Lecteur {welcome.identifier}</h1><p>{steps}</p>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def vendor(site: Site) -> Iterator[Vendor]:
    server = Vendor(site.url)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.run("shell", "-c", SET_UP.format(address=server.known.address, reader=READER))
    yield server
    site.run("shell", "-c", TAKE_AWAY)
    server.shutdown()
    server.server_close()
    thread.join()


def arrives(visitor: Visitor, vendor: Vendor, more: str = "") -> Visitor:
    """Go to the vendor's site, which sends on to the portal with `more` in the address, and log in there."""
    vendor.more = more
    visitor.goes_to(vendor.known.address).sees("Connexion")
    block = visitor.block("Déjà inscrit(e)")
    block.get_by_label("mail", exact=False).fill(READER)
    block.get_by_label("Mot de passe", exact=True).fill(DEMO_PASSWORD)
    block.get_by_role("button", name="Se connecter en tant qu'abonné").click()
    return visitor


def is_known(visitor: Visitor) -> str:
    """Check that the vendor knows the reader, and return by which identifier."""
    heading = visitor.page.get_by_role("heading", level=1, name="Lecteur")
    expect(heading).to_be_visible()
    identifier = heading.inner_text().removeprefix("Lecteur ")
    assert len(identifier) == 32, visitor.page.content()
    assert visitor.faults == []
    return identifier


def test_r4_a_vendors_site_sends_to_the_portal_and_gets_its_reader_back(visit: Visit, vendor: Vendor) -> None:
    visitor = arrives(visit(), vendor)
    first = is_known(visitor)
    visitor.goes_to(vendor.known.address)  # logged in by now: nothing is asked
    assert is_known(visitor) == first


def test_r4_without_script_a_button_leads_back(visit: Visit, vendor: Vendor) -> None:
    visitor = arrives(visit(javascript=False), vendor)
    visitor.page.get_by_role("link", name="Continuer vers Essai CAS").click()
    is_known(visitor)


@pytest.mark.parametrize("javascript", [True, False])
def test_r4_a_vendor_may_have_the_ticket_posted(visit: Visit, vendor: Vendor, javascript: bool) -> None:
    visitor = arrives(visit(javascript=javascript), vendor, "&method=POST")
    if not javascript:
        visitor.page.get_by_role("button", name="Continuer vers Essai CAS").click()
    is_known(visitor)


def test_r4_a_vendor_may_want_the_password_typed_again(visit: Visit, vendor: Vendor) -> None:
    visitor = arrives(visit(), vendor)
    is_known(visitor)
    arrives(visitor, vendor, "&renew=true")
    is_known(visitor)


def test_r7_logging_out_ends_the_session_at_the_vendor_too(visit: Visit, vendor: Vendor) -> None:
    visitor = arrives(visit(), vendor)
    is_known(visitor)
    ticket = parse_qs(visitor.page.url.partition("?")[2])["ticket"][0]
    visitor.goes_to("/mon-compte").page.locator("details.account summary").click()
    visitor.clicks("Me déconnecter")
    until = time.monotonic() + PATIENCE
    while not vendor.ended and time.monotonic() < until:
        time.sleep(0.1)
    (request,) = vendor.ended
    assert f"SessionIndex>{ticket}<" in request


def test_sso_04_a_site_that_is_not_registered_gets_nobody(visit: Visit) -> None:
    visitor = visit().goes_to("/cas/login?service=https://evil.example/").sees("Ce site n’est pas enregistré")
    visitor.clicks("Voir les ressources numériques").sees("Ressources numériques")
