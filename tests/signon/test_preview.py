"""What a vendor would be sent, seen without sending it."""

import pytest

from navette.core import clock
from navette.signon import errors
from navette.signon.identifiers import pairwise_id
from navette.signon.models import SignonEvent, Ticket, WayName
from navette.signon.preview import preview
from navette.signon.trials import Trial, subscription_of
from tests.factories import vendor

pytestmark = pytest.mark.django_db
HOME = "https://vendor.example.org/in?portail=33"
TELLS = {"last_name": "nom", "mail": "email"}


@pytest.mark.parametrize("trial", [Trial.EXPIRED, Trial.NOT_ASKED])
def test_sso_05_who_would_be_stopped_is_stopped_here(trial: Trial) -> None:
    with pytest.raises(errors.Stopped):
        preview(vendor(address=HOME), trial)


@pytest.mark.parametrize("way", [WayName.PLAIN, WayName.REFERER])
def test_a_link_that_tells_nothing_shows_nothing(way: WayName) -> None:
    seen = preview(vendor(way=way, address=HOME, tells=TELLS), Trial.MAY)
    assert (seen.address, seen.identifier, seen.attributes, seen.parameters) == (HOME, "", (), {})
    assert seen.shows_origin is (way == WayName.REFERER)


@pytest.mark.parametrize("way", [WayName.SIGNED, WayName.HASHED, WayName.FIELDS, WayName.CALLBACK])
def test_a_link_is_shown_as_it_would_be_and_leaves_no_trace(way: WayName) -> None:
    access = vendor(way=way, address=HOME, key="k" * 40, tells=TELLS)
    seen = preview(access, Trial.MAY)
    assert seen.address.startswith(f"{HOME}&")
    assert seen.identifier in seen.parameters.values()
    assert ("k" * 40) not in str(seen)
    assert not Ticket.objects.exists()
    assert not SignonEvent.objects.exists()


def test_sso_03_a_signed_link_tells_nothing_but_the_identifier() -> None:
    access = vendor(way=WayName.SIGNED, address=HOME, key="k" * 40, tells=TELLS)
    assert preview(access, Trial.MAY).attributes == ()


def test_a_signed_message_is_shown_and_not_sent() -> None:
    access = vendor(way=WayName.POSTED, address="https://127.0.0.1:1/in", key="k" * 40, tells=TELLS)
    seen = preview(access, Trial.MAY)
    assert seen.posted["nom"] == "Essai"
    assert seen.posted["email"] == "camille.essai@example.org"
    assert seen.parameters == {}


@pytest.mark.parametrize("way", [WayName.CAS, WayName.SAML, WayName.OIDC])
def test_what_vendors_ask_for_themselves_is_shown_by_name_and_value(way: WayName) -> None:
    access = vendor(way=way, address=HOME, tells=TELLS)
    seen = preview(access, Trial.MAY)
    assert [(row.name, row.value) for row in seen.attributes] == [
        ("nom", "Essai"),
        ("email", "camille.essai@example.org"),
    ]
    assert seen.address == HOME


def test_sso_03_the_trials_identifier_differs_from_vendor_to_vendor() -> None:
    first, second = vendor(way=WayName.CAS), vendor(way=WayName.CAS)
    assert preview(first, Trial.MAY).identifier != preview(second, Trial.MAY).identifier
    reader = subscription_of(Trial.MAY, first.resource, clock.today()).reader
    assert preview(first, Trial.MAY).identifier == pairwise_id(reader, first.resource)
