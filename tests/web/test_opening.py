"""R4: a click on a resource leads to the vendor, or to a page that says why not and what to do."""

import datetime as dt
import html
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from navette.core import clock
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.models import VendorAccess, VendorAddress, WayName
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from tests.factories import MembershipFactory, ReaderFactory, ResourceFactory, SubscriptionFactory, UserFactory

pytestmark = pytest.mark.usefixtures("portal")
ADDRESS = "https://vendor.example.org/in?portail=33"


@pytest.fixture
def resource() -> DigitalResource:
    """Return an open resource with a signed link."""
    resource = ResourceFactory()
    VendorAccess.objects.create(resource=resource, way=WayName.SIGNED, address=ADDRESS, key="k" * 40)
    return resource


def opening(resource: DigitalResource) -> str:
    """Return the address that opens `resource`."""
    return reverse("site:open_resource", args=[resource.slug])


def granted(resource: DigitalResource, **kwargs: object) -> Subscription:
    """Return a subscription (valid unless `kwargs` say otherwise) that holds `resource`."""
    subscription = SubscriptionFactory(**(kwargs or {"active": True}))
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=GrantState.GRANTED)
    return subscription


def test_a_stranger_logs_in_first_and_comes_back(client: Client, resource: DigitalResource) -> None:
    answer = client.get(opening(resource))
    assert answer.status_code == 302
    target = urlsplit(answer["Location"])
    assert target.path == reverse("site:login")
    assert parse_qs(target.query) == {"suite": [f"{opening(resource)}?retour=1"]}


def test_a_resource_that_does_not_exist_is_not_found(client: Client) -> None:
    client.force_login(ReaderFactory().user)
    assert client.get(reverse("site:open_resource", args=["inconnue"])).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "head"])
def test_nothing_but_get_opens(client: Client, resource: DigitalResource, method: str) -> None:
    client.force_login(granted(resource).reader.user)
    assert getattr(client, method)(opening(resource)).status_code == 405


def test_a_librarian_is_told_that_theirs_is_no_readers_account(client: Client, resource: DigitalResource) -> None:
    client.force_login(MembershipFactory().user)
    answer = client.get(opening(resource))
    assert answer.status_code == 403
    assert errors.NotAReader().message in answer.text


def test_sub_04_a_waiting_reader_reads_why_and_what_to_do(client: Client, resource: DigitalResource) -> None:
    subscription = SubscriptionFactory()
    client.force_login(subscription.reader.user)
    answer = client.get(opening(resource))
    assert answer.status_code == 403
    assert subscription.library.name in answer.text
    assert f'href="{reverse("site:account")}"' in answer.text


def test_sub_03_an_expired_reader_reads_why_whether_or_not_the_night_has_passed(
    client: Client, resource: DigitalResource
) -> None:
    over = granted(resource, active=True, starts_on=clock.today() - dt.timedelta(days=370))
    client.force_login(over.reader.user)
    answer = client.get(opening(resource))
    assert answer.status_code == 403
    assert "Demander le renouvellement" in answer.text


def test_sub_13_an_unconfirmed_address_opens_nothing(client: Client, resource: DigitalResource) -> None:
    reader = ReaderFactory(user=UserFactory(email_confirmed_at=None))
    client.force_login(granted(resource, active=True, reader=reader).reader.user)
    answer = client.get(opening(resource))
    assert answer.status_code == 403
    assert errors.AddressNotConfirmed().message in answer.text


def test_sub_04_a_resource_closed_or_without_vendor_is_told(client: Client, resource: DigitalResource) -> None:
    client.force_login(granted(resource).reader.user)
    VendorAccess.objects.all().delete()
    unconnected = client.get(opening(resource))
    DigitalResource.objects.update(is_open=False)
    closed = client.get(opening(resource))
    assert (unconnected.status_code, closed.status_code) == (403, 403)
    assert f'href="{reverse("site:resources")}"' in closed.text


def test_a_resource_not_asked_for_leads_to_the_page_that_adds_it(client: Client, resource: DigitalResource) -> None:
    subscription = granted(ResourceFactory())
    client.force_login(subscription.reader.user)
    answer = client.get(opening(resource))
    assert answer.status_code == 403
    assert f'href="{reverse("site:account_edit")}"' in answer.text


@pytest.mark.parametrize("opens", [True, False])
def test_no_answer_is_ever_kept_by_a_cache(client: Client, resource: DigitalResource, opens: bool) -> None:
    client.force_login((granted(resource) if opens else SubscriptionFactory()).reader.user)
    assert "no-store" in client.get(opening(resource))["Cache-Control"]


def test_an_active_reader_leaves_signed_on_with_a_link_of_their_own(client: Client, resource: DigitalResource) -> None:
    client.force_login(granted(resource).reader.user)
    first, second = client.get(opening(resource)), client.get(opening(resource))
    assert first.status_code == 302
    assert first["Location"].startswith(ADDRESS + "&resource=")
    queries = [parse_qs(urlsplit(answer["Location"]).query) for answer in (first, second)]
    assert queries[0]["id"] == queries[1]["id"]
    assert queries[0]["nonce"] != queries[1]["nonce"]


def test_who_comes_back_from_the_login_form_leaves_by_a_page(client: Client, resource: DigitalResource) -> None:
    """A redirect that follows our form is stopped by the browser when it leads elsewhere (form-action)."""
    client.force_login(granted(resource).reader.user)
    answer = client.get(opening(resource), {"retour": "1"})
    assert answer.status_code == 200
    assert f'href="{ADDRESS}&amp;resource=' in answer.text
    assert "data-departure" in answer.text


def test_a_plain_link_leads_to_the_vendor_with_nothing_added(client: Client, resource: DigitalResource) -> None:
    VendorAccess.objects.update(way=WayName.PLAIN, key="")
    client.force_login(granted(resource).reader.user)
    assert client.get(opening(resource))["Location"] == ADDRESS


@pytest.mark.parametrize(
    "page", ["https://evil.org/", "//evil.org", "http://vendor.example.org/film", "a\r\nX: y", "\0"]
)
def test_sso_04_a_page_elsewhere_that_is_asked_for_is_left_out(
    client: Client, resource: DigitalResource, page: str
) -> None:
    VendorAccess.objects.update(way=WayName.PLAIN, key="")
    client.force_login(granted(resource).reader.user)
    assert client.get(opening(resource), {"vers": page})["Location"] == ADDRESS


def test_r4_the_vendors_page_that_was_asked_for_is_where_one_lands_after_login(
    client: Client, resource: DigitalResource
) -> None:
    VendorAccess.objects.update(way=WayName.PLAIN, key="")
    film = "https://vendor.example.org/film/3?a=b&c=d"
    asked = client.get(opening(resource), {"vers": film})
    back = parse_qs(urlsplit(asked["Location"]).query)["suite"][0]
    client.force_login(granted(resource).reader.user)
    answer = client.get(back)
    assert film in html.unescape(answer.text)


def headers_of(client: Client, resource: DigitalResource, way: WayName) -> tuple[str, str]:
    """Return the Referrer-Policy and the form-action by which a reader leaves for `resource` by `way`."""
    VendorAccess.objects.update(way=way, key="")
    VendorAddress.objects.get_or_create(access=VendorAccess.objects.get(), use="acs", url="https://acs.example.org/in")
    answer = client.get(opening(resource))
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    return answer["Referrer-Policy"], policy["form-action"]


def test_sso_04_a_form_goes_to_the_vendor_and_one_page_alone_shows_the_origin_over_plain_http(
    client: Client, resource: DigitalResource
) -> None:
    client.force_login(granted(resource).reader.user)
    usual = "strict-origin-when-cross-origin"
    assert headers_of(client, resource, WayName.PLAIN) == (usual, "'self'")
    assert headers_of(client, resource, WayName.REFERER)[0] == "origin"
    policy, forms = headers_of(client, resource, WayName.SAML)
    assert policy == usual
    assert set(forms.split()) == {"'self'", "https://acs.example.org", "https://vendor.example.org"}
    assert client.get(reverse("site:resources"))["Referrer-Policy"] == usual
