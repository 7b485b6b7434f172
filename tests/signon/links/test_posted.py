"""A signed message goes over a real connection: what the vendor's server hears, and what of its answers is followed."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from navette.core import clock
from navette.signon import calls
from navette.signon.links.posted import PostedLink
from navette.signon.models import VendorAccess, WayName
from navette.signon.simulators import links
from navette.signon.simulators.vendor import Arrival, Known
from navette.signon.trials import Trial
from navette.signon.ways import VendorSilent, Visit

KEY = "k" * 40
PORTAL = "https://portail.example.org"


class Vendor(BaseHTTPRequestHandler):
    """A vendor's server, right at `/in` and wrong in one way at each other path."""

    def do_POST(self) -> None:
        """Answer the portal's message."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        home = f"http://{self.headers['Host']}{self.path}"
        status, text = links.receive(Known(PORTAL, home, key=KEY), body)
        if self.path == "/late":
            time.sleep(2)
        if self.path == "/elsewhere":
            text = json.dumps({"url": "http://evil.example.org/"})
        self.send_response(302 if self.path == "/moved" else status)
        if self.path == "/moved":
            self.send_header("Location", home.replace("/moved", "/in"))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named so by the base
        """Say nothing."""


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a vendor that listens."""
    monkeypatch.setattr(calls, "TIMEOUT", (1, 1))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Vendor)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def left(address: str, key: str = KEY) -> str:
    """Return where a trial's reader is led."""
    visit = Visit(resource="r", reader_id="0" * 32, at=clock.now(), nonce="n", holder=Trial.MAY)
    return PostedLink().open(VendorAccess(way=WayName.POSTED, address=address, key=key), visit).address


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/late", "vendor_silent"), ("/moved", "vendor_refused"), ("/elsewhere", "vendor_elsewhere")],
)
def test_sso_04_what_the_vendor_does_not_answer_as_agreed_is_not_followed(home: str, path: str, reason: str) -> None:
    with pytest.raises(VendorSilent) as caught:
        left(home + path)
    assert caught.value.reason == reason


def test_a_wrong_key_and_a_closed_port_are_told(home: str) -> None:
    with pytest.raises(VendorSilent, match="HTTP 403"):
        left(f"{home}/in", key="another key")
    port = urlsplit(home).port
    with pytest.raises(VendorSilent) as caught:
        left(f"http://127.0.0.2:{port}/in")
    assert caught.value.reason == "vendor_silent"


def test_the_reader_is_led_where_the_vendor_says_and_welcomed(home: str) -> None:
    address = left(f"{home}/in")
    welcome = links.posted(Known(PORTAL, f"{home}/in", key=KEY), Arrival(address), calls.call)
    assert welcome.identifier == "0" * 32
