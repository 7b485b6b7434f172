"""The ways of links: what leaves, what is called, and what is not followed."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

import pytest

from navette.signon import errors
from navette.signon.calls import Answer
from navette.signon.links.posted import PostedLink
from navette.signon.links.referer import RefererLink
from navette.signon.models import EventKind, Opening, SignonEvent, VendorAccess, WayName
from navette.signon.opening import WAYS, open_resource
from navette.signon.trials import Trial
from navette.signon.ways import VendorSilent, Visit
from tests.factories import GrantFactory, vendor

AT = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
HOME = "https://vendor.example.org/in?portail=33"
PAGE = "https://vendor.example.org/film/3"
VISIT = Visit(resource="r", reader_id="0" * 32, at=AT, nonce="n", holder=Trial.MAY)


@dataclass
class Server:
    """A vendor's server: what it was sent, and what it answers."""

    status: int = 200
    text: str = ""
    heard: list[tuple[str, str, str, Mapping[str, str]]] = field(default_factory=list)

    def __call__(self, method: str, url: str, data: str, headers: Mapping[str, str]) -> Answer:
        """Answer a call."""
        self.heard.append((method, url, data, headers))
        return Answer(self.status, self.text)


def posted(server: Server) -> str:
    """Return where VISIT leads by a signed message to `server`."""
    access = VendorAccess(way=WayName.POSTED, address=HOME, key="k" * 40)
    return PostedLink(server).open(access, VISIT).address


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (0, "ConnectTimeout", "vendor_silent"),
        (302, "", "vendor_refused"),
        (403, '{"url": "https://vendor.example.org/in"}', "vendor_refused"),
        (500, "Traceback", "vendor_refused"),
        (200, "", "vendor_refused"),
        (200, "<html>", "vendor_refused"),
        (200, "[]", "vendor_refused"),
        (200, "[" * 100_000, "vendor_refused"),
        (200, '{"url": 3}', "vendor_refused"),
        (200, '{"url": null}', "vendor_refused"),
        (200, '{"url": ""}', "vendor_elsewhere"),
        (200, '{"url": "/film/3"}', "vendor_elsewhere"),
        (200, '{"url": "https://evil.org/"}', "vendor_elsewhere"),
        (200, '{"url": "https://vendor.example.org.evil.org/"}', "vendor_elsewhere"),
        (200, '{"url": "https://vendor.example.org@evil.org/"}', "vendor_elsewhere"),
        (200, '{"url": "http://vendor.example.org/"}', "vendor_elsewhere"),
        (200, '{"url": "javascript:alert(1)"}', "vendor_elsewhere"),
        (200, '{"url": "https://vendor.example.org\\\\@evil.org/"}', "vendor_elsewhere"),
    ],
)
def test_sso_04_nothing_but_an_address_of_the_vendor_is_followed(status: int, text: str, reason: str) -> None:
    with pytest.raises(VendorSilent) as caught:
        posted(Server(status, text))
    assert caught.value.reason == reason
    assert text not in caught.value.detail or not text or status == 0


def test_the_message_is_posted_as_json_and_its_answer_followed() -> None:
    server = Server(text=json.dumps({"url": PAGE + "?entree=1"}))
    assert posted(server) == PAGE + "?entree=1"
    [(method, url, data, headers)] = server.heard
    assert (method, url) == ("POST", HOME)
    assert headers["Content-Type"].startswith("application/json")
    assert json.loads(data)["id"] == VISIT.reader_id


@pytest.mark.django_db
def test_sso_06_a_vendor_that_fails_is_told_to_the_reader_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    access = vendor(way=WayName.POSTED, address=HOME, key="k" * 40)
    monkeypatch.setitem(WAYS, WayName.POSTED, PostedLink(Server(500)))
    reader = GrantFactory(resource=access.resource).subscription.reader
    with pytest.raises(errors.VendorFailed) as caught:
        open_resource(reader.user, access.resource)
    assert access.resource.name in caught.value.message
    assert not Opening.objects.exists()
    failure = SignonEvent.objects.get(kind=EventKind.VENDOR_ERROR)
    assert (failure.reason, failure.reader, failure.detail) == ("vendor_refused", reader, {"answer": "HTTP 500"})


def test_a_vendor_that_trusts_the_portals_page_gets_its_origin_and_nothing_else() -> None:
    departure = RefererLink().open(VendorAccess(way=WayName.REFERER, address=HOME), VISIT)
    assert (departure.address, departure.show_origin, dict(departure.fields)) == (HOME, True, {})


@pytest.mark.django_db
@pytest.mark.parametrize("way", [WayName.PLAIN, WayName.REFERER, WayName.HASHED])
@pytest.mark.parametrize("asked", ["https://evil.org/film/3", "http://vendor.example.org/film/3", "//evil.org", ""])
def test_sso_04_a_page_elsewhere_is_not_returned_to(way: WayName, asked: str) -> None:
    access = vendor(way=way, address=HOME, key="k" * 40)
    reader = GrantFactory(resource=access.resource).subscription.reader
    address = open_resource(reader.user, access.resource, return_to=asked).address
    assert address.startswith(HOME)
    assert "film" not in address


@pytest.mark.django_db
def test_r4_the_vendors_page_that_was_asked_for_is_returned_to() -> None:
    for way in (WayName.PLAIN, WayName.REFERER):
        access = vendor(way=way, address=HOME)
        reader = GrantFactory(resource=access.resource).subscription.reader
        assert open_resource(reader.user, access.resource, return_to=PAGE).address == PAGE
    access = vendor(way=WayName.HASHED, address=HOME, key="k" * 40)
    reader = GrantFactory(resource=access.resource).subscription.reader
    address = open_resource(reader.user, access.resource, return_to=PAGE).address
    assert dict(parse_qsl(urlsplit(address).query))["return_url"] == PAGE
