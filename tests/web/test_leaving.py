"""How one leaves for a vendor: a redirect, a form that goes to that vendor alone, or a page that shows the origin."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from navette.portal.models import Portal, SiteTerms
from navette.readers.models import Reader
from navette.signon import errors
from navette.signon.ways import Departure
from navette.web import leaving
from tests.factories import MembershipFactory, ReaderFactory, ResourceFactory, SubscriptionFactory, vendor

pytestmark = pytest.mark.django_db
VENDOR = "https://vendor.example.org/acs?a=1&b=2"


@pytest.fixture(autouse=True)
def _portal(portal: Portal) -> None:
    """Pages are drawn with the portal's settings."""


def ask(user: Any, path: str = "/cas/login?service=x", method: str = "get") -> Any:
    """Return a request of `user` for `path`."""
    request = getattr(RequestFactory(), method)(path)
    request.user = user
    return request


class Form(HTMLParser):
    """What the page's way out holds: its address, its fields, its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action, self.fields, self.buttons = "", dict[str, str | None](), 0
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the form marked as the way out."""
        held = dict(attrs)
        if "data-departure" in held:
            self._inside, self.action = tag == "form", held.get("action") or held.get("href") or ""
        if self._inside and tag == "input":
            self.fields[str(held["name"])] = held["value"]
        self.buttons += self._inside and tag == "button"

    def handle_endtag(self, tag: str) -> None:
        """Note the form's end."""
        self._inside = self._inside and tag != "form"


def left(departure: Departure) -> HttpResponse:
    """Return the answer that sends a reader's browser away by `departure`."""
    return leaving.leave(ask(AnonymousUser()), departure, ResourceFactory.build(name="Ciné <i>"))


def test_a_departure_of_an_address_alone_is_a_redirect_that_no_cache_keeps() -> None:
    answer = left(Departure(VENDOR))
    assert (answer.status_code, answer["Location"]) == (302, VENDOR)
    assert "no-store" in answer["Cache-Control"]
    assert not answer.has_header("Referrer-Policy")


def test_sso_04_a_posted_departure_is_a_form_to_that_vendor_and_nobody_else() -> None:
    fields = {"SAMLResponse": 'a"><script>alert(1)</script>', "RelayState": ""}
    answer = left(Departure(VENDOR, fields))
    page = answer.text
    form = Form(page)
    assert (form.action, form.fields, form.buttons) == (VENDOR, fields, 1)
    assert "<script>alert" not in page
    assert "Ciné &lt;i&gt;" in page
    assert answer._csp_update == {"form-action": ["https://vendor.example.org"]}  # type: ignore[attr-defined]
    assert "csrf" not in page
    assert "no-store" in answer["Cache-Control"]


def test_sso_04_the_form_may_be_led_on_to_the_vendors_other_registered_origins() -> None:
    access = vendor(address="https://www.vendor.example.org/", addresses={"https://acs.example.org/a": "acs"})
    answer = leaving.leave(ask(AnonymousUser()), Departure(VENDOR, {"a": "b"}), access.resource)
    origins = ["https://acs.example.org", "https://vendor.example.org", "https://www.vendor.example.org"]
    assert answer._csp_update == {"form-action": origins}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://vendor.example.org:8443/in#x", "https://vendor.example.org:8443"),
        ("http://me:secret@vendor.example.org/", "http://vendor.example.org"),
    ],
)
def test_the_policy_names_scheme_host_and_port_alone(address: str, origin: str) -> None:
    assert leaving.origin_of(address) == origin


def test_the_page_that_shows_the_portals_origin_is_a_page_of_ours_and_says_so() -> None:
    answer = left(Departure(VENDOR, show_origin=True))
    assert answer.status_code == 200
    assert answer["Referrer-Policy"] == "origin"
    assert Form(answer.text).action == VENDOR


def test_a_stranger_logs_in_first_and_comes_back_to_the_door() -> None:
    answer = leaving.reader_at_door(ask(AnonymousUser()))
    assert isinstance(answer, HttpResponse)
    assert answer["Location"] == f"{reverse('site:login')}?suite=/cas/login%3Fservice%3Dx%26retour%3D1"


def test_what_was_posted_can_not_be_come_back_to() -> None:
    answer = leaving.reader_at_door(ask(AnonymousUser(), method="post"))
    assert isinstance(answer, HttpResponse)
    assert answer["Location"] == f"{reverse('site:login')}?suite={reverse('site:account')}%3Fretour%3D1"


def test_a_professional_is_no_reader() -> None:
    with pytest.raises(errors.NotAReader):
        leaving.reader_at_door(ask(MembershipFactory().user))


def test_sub_10_terms_come_first_and_lead_back_to_the_door() -> None:
    reader = SubscriptionFactory(active=True).reader
    SiteTerms.objects.create(version=99, text="Autres.")
    answer = leaving.reader_at_door(ask(reader.user))
    assert isinstance(answer, HttpResponse)
    assert answer["Location"] == f"{reverse('site:terms')}?suite=%2Fcas%2Flogin%3Fservice%3Dx%26retour%3D1"


def test_a_reader_is_let_to_the_door_and_one_without_subscription_too_who_reads_why_there() -> None:
    for reader in (SubscriptionFactory(active=True).reader, ReaderFactory()):
        found = leaving.reader_at_door(ask(reader.user))
        assert isinstance(found, Reader)
        assert found == reader


def test_every_reason_has_a_next_step() -> None:
    assert set(leaving.NEXT) == set(errors.Stopped.__subclasses__())
