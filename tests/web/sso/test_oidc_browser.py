"""A real Chromium logs in at the portal and lands at a vendor that is another site.

The policy of the login page lets forms go nowhere else, and Chromium holds the redirects that follow a form to it.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from navette.signon.models import VendorAddress
from tests import factories
from tests.signon.oidc.relying import Vendor, answer_of, reader_of, vendor

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[3]
PATIENCE = 15_000  # milliseconds


class Hall(BaseHTTPRequestHandler):
    """The vendor's site: it greets whoever comes."""

    def do_GET(self) -> None:
        """Answer any address."""
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<h1>Bienvenue</h1>")

    def log_message(self, *args: object) -> None:
        """Keep quiet."""


@pytest.fixture
def hall() -> Iterator[str]:
    """Return the address of a vendor's site that is not the portal's."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hall) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/back"
        server.shutdown()
        thread.join()


def chromium() -> str:
    """Return where Chromium is."""
    found = subprocess.run([ROOT / "tools" / "chromium.sh"], capture_output=True, text=True, check=True)
    return found.stdout.strip().splitlines()[-1]


def walk(door: str, mail: str, hall: str, *, javascript: bool) -> str:
    """Log in on the way from `door`, and return the address where the browser is at last."""
    with sync_playwright() as playwright:
        flags = ["--disable-gpu", "--disable-background-networking"]
        flags += ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        page = browser.new_context(java_script_enabled=javascript).new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(door)
        page.locator('input[name="abonne-identifier"]').fill(mail)
        page.locator('input[name="abonne-password"]').fill(factories.PASSWORD)
        page.locator('input[name="abonne-password"]').press("Enter")
        if not javascript:
            page.locator("a[data-departure]").click()
        page.wait_for_url(f"{hall}?**")
        return page.url


@pytest.mark.parametrize("javascript", [True, False])
def test_who_logs_in_on_the_way_lands_at_the_vendor(
    live_server: LiveServer, settings: Settings, portal: object, hall: str, javascript: bool
) -> None:
    settings.SITE_URL = live_server.url
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    site: Vendor = vendor()
    VendorAddress.objects.create(access=site.access, use="redirect", url=hall)
    reader = reader_of(site.access.resource)
    door = f"{live_server.url}/oidc/authorize?{urlencode(site.asks(redirect_uri=hall))}"
    with ThreadPoolExecutor(1) as pool:
        landed = pool.submit(walk, door, reader.user.email or "", hall, javascript=javascript).result()
    assert site.redeem(answer_of(landed)["code"], redirect_uri=hall)[0] == 200
