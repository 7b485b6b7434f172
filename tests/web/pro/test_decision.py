"""« Validation abonné » (L4, L5): refusals first, then what is sent."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.subscriptions.actions import refuse
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.web.browsing import client_of, queries_of


@pytest.fixture
def request_(library: Library) -> Subscription:
    """A request that waits at the library."""
    return factories.SubscriptionFactory(library=library, reader__last_name="Grohl")


def address(subscription: Subscription) -> str:
    return f"/pro/abonnes/{subscription.pk}/decision"


def acceptance(subscription: Subscription, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends to accept."""
    values = {
        "decision": "accept",
        "accepter-version": subscription.version,
        "accepter-starts_on": clock.today().isoformat(),
        "accepter-message": "Bonjour.\r\n\r\nVotre carte vous attend.",
    }
    return values | changed


def refusal(subscription: Subscription, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends to refuse."""
    values = {
        "decision": "refuse",
        "refuser-version": subscription.version,
        "refuser-reason": "not_member",
        "refuser-message": "",
    }
    return values | changed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"accepter-starts_on": ""}, "starts_on"),
        ({"accepter-starts_on": "0000-13-45"}, "starts_on"),
        ({"accepter-starts_on": "2001-01-01"}, "starts_on"),
        ({"accepter-starts_on": "9999-12-31"}, "starts_on"),
        ({"accepter-message": "  "}, "message"),
        ({"accepter-message": "x" * 5_001}, "message"),
        ({"accepter-message": "a\x00b"}, "message"),
        ({"accepter-version": "99999999999999999999"}, "version"),
        ({"accepter-version": "abc"}, "version"),
    ],
)
def test_what_cannot_be_accepted_is_told_and_changes_nothing(
    client: Client, request_: Subscription, changed: dict[str, str], field: str
) -> None:
    answer = client.post(address(request_), acceptance(request_, **changed))
    assert answer.status_code == 400
    assert field in answer.context["accepting"].errors
    assert Subscription.objects.get(pk=request_.pk).version == request_.version
    assert OutgoingMail.objects.count() == 0


@pytest.mark.parametrize("reason", ["", "left", "nope"])
def test_a_refusal_needs_one_of_its_reasons(client: Client, request_: Subscription, reason: str) -> None:
    answer = client.post(address(request_), refusal(request_, **{"refuser-reason": reason}))
    assert answer.status_code == 400
    assert "reason" in answer.context["refusing"].errors
    assert Subscription.objects.get(pk=request_.pk).status == Status.PENDING


def test_sub_02_a_decision_made_meanwhile_is_told_with_who_what_and_when(
    client: Client, request_: Subscription, account: User
) -> None:
    colleague = factories.MembershipFactory(
        library=request_.library, user=factories.UserFactory(kind="librarian", name="Ada Colin")
    ).user
    seen = acceptance(request_)
    refuse(request_, acting_user=colleague, reason="not_member")
    answer = client.post(address(request_), seen)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ada Colin" in page
    assert "Demande refusée" in page
    assert f"{clock.today():%d/%m/%Y}" in page
    assert Subscription.objects.get(pk=request_.pk).status == Status.REFUSED
    assert OutgoingMail.objects.filter(kind="accepted").count() == 0


def test_sub_02_a_second_click_sends_no_second_mail(client: Client, request_: Subscription) -> None:
    seen = acceptance(request_)
    assert client.post(address(request_), seen).status_code == 302
    assert client.post(address(request_), seen).status_code == 409
    assert OutgoingMail.objects.filter(kind="accepted").count() == 1


@pytest.mark.parametrize("trait", ["active", "expired"])
def test_nothing_to_decide_is_told(client: Client, library: Library, trait: str) -> None:
    sub = factories.SubscriptionFactory(library=library, **{trait: True})
    page = client.get(address(sub)).content.decode()
    assert "rien à décider" in page
    assert "Accepter l'abonné" not in page
    assert client.post(address(sub), acceptance(sub)).status_code == 409


def test_the_page_has_every_label_of_the_guide(client: Client, request_: Subscription) -> None:
    factories.GrantFactory(subscription=request_, state=GrantState.REQUESTED, resource__name="Les Yeux Doc")
    page = client.get(address(request_)).content.decode()
    text = page.replace("&#x27;", "'")
    for label in (
        "Validation abonné",
        "Validation de l'utilisateur",
        "Dave Grohl",
        "<dt>Email</dt>",
        "Date de naissance",
        "13/03/1990",
        "Date de demande d'abonnement",
        "Abonné aux services",
        "Les Yeux Doc",
        "Acceptez-vous l'abonnement de l'utilisateur ?",
        "Accepter",
        "Refuser",
        "Date de l'abonnement",
        "Message à envoyer",
        "Accepter l'abonné",
        "Raison du refus",
        "- Sélectionner -",
        "Non abonné à la bibliothèque",
        "Abonnement expiré",
        "Refuser l'abonné",
    ):
        assert label in text, label


def test_sub_13_the_page_tells_whether_the_address_is_confirmed(client: Client, library: Library) -> None:
    confirmed = factories.SubscriptionFactory(library=library)
    not_yet = factories.SubscriptionFactory(library=library, reader__user__email_confirmed_at=None)
    assert "adresse confirmée" in client.get(address(confirmed)).content.decode()
    assert "pas encore confirmée" in client.get(address(not_yet)).content.decode()


def test_sub_03_the_date_proposed_is_the_requests(client: Client, library: Library) -> None:
    asked = clock.now() - dt.timedelta(days=40)
    sub = factories.SubscriptionFactory(library=library, requested_at=asked)
    form = client.get(address(sub)).context["accepting"]
    assert form.initial["starts_on"] == asked.date()


def test_l4_what_the_librarian_wrote_is_exactly_what_is_sent(client: Client, request_: Subscription) -> None:
    start = clock.today() - dt.timedelta(days=30)
    values = acceptance(request_, **{"accepter-starts_on": start.isoformat()})
    answer = client.post(address(request_) + "?retour=statut%3Dpending", values | {"retour": "statut=pending&page=2"})
    assert answer["Location"] == "/pro/abonnes?statut=pending&page=2"
    mail = OutgoingMail.objects.get(kind="accepted")
    assert mail.body == "Bonjour.\n\nVotre carte vous attend."
    fresh = Subscription.objects.get(pk=request_.pk)
    assert (fresh.status, fresh.starts_on) == (Status.ACTIVE, start)
    page = client.get("/pro/abonnes").content.decode()
    assert "Dave Grohl : Validé." in page


def test_l5_without_a_text_of_ones_own_the_reasons_text_is_sent(client: Client, request_: Subscription) -> None:
    client.post(address(request_), refusal(request_, **{"refuser-reason": "membership_over"}))
    assert "arrivé à son terme" in OutgoingMail.objects.get().body
    assert OutgoingMail.objects.get().kind == "refused_membership_over"


def test_l5_a_refused_reader_can_be_accepted_later(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, refused=True)
    page = client.get(address(sub)).content.decode()
    assert "Accepter l&#x27;abonné" in page or "Accepter l'abonné" in page
    assert "Raison du refus" not in page
    client.post(address(sub), acceptance(sub))
    assert Subscription.objects.get(pk=sub.pk).status == Status.ACTIVE


def test_sub_01_a_renewal_asked_for_is_decided_like_a_first_request(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, renewal_asked=True)
    page = client.get(address(sub)).content.decode()
    assert "renouvellement d’un abonnement" in page
    assert "met fin tout de suite" in page
    client.post(address(sub), acceptance(sub))
    fresh = Subscription.objects.get(pk=sub.pk)
    assert (fresh.status, fresh.deadline, fresh.starts_on) == (Status.ACTIVE, None, clock.today())


@pytest.mark.parametrize("back", ["https://evil.example.org", "//evil.example.org", "statut=<b>&evil=1", "\x00" * 9])
def test_the_way_back_never_leaves_the_list(client: Client, request_: Subscription, back: str) -> None:
    answer = client.post(address(request_), acceptance(request_) | {"retour": back})
    assert answer["Location"].split("?")[0] == "/pro/abonnes"
    assert "evil" not in answer["Location"]


def test_the_page_makes_as_many_queries_for_many_resources(account: User, request_: Subscription) -> None:
    client = client_of(account)
    counts = []
    for size in (1, 12):
        for _ in range(size):
            factories.GrantFactory(subscription=request_, state=GrantState.REQUESTED)
        counts.append(queries_of(client.get, address(request_)))
    assert counts[0] == counts[1]


def test_sub_11_a_full_resource_is_told_before_the_decision(
    client: Client, library: Library, request_: Subscription
) -> None:
    resource = factories.ResourceFactory(name="Presse locale", seats=1)
    factories.GrantFactory(subscription=request_, resource=resource)
    told = "La personne y sera en liste d’attente"
    assert told not in client.get(address(request_)).content.decode()
    holder = factories.SubscriptionFactory(library=library, active=True)
    factories.GrantFactory(subscription=holder, resource=resource, state=GrantState.GRANTED)
    page = client.get(address(request_)).content.decode()
    assert told in page
    assert "Presse locale" in page.split(told)[0]
