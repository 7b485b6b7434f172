"""SSO-03: a resource's page says what its vendor is told of a reader."""

import pytest
from django.test import Client
from django.urls import reverse

from navette.portal.models import Portal
from navette.signon.identifiers import pairwise_id
from navette.signon.models import VendorAccess, WayName
from tests.factories import MembershipFactory, ResourceFactory, SubscriptionFactory, vendor
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db
TELLS = {"last_name": "nom", "mail": "email"}


@pytest.fixture(autouse=True)
def _portal(portal: Portal) -> None:
    """Pages are drawn with the portal's settings."""


def page(access: VendorAccess, client: Client) -> str:
    """Return what the resource's page says of its vendor, as `client` sees it."""
    shown = client.get(reverse("site:resource", args=[access.resource.slug])).text
    return shown.partition('<section class="telling"')[2].partition("</section>")[0]


def test_sso_03_a_stranger_reads_what_is_told_and_of_nobody(client: Client) -> None:
    shown = page(vendor(way=WayName.CAS, tells=TELLS), client)
    assert "Ce qui est transmis à" in shown
    assert "Un identifiant opaque" in shown
    assert "Adresse mail" in shown
    assert "selon votre compte" in shown


def test_sso_03_a_professional_reads_no_value() -> None:
    shown = page(vendor(way=WayName.CAS, tells=TELLS), client_of(MembershipFactory().user))
    assert "selon votre compte" in shown


def test_sso_03_a_reader_reads_the_very_values() -> None:
    reader = SubscriptionFactory(active=True, reader__last_name="<Grohl>").reader
    access = vendor(way=WayName.CAS, tells=TELLS)
    shown = page(access, client_of(reader.user))
    assert pairwise_id(reader, access.resource) in shown
    assert reader.user.email in shown
    assert "&lt;Grohl&gt;" in shown
    assert "selon votre compte" not in shown


@pytest.mark.parametrize("way", [WayName.CAS, WayName.SIGNED])
def test_sso_03_nothing_but_the_identifier_by_default(way: WayName) -> None:
    reader = SubscriptionFactory(active=True).reader
    access = vendor(way=way, key="k" * 40)
    shown = page(access, client_of(reader.user))
    assert pairwise_id(reader, access.resource) in shown
    assert "ni votre nom, ni votre adresse mail" in shown
    assert str(reader.user.email) not in shown


@pytest.mark.parametrize("way", [WayName.PLAIN, WayName.REFERER])
def test_sso_03_a_vendor_that_knows_nobody_is_told_nothing_whatever_is_set(way: WayName) -> None:
    reader = SubscriptionFactory(active=True).reader
    access = vendor(way=way, tells=TELLS)
    shown = page(access, client_of(reader.user))
    assert "ce site ne sait pas qui vous êtes." in shown
    assert pairwise_id(reader, access.resource) not in shown
    assert str(reader.user.email) not in shown


def test_of_a_resource_that_is_not_connected_nothing_is_said(client: Client) -> None:
    answer = client.get(reverse("site:resource", args=[ResourceFactory().slug]))
    assert answer.status_code == 200
    assert "Ce qui est transmis" not in answer.text
