"""« Pourquoi ? »: a reader found, what happened in sentences, and what would be decided now."""

import datetime as dt
import html

import pytest
from django.test import Client

from navette.core import clock
from navette.signon import errors, events
from navette.signon.models import EventKind, SignonEvent
from navette.signon.opening import open_resource
from navette.subscriptions.models import Subscription
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")
PAGE = "/console/ressources/pourquoi"


def reads(client: Client, **query: str | int) -> str:
    """Return the page as text."""
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def refused_subscription() -> Subscription:
    """Return a subscription that has expired, whose reader has tried a resource and was stopped."""
    access = factories.VendorAccessFactory()
    subscription = factories.SubscriptionFactory(expired=True, reader__last_name="Quatrevaux")
    with pytest.raises(errors.Expired):
        open_resource(subscription.reader.user, access.resource)
    return subscription


def test_a_reader_is_found_by_name_or_mail_and_stands_in_the_address_as_a_number() -> None:
    subscription, client = refused_subscription(), client_of(factories.staff("digital"))
    for text in ("quatrevaux", subscription.reader.user.email):
        page = reads(client, q=text)
        assert f"abonne={subscription.pk}" in page
        assert "De qui s’agit-il ?" in page
    assert "Personne ne porte ce nom" in reads(client, q="inconnue")
    assert client.get(PAGE, {"abonne": 999_999}).status_code == 404


def test_why_an_expired_reader_was_stopped_and_what_to_do() -> None:
    subscription, client = refused_subscription(), client_of(factories.staff())
    event = SignonEvent.objects.get()
    query: dict[str, str | int] = {"abonne": subscription.pk, "ressource": event.resource_id or 0}
    page = reads(client, **query, jour=clock.today().isoformat())
    assert "Le portail a arrêté le lecteur : l’abonnement était terminé." in page
    assert "demande son renouvellement" in page
    assert "le portail arrête ce lecteur, et lui dit :" in page
    yesterday = clock.today() - dt.timedelta(days=1)
    assert "Rien n’est arrivé" in reads(client, **query, jour=yesterday.isoformat())
    assert "Rien n’est arrivé" in reads(client, **query, etape="sent")


def test_what_holds_now_is_told_apart_from_what_happened() -> None:
    access, client = factories.VendorAccessFactory(), client_of(factories.staff())
    subscription = factories.SubscriptionFactory(active=True)
    factories.GrantFactory(subscription=subscription, resource=access.resource, state="granted")
    page = reads(client, abonne=subscription.pk, ressource=access.resource_id)
    assert "le portail laisse passer ce lecteur" in page
    assert "Rien n’est arrivé" in page
    assert "En ce moment" not in reads(client, abonne=subscription.pk)
    assert not SignonEvent.objects.exists()


def test_the_steps_of_a_resource_name_whom_one_may_see_and_mark_trials() -> None:
    subscription, client = refused_subscription(), client_of(factories.staff())
    access = factories.VendorAccessFactory()
    events.of_access(EventKind.FAILED, access, None, "wrong_service", trial=True, service="https://<b>x")
    page = reads(client)
    assert str(subscription.reader) in page
    assert "essai" in page
    assert "une autre adresse que celle où il a été envoyé" in page
    assert "<b>x" not in client.get(PAGE).content.decode()
    only = reads(client, ressource=access.resource_id)
    assert str(subscription.reader) not in only


@pytest.mark.parametrize(
    "query",
    [
        {"jour": "hier"},
        {"jour": "0001-01-01"},
        {"jour": "9999-12-31"},
        {"ressource": "x"},
        {"ressource": 999_999},
        {"etape": "odd"},
        {"abonne": "x"},
        {"page": "x"},
    ],
)
def test_an_odd_question_has_an_honest_answer(query: dict[str, str | int]) -> None:
    refused_subscription()
    page = reads(client_of(factories.staff()), **query)
    assert ("Rien n’est arrivé" in page) == ("page" not in query)
