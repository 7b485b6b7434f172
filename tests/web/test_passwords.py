"""R3, AUTH-05 and SUB-13 as pages: recovering a password, choosing one, confirming one's address."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from navette.accounts.mails import confirmation_url
from navette.accounts.models import Kind, User
from navette.core import clock
from navette.mail.models import OutgoingMail
from tests import factories
from tests.web.browsing import words

pytestmark = pytest.mark.usefixtures("portal")
FORGOTTEN = "/mot-de-passe-oublie"
SENT = "Des instructions ont été envoyées à votre adresse de courriel"
NEW = "Camion jaune, 3 radis"


@pytest.fixture
def reader() -> User:
    return factories.UserFactory(email="active@example.org", name="Agathe Bellegarde", email_confirmed_at=None)


def asked(client: Client, email: str) -> Any:
    return client.post(FORGOTTEN, {"email": email}, follow=True)


def mailed_path(client: Client, reader: User) -> str:
    """Ask for a link and return its path, as the mail has it."""
    asked(client, reader.email)
    url: str = OutgoingMail.objects.filter(kind="password_link").latest("pk").button_url
    return url.removeprefix("https://navette.test")


# ---- asking for the link
def test_r3_gironde_tells_an_unknown_address_with_a_link_to_register(client: Client) -> None:
    page = words(asked(client, "inconnu@example.org"))
    assert "1 erreur a été trouvée :" in page
    assert 'Votre identifiant est inconnu. <a href="/inscription">' in page
    assert SENT not in page


def test_where_libraries_register_readers_the_unknown_are_sent_there(client: Client) -> None:
    factories.portal("oise", tells_unknown_mail=True)
    assert "Votre identifiant est inconnu. Adressez-vous à votre bibliothèque." in words(asked(client, "x@example.org"))


def test_r3_elsewhere_both_answers_are_the_same(client: Client, reader: User) -> None:
    factories.portal("valdoise")
    pages = [words(asked(Client(), email)) for email in (reader.email, "inconnu@example.org")]
    assert all(SENT in page for page in pages)
    assert len({page.split("<main")[1].split("<form")[0] for page in pages}) == 1
    assert OutgoingMail.objects.count() == 1


def test_l1_a_library_s_shared_account_is_told_whom_to_call(client: Client) -> None:
    factories.UserFactory(kind=Kind.LIBRARY, email="biblio@example.org", name="Marines")
    page = words(asked(client, "biblio@example.org"))
    assert "se demande à l’équipe du portail. Appelez le 01 00 00 00 00 ou écrivez à bibnum@example.org." in page


def test_auth_02_who_asks_too_often_is_told_to_wait(client: Client) -> None:
    for number in range(30):
        asked(client, f"inconnu{number}@example.org")
    answer = asked(client, "inconnu@example.org")
    assert answer.status_code == 429
    assert "Trop de tentatives" in words(answer)


@pytest.mark.parametrize("text", ["", " ", "\0@example.org", "x" * 100_000 + "@example.org", "Marines", "é@é", "<b>@b"])
def test_hostile_input_gets_an_error_beside_the_field(client: Client, text: str) -> None:
    answer = asked(client, text)
    assert answer.status_code == 200
    assert "1 erreur a été trouvée :" in words(answer)


def test_r3_the_page_has_its_labels_and_sends_a_mail(client: Client, reader: User) -> None:
    page = words(client.get(FORGOTTEN))
    assert "<h1>Récupération de mot de passe</h1>" in page
    assert "Envoyer" in page
    answer = asked(client, "Active@Example.org")
    assert answer.redirect_chain == [(FORGOTTEN, 302)]
    assert SENT in words(answer)
    assert OutgoingMail.objects.get().to_email == "active@example.org"


def test_the_link_does_not_follow_a_forged_host(reader: User) -> None:
    client = Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_HOST="evil.example")
    asked(client, reader.email)
    assert OutgoingMail.objects.get().button_url.startswith("https://navette.test/")


# ---- choosing
@pytest.mark.parametrize(
    "path", ["/mot-de-passe/MQ/abc-def", "/mot-de-passe/%00/%00", "/mot-de-passe/é/é", "/mot-de-passe/x/" + "y" * 5_000]
)
def test_auth_05_a_link_that_is_none_says_what_to_do(client: Client, path: str) -> None:
    for answer in (client.get(path), client.post(path, {"new": NEW, "again": NEW})):
        assert answer.status_code == 410
        assert f'href="{FORGOTTEN}">Recevoir un nouveau lien</a>' in words(answer)


def test_auth_05_used_or_late_the_page_says_so(client: Client, reader: User) -> None:
    path = mailed_path(client, reader)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        assert client.get(path).status_code == 410
    assert client.post(path, {"new": NEW, "again": NEW}).status_code == 302
    late = client.post(path, {"new": NEW + "?", "again": NEW + "?"})
    assert late.status_code == 410
    assert "Ce lien ne sert plus" in words(late)
    assert User.objects.get(pk=reader.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("new", "again", "message"),
    [
        ("", "", "obligatoire"),
        (NEW, "autre", "Les deux mots de passe ne sont pas les mêmes."),
        ("court", "court", "Il manque à ce mot de passe : 7 caractères de plus, une majuscule"),
        ("Agathe-Bellegarde-1", "Agathe-Bellegarde-1", "trop facile à deviner"),
        ("Camion\0jaune, 3 radis", "Camion\0jaune, 3 radis", "trouvée"),
        ("x" * 100_000, "x" * 100_000, "trouvée"),
    ],
)
def test_auth_01_a_password_that_will_not_do_is_refused(
    client: Client, reader: User, new: str, again: str, message: str
) -> None:
    path = mailed_path(client, reader)
    page = words(client.post(path, {"new": new, "again": again}))
    assert message in page
    assert not new or new not in page
    assert User.objects.get(pk=reader.pk).check_password(factories.PASSWORD)
    assert client.get(path).status_code == 200  # the link still serves


def test_auth_01_the_page_shows_the_rules_and_checks_them_live(client: Client, reader: User) -> None:
    page = words(client.get(mailed_path(client, reader)))
    assert "12 caractères au moins" in page
    assert 'data-password-rules="{"min": 12}"' in page


def test_auth_05_looking_at_the_link_uses_nothing_up(client: Client, reader: User) -> None:
    path = mailed_path(client, reader)
    for _turn in range(3):
        answer = client.get(path)
        assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_r3_the_password_chosen_logs_in(client: Client, reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(password=make_password(None))  # registered by their library
    answer = client.post(mailed_path(client, reader), {"new": NEW, "again": NEW}, follow=True)
    assert answer.redirect_chain == [("/connexion", 302)]
    assert "Votre mot de passe est enregistré" in words(answer)
    data = {"bloc": "abonne", "abonne-identifier": reader.email, "abonne-password": NEW}
    assert client.post("/connexion", data).headers["Location"] == "/mon-compte"


# ---- confirming one's address
def confirmation_path(reader: User) -> str:
    return confirmation_url(reader).removeprefix("https://navette.test")


@pytest.mark.parametrize("token", ["x", "%00", "é", "a:b:c", "y" * 5_000])
def test_sub_13_any_other_link_confirms_nothing(client: Client, token: str) -> None:
    for answer in (client.get(f"/confirmation/{token}"), client.post(f"/confirmation/{token}")):
        assert answer.status_code == 410
        assert "Ce lien ne confirme rien" in words(answer)


def test_sub_13_opening_the_link_confirms_nothing_yet(client: Client, reader: User) -> None:
    page = words(client.get(confirmation_path(reader)))
    assert "Confirmer mon adresse</button>" in page
    assert reader.email not in page
    assert User.objects.get(pk=reader.pk).email_confirmed_at is None


def test_sub_13_the_button_confirms_and_twice_is_no_fault(client: Client, reader: User) -> None:
    path = confirmation_path(reader)
    for _turn in range(2):
        answer = client.post(path, follow=True)
        assert answer.redirect_chain == [("/connexion", 302)]
        assert "Votre adresse mail est confirmée." in words(answer)
    assert User.objects.get(pk=reader.pk).email_confirmed_at is not None
    assert "Votre adresse mail est confirmée" in words(client.get(path))


def test_sub_13_who_has_logged_in_comes_to_their_account(client: Client) -> None:
    user = factories.SubscriptionFactory().reader.user
    client.force_login(user)
    assert client.post(confirmation_path(user)).headers["Location"] == "/mon-compte"


# ---- a link whose hour is over
def test_auth_05_a_late_link_offers_another_in_one_click(client: Client, reader: User) -> None:
    path = mailed_path(client, reader)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "Recevoir un nouveau lien" in words(answer)
        assert 'name="renouveler"' in words(answer)
        count = OutgoingMail.objects.count()
        page = words(client.post(path, {"renouveler": "1"}, follow=True))
        assert "Un nouveau lien vient de partir" in page
        assert OutgoingMail.objects.count() == count + 1


def test_auth_05_a_link_that_is_no_good_offers_none(client: Client, reader: User) -> None:
    path = mailed_path(client, reader)
    for bad in (path[:-2], f"{path}0"):
        assert 'name="renouveler"' not in words(client.get(bad))
        answer = client.post(bad, {"renouveler": "1"})
        assert answer.status_code == 410
    assert OutgoingMail.objects.count() == 1
