"""R9: one's own data and the closing of one's account, from the browser's side."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from navette.accounts.models import User
from navette.core import clock
from navette.mail.models import OutgoingMail
from navette.readers.models import ParentalAgreement
from navette.subscriptions import actions
from navette.subscriptions.models import Subscription
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db
PAGE, FILE, CLOSE = "/mon-compte/donnees", "/mon-compte/donnees.json", "/mon-compte/fermer"


@pytest.fixture
def subscription() -> Subscription:
    """Return the subscription of somebody about whom much is kept, their address shared by another account."""
    factories.portal()
    waiting = factories.SubscriptionFactory(reader__first_name="Inès", reader__last_name="Caradec")
    factories.GrantFactory(subscription=waiting, state="requested")
    ParentalAgreement.objects.create(reader=waiting.reader, parent_name="Yann Caradec", parent_email="yann@example.org")
    account = factories.library_account(waiting.library)
    return actions.accept(waiting, acting_user=account, message="Bienvenue <b>Inès</b> !")


def data_of(client: Client) -> dict[str, Any]:
    """Return what the downloaded file holds."""
    found: dict[str, Any] = json.loads(client.get(FILE).content)
    return found


# ---- one's own data
def test_the_page_and_the_file_hold_ones_own_data_and_are_kept_by_no_cache(subscription: Subscription) -> None:
    client = client_of(subscription.reader.user)
    page, file = client.get(PAGE), client.get(FILE)
    for answer in (page, file):
        assert "no-store" in answer["Cache-Control"]
        for words in ("Caradec", subscription.reader.user.email, "yann@example.org", subscription.library.name):
            assert words in answer.content.decode()
    assert "Bienvenue &lt;b&gt;Inès&lt;/b&gt; !" in page.content.decode()
    assert file["Content-Disposition"] == f'attachment; filename="mes-donnees-{clock.today()}.json"'


def test_the_file_has_the_keys_that_are_documented(subscription: Subscription) -> None:
    data = data_of(client_of(subscription.reader.user))
    assert data["identity"] == [
        {
            "last_name": "Caradec",
            "first_name": "Inès",
            "birth_date": "1990-03-13",
            "email": subscription.reader.user.email,
        }
    ]
    assert data["subscription"][0]["starts_on"] == clock.today().isoformat()
    assert data["history"][0]["message"] == "Bienvenue <b>Inès</b> !"
    assert data["resources"][0]["state"] == "Validé"
    assert [mail["text"] for mail in data["mails"]] == ["Bienvenue <b>Inès</b> !"]
    assert data["openings"] == []


def test_nothing_of_another_of_the_same_address_and_no_secret_is_in_it(subscription: Subscription) -> None:
    user, other = subscription.reader.user, factories.SubscriptionFactory(reader__last_name="Voisine")
    User.objects.filter(pk=other.reader.user_id).update(email=user.email)
    factories.MailFactory(to_email=user.email, about_account=other.reader.user_id, body="Pour la voisine")
    factories.MailFactory(to_email=user.email, body="Pour on ne sait qui")
    OutgoingMail.objects.filter(about_account=user.pk).update(button_url="https://x.example.org/mot-de-passe/SECRET")
    text = client_of(user).get(FILE).content.decode()
    for words in ("Voisine", "voisine", "on ne sait qui", "SECRET", user.password, str(subscription.reader.uid)):
        assert words not in text


# ---- closing
def test_closing_asks_for_the_right_password(subscription: Subscription) -> None:
    client = client_of(subscription.reader.user)
    for password in ("", "Autre-mot-de-passe-9!"):
        answer = client.post(CLOSE, {"password": password})
        assert answer.status_code == 200
        assert "error" in answer.content.decode()
    assert User.objects.filter(pk=subscription.reader.user_id).exists()


def test_who_guesses_the_password_is_slowed_down(subscription: Subscription) -> None:
    client = client_of(subscription.reader.user)
    answers = [client.post(CLOSE, {"password": f"Faux-{n}"}).content.decode() for n in range(8)]
    assert "Trop de tentatives" in answers[-1]
    assert "Trop de tentatives" in client.post(CLOSE, {"password": factories.PASSWORD}).content.decode()
    assert User.objects.filter(pk=subscription.reader.user_id).exists()


def test_an_account_without_password_chooses_one_first(subscription: Subscription) -> None:
    user = subscription.reader.user
    client = client_of(user)
    user.set_unusable_password()
    user.save()
    client = client_of(user)
    page = client.get(CLOSE).content.decode()
    assert reverse("site:password_forgotten") in page
    assert 'name="password"' not in page
    assert client.post(CLOSE, {"password": factories.PASSWORD}).status_code == 200
    assert User.objects.filter(pk=user.pk).exists()


def test_r9_closing_erases_at_once_ends_the_sessions_and_mails_a_farewell(subscription: Subscription) -> None:
    user = subscription.reader.user
    here, elsewhere = client_of(user), client_of(user)
    answer = here.post(CLOSE, {"password": factories.PASSWORD}, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Votre compte est fermé" in answer.content.decode()
    assert not User.objects.filter(pk=user.pk).exists()
    farewell = OutgoingMail.objects.get(state="queued")
    assert (farewell.kind, farewell.to_email) == ("account_closed", user.email)
    for client in (here, elsewhere):
        again = client.post(CLOSE, {"password": factories.PASSWORD})
        assert again.status_code == 302
        assert again["Location"].startswith(reverse("site:login"))
