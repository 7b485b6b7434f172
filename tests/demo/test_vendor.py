"""The demo's vendor refuses what docs/signed-links.md tells it to, and welcomes a link just made by the portal."""

import datetime as dt
from collections import Counter
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from navette.core import clock
from navette.demo import software
from navette.demo.models import VendorNonce
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess, WayName
from navette.signon.opening import open_resource
from navette.signon.preview import preview
from navette.signon.trials import Trial
from navette.subscriptions.models import GrantState, ResourceGrant
from tests.at_once import at_once
from tests.factories import ResourceFactory, SubscriptionFactory, vendor

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.demo.urls")]
KEY = "k" * 40


@pytest.fixture
def resource(portal: Portal) -> DigitalResource:
    """Return a resource whose vendor is the demo's."""
    resource = ResourceFactory()
    address = f"http://testserver{reverse('demo:vendor', args=[resource.slug])}?espace=reseau"
    VendorAccess.objects.create(resource=resource, way=WayName.SIGNED, address=address, key=KEY)
    return resource


def fresh_link(resource: DigitalResource) -> str:
    """Return a link that the portal has just made for some reader who may open `resource`."""
    subscription = SubscriptionFactory(active=True)
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=GrantState.GRANTED)
    return open_resource(subscription.reader.user, resource).address


def changed(link: str, **parameters: str) -> str:
    """Return `link` with some of its parameters changed."""
    parts = urlsplit(link)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | parameters)).geturl()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "0" * 32},
        {"time": "1"},
        {"nonce": "other"},
        {"signature": "0" * 64},
        {"signature": "0"},
        {"signature": "é" * 64},
        {"resource": "autre"},
        {"time": "9" * 40},
        {"id": "\x00"},
    ],
)
def test_a_link_altered_in_any_part_is_refused(
    client: Client, resource: DigitalResource, change: dict[str, str]
) -> None:
    answer = client.get(changed(fresh_link(resource), **change))
    assert answer.status_code == 403
    assert "n’ouvre rien" in answer.text
    assert not VendorNonce.objects.exists()


@pytest.mark.parametrize("missing", ["resource", "id", "time", "nonce", "signature"])
def test_a_link_without_one_of_its_parts_or_with_it_twice_is_refused(
    client: Client, resource: DigitalResource, missing: str
) -> None:
    link = fresh_link(resource)
    pairs = parse_qsl(urlsplit(link).query)
    without = urlsplit(link)._replace(query=urlencode([pair for pair in pairs if pair[0] != missing])).geturl()
    twice = f"{link}&{urlencode([pair for pair in pairs if pair[0] == missing])}"
    assert [client.get(address).status_code for address in (without, twice)] == [403, 403]


def test_a_link_made_with_another_key_is_refused(client: Client, resource: DigitalResource) -> None:
    link = fresh_link(resource)
    VendorAccess.objects.update(key="another key")
    assert client.get(link).status_code == 403


def test_a_link_for_another_resource_of_the_same_key_is_refused(client: Client, resource: DigitalResource) -> None:
    other = ResourceFactory()
    VendorAccess.objects.create(resource=other, way=WayName.SIGNED, address="https://v.example.org", key=KEY)
    link = fresh_link(resource).replace(f"/{resource.slug}?", f"/{other.slug}?")
    assert client.get(link).status_code == 403


@pytest.mark.parametrize(("seconds", "status"), [(-70, 403), (-50, 200), (0, 200), (50, 200), (70, 403), (3600, 403)])
def test_a_link_is_good_for_a_minute(client: Client, resource: DigitalResource, seconds: int, status: int) -> None:
    made = dt.datetime(2027, 3, 1, 9, 30, tzinfo=dt.UTC)
    with time_machine.travel(made, tick=False):
        link = fresh_link(resource)
    with time_machine.travel(made + dt.timedelta(seconds=seconds), tick=False):
        assert client.get(link).status_code == status


def test_sso_02_a_link_opens_once(client: Client, resource: DigitalResource) -> None:
    link = fresh_link(resource)
    first, second = client.get(link), client.get(link)
    assert (first.status_code, second.status_code) == (200, 403)
    assert "déjà servi" in second.text


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_many_at_the_same_moment_one_opens(resource: DigitalResource) -> None:
    link = fresh_link(resource)
    assert Counter(at_once(lambda _number: Client().get(link).status_code, 6)) == {200: 1, 403: 5}


def test_what_was_seen_is_forgotten_once_it_could_only_be_late(client: Client, resource: DigitalResource) -> None:
    VendorNonce.objects.create(resource="autre", nonce="old", seen_at=clock.now() - dt.timedelta(minutes=4))
    VendorNonce.objects.create(resource="autre", nonce="new")
    client.get(fresh_link(resource))
    assert VendorNonce.objects.filter(resource="autre").get().nonce == "new"


def test_the_welcome_shows_what_arrived_and_no_name(client: Client, resource: DigitalResource) -> None:
    link = fresh_link(resource)
    answer = client.get(link)
    assert answer.status_code == 200
    query = dict(parse_qsl(urlsplit(link).query))
    assert query.pop("espace") == "reseau"
    assert all(value in answer.text for value in query.values())
    assert "Grohl" not in answer.text
    assert "Ce que ce site a vérifié" in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_a_reader_finds_the_same_account_again(client: Client, resource: DigitalResource) -> None:
    subscription = SubscriptionFactory(active=True)
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=GrantState.GRANTED)
    user = subscription.reader.user
    seen = [client.get(open_resource(user, resource).address).context["avatar"] for _ in range(2)]
    assert seen[0] == seen[1] != client.get(fresh_link(resource)).context["avatar"]


def test_a_plain_vendor_welcomes_everyone_and_is_told_nothing(client: Client, resource: DigitalResource) -> None:
    VendorAccess.objects.update(way=WayName.PLAIN, key="")
    answer = client.get(reverse("demo:vendor", args=[resource.slug]))
    assert answer.status_code == 200
    assert "Rien : ce lien ne dit rien" in answer.text


def test_what_arrives_is_shown_as_text(client: Client, resource: DigitalResource) -> None:
    answer = client.get(reverse("demo:vendor", args=[resource.slug]), {"x": "<script>alert(1)</script>"})
    assert answer.status_code == 403
    assert "<script>" not in answer.text


def test_a_vendor_that_does_not_exist_is_not_found(client: Client, portal: Portal) -> None:
    assert client.get(reverse("demo:vendor", args=["inconnu"])).status_code == 404


def test_a_vendor_without_visitor_shows_its_front_page_and_sends_them_to_the_portal(
    client: Client, resource: DigitalResource
) -> None:
    front = client.get(f"{reverse('demo:vendor', args=[resource.slug])}?espace=reseau")
    assert front.status_code == 200
    start = reverse("demo:vendor_start", args=[resource.slug])
    assert f'href="{start}"' in front.text
    sent = client.get(start)["Location"]
    opening = reverse("site:open_resource", args=[resource.slug])
    assert urlsplit(sent).path == opening
    assert dict(parse_qsl(urlsplit(sent).query)) == {"vers": VendorAccess.objects.get().address}


def test_a_vendor_of_cas_asks_the_portals_door_for_its_registered_address(client: Client, portal: Portal) -> None:
    access = vendor(way=WayName.CAS, addresses={"https://v.example.org/x": "service"})
    sent = client.get(reverse("demo:vendor_start", args=[access.resource.slug]))["Location"]
    assert urlsplit(sent).path == reverse("cas:login")
    assert dict(parse_qsl(urlsplit(sent).query)) == {"service": "https://v.example.org/x"}


def test_a_message_from_nobody_is_refused_and_one_from_the_portal_answered(client: Client, portal: Portal) -> None:
    access = vendor(way=WayName.POSTED, key=KEY, address="https://v.example.org/in")
    address = reverse("demo:vendor", args=[access.resource.slug])
    assert client.post(address, "{}", content_type="application/json").status_code == 403
    message = preview(access, Trial.MAY).posted
    answer = client.post(address, dict(message), content_type="application/json")
    assert answer.status_code == 200
    followed = client.get(f"{address}?{urlsplit(answer.json()['url']).query}")
    assert followed.status_code == 200
    assert "Bienvenue" in followed.text


def test_a_vendor_that_trusts_the_portals_page_looks_where_one_comes_from(client: Client, portal: Portal) -> None:
    access = vendor(way=WayName.REFERER)
    address = reverse("demo:vendor", args=[access.resource.slug])
    assert client.get(address).status_code == 403
    assert client.get(address, headers={"referer": "https://evil.org/"}).status_code == 403
    assert client.get(address, headers={"referer": f"{settings.SITE_URL}/"}).status_code == 200


def test_every_way_has_a_vendor_in_the_demo() -> None:
    assert set(software.SOFTWARE) == set(WayName.values)
