"""R3, R7 and L1: the login page's three blocks, and the way out (AUTH-02)."""

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from navette.accounts.models import Kind, User
from navette.portal.models import ProIdentifier
from navette.web.gate import CAME_IN
from tests import factories
from tests.web.browsing import words

pytestmark = pytest.mark.usefixtures("portal")
LOGIN, LOGOUT = "/connexion", "/deconnexion"
FAULT = "1 erreur a été trouvée :"


@pytest.fixture
def reader() -> User:
    user: User = factories.SubscriptionFactory(active=True).reader.user
    User.objects.filter(pk=user.pk).update(email="active@example.org", identifier="active@example.org")
    user.refresh_from_db()
    return user


@pytest.fixture
def library() -> User:
    return factories.library_account(factories.LibraryFactory(name="Sauveterre-de-Guyenne"))


def post(client: Client, block: str, identifier: str, password: str = factories.PASSWORD, **more: Any) -> Any:
    data = {"bloc": block, f"{block}-identifier": identifier, f"{block}-password": password}
    return client.post(LOGIN, data | more)


# ---- refusals
@pytest.mark.parametrize("profile", ["valdoise", "loiret"])
def test_a_wrong_password_and_an_unknown_mail_read_the_same(client: Client, reader: User, profile: str) -> None:
    factories.portal(profile)
    known = words(post(client, "abonne", "active@example.org", "faux"))
    unknown = words(post(client, "abonne", "inconnu@example.org", "faux"))
    for page in (known, unknown):
        assert f'{FAULT} <a href="#id_abonne-identifier">Nom d\'utilisateur</a>' in page
        assert "Vos identifiants sont erronés." in page
        assert '<a href="/mot-de-passe-oublie">Avez-vous oublié votre mot de passe ?</a>' in page
        assert '<a href="/inscription">' in page
    assert _but_for_what_was_typed(known) == _but_for_what_was_typed(unknown)


def _but_for_what_was_typed(page: str) -> str:
    without_token = page.split('name="csrfmiddlewaretoken"')
    cut = [part.split(">", 1)[-1] for part in without_token]
    return "".join(cut).replace("inconnu@", "active@")


def test_r3_gironde_tells_an_unknown_mail_with_a_link_to_register(client: Client, reader: User) -> None:
    page = words(post(client, "abonne", "inconnu@example.org", "faux"))
    assert f'{FAULT} <a href="#id_abonne-identifier">Nom d\'utilisateur</a>' in page
    assert 'Votre identifiant est inconnu. <a href="/inscription">' in page
    assert "erronés" not in page
    assert "Vos identifiants sont erronés." in words(post(client, "abonne", "active@example.org", "faux"))


def test_r3_where_readers_are_registered_by_libraries_nothing_leads_to_registering(client: Client) -> None:
    factories.portal("oise", tells_unknown_mail=True)
    page = words(post(client, "abonne", "inconnu@example.org", "faux"))
    assert "Votre identifiant est inconnu. Adressez-vous à votre bibliothèque." in page
    assert 'href="/inscription"' not in page


def test_l1_an_error_in_the_orange_block_tells_whom_to_ask(client: Client, library: User) -> None:
    for identifier in ("Sauveterre-de-Guyenne", "Nulle-Part"):
        page = words(post(client, "pro", identifier, "faux"))
        assert f'{FAULT} <a href="#id_pro-identifier">Nom d\'utilisateur</a>' in page
        assert "Vos identifiants sont erronés. Avez-vous oublié votre mot de passe ?" in page
        assert "01 00 00 00 00" in page
        assert "bibnum@example.org" in page


def test_each_block_lets_in_its_own_people_only(client: Client, reader: User, library: User) -> None:
    assert post(client, "abonne", "Sauveterre-de-Guyenne").status_code == 200
    assert post(client, "pro", "active@example.org").status_code == 200
    assert "_auth_user_id" not in client.session


def test_l1_a_shared_account_stays_out_where_accounts_are_individual(client: Client, library: User) -> None:
    factories.portal("valdoise")
    assert "erronés" in words(post(client, "pro", "Sauveterre-de-Guyenne"))
    assert "Compte de la bibliothèque" not in words(client.get(LOGIN))


def test_auth_02_who_must_wait_is_told_how_long(client: Client, reader: User) -> None:
    for _turn in range(5):
        post(client, "abonne", "active@example.org", "faux")
    answer = post(client, "abonne", "active@example.org")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15
    assert "Trop de tentatives. Réessayez dans 1" in words(answer)
    assert "Nom d'utilisateur" in words(answer)
    assert "_auth_user_id" not in client.session


def test_auth_02_who_has_a_session_is_never_affected(client: Client, library: User) -> None:
    post(client, "pro", "Sauveterre-de-Guyenne")
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    for _turn in range(6):
        post(stranger, "pro", "Sauveterre-de-Guyenne", "faux")
    assert client.get("/pro/").status_code == 200
    again = Client()
    assert post(again, "pro", "Sauveterre-de-Guyenne").status_code == 302


def test_auth_02_the_count_goes_by_the_visitor_s_address_behind_a_proxy(reader: User, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    for _turn in range(6):
        post(Client(HTTP_X_FORWARDED_FOR="203.0.113.9"), "abonne", "active@example.org", "faux")
    assert post(Client(HTTP_X_FORWARDED_FOR="203.0.113.9"), "abonne", "active@example.org").status_code == 429
    assert post(Client(HTTP_X_FORWARDED_FOR="203.0.113.10"), "abonne", "active@example.org").status_code == 302


HOSTILE = [
    "",
    " ",
    "\0",
    "a\0b",
    "x" * 100_000,
    "💥" * 90,
    "\u202e\u0000",
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%00",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("block", ["abonne", "pro"])
def test_hostile_input_gets_an_error_beside_the_field(client: Client, block: str, text: str) -> None:
    for identifier, password in ((text, "x"), ("active@example.org", text)):
        answer = post(client, block, identifier, password)
        assert answer.status_code in {200, 429}
        assert "trouvée" in words(answer)
        assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "data", [{}, {"bloc": ""}, {"bloc": "autre"}, {"bloc": "\0"}, {"bloc": "pro"}, {"x": "y" * 100_000}]
)
def test_a_mangled_form_shows_the_page_again(client: Client, data: dict[str, str]) -> None:
    assert client.post(LOGIN, data).status_code == 200


def test_a_password_is_never_shown_again(client: Client, reader: User) -> None:
    page = words(post(client, "abonne", "active@example.org", "MonSecret-9"))
    assert "MonSecret-9" not in page
    assert 'value="active@example.org"' in page


def test_a_deactivated_account_does_not_come_in(client: Client, reader: User) -> None:
    User.objects.update(is_active=False)
    assert post(client, "abonne", "active@example.org").status_code == 200


def test_a_form_without_its_token_is_refused(reader: User) -> None:
    assert post(Client(enforce_csrf_checks=True), "abonne", "active@example.org").status_code == 403


# ---- the page
def test_r1_r3_l1_the_page_has_its_three_blocks_to_the_letter(client: Client) -> None:
    page = words(client.get(LOGIN))
    for label in (
        "Déjà inscrit(e)",
        "Mail</label>",
        "Mot de passe</label>",
        "Se connecter en tant qu'abonné",
        '<a href="/mot-de-passe-oublie">Mot de passe oublié</a>',
        "Nouveau sur ce site",
        "S'inscrire",
        '<a href="/aide">En savoir plus</a>',
        "Accéder au compte professionnel",
        "Nom de la commune</label>",
        "Se connecter en tant que bibliothèque",
        "Afficher le mot de passe",
    ):
        assert label in page, label


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        (ProIdentifier.COMMUNE, "Nom de la commune"),
        (ProIdentifier.INDIVIDUAL, "Mail"),
        (ProIdentifier.EITHER, "Identifiant"),
        (ProIdentifier.CARD, "Numéro de carte de prêt"),
    ],
)
def test_l1_the_identifier_s_label_follows_the_profile(client: Client, rule: str, label: str) -> None:
    factories.portal(pro_identifier=rule)
    orange = words(client.get(LOGIN)).split("Accéder au compte professionnel")[1]
    assert f'for="id_pro-identifier">{label}</label>' in orange


def test_where_readers_do_not_register_themselves_the_page_says_where_to_go(client: Client) -> None:
    factories.portal("oise")
    page = words(client.get(LOGIN))
    assert "se fait dans votre bibliothèque" in page
    assert "S'inscrire" not in page
    assert 'href="/bibliotheques"' in page


def test_the_demo_s_accounts_are_listed_in_the_demo_only(client: Client, settings: Settings) -> None:
    settings.DEMO_ACCOUNTS = [{"label": "Abonnement validé", "identifier": "active@example.org", "block": "reader"}]
    assert "Navette-demo-2026!" not in words(client.get(LOGIN))
    settings.DEMO = True
    page = words(client.get(LOGIN))
    assert "Navette-demo-2026!" in page
    assert "Abonnement validé" in page
    assert "active@example.org" in page


# ---- coming in
def test_r3_a_reader_comes_to_mon_compte(client: Client, reader: User) -> None:
    answer = post(client, "abonne", " Active@EXAMPLE.org ")
    assert answer.headers["Location"] == reverse("site:account") == "/mon-compte"
    assert client.session["_auth_user_id"] == str(reader.pk)


@pytest.mark.parametrize("typed", ["Sauveterre-de-Guyenne", "sauveterre de guyenne", "SAUVETERRE DE GUYENNE "])
def test_l1_a_library_comes_to_its_dashboard(client: Client, library: User, typed: str) -> None:
    assert post(client, "pro", typed).headers["Location"] == "/pro/"
    assert client.session["_auth_user_id"] == str(library.pk)


@pytest.mark.parametrize(
    ("rule", "identifier", "typed"),
    [
        (
            ProIdentifier.CARD,
            "45004000017",
            ["45004000017", " 4500 4000 017 ", "4500-4000-017", "45004\u00a0000\u00a0017"],
        ),
        (ProIdentifier.CARD, "biblio@example.org", ["Biblio@Example.org "]),
        (
            ProIdentifier.EITHER,
            "crèvecœur-le-grand",
            ["Crèvecœur-le-Grand", "CREVECOEUR LE GRAND", "crèvecoeur le’grand"],
        ),
        (ProIdentifier.EITHER, "biblio@example.org", ["biblio@example.org"]),
        (ProIdentifier.COMMUNE, "l’haÿ-les-roses", ["L'Hay les Roses", " l’haÿ–les–roses"]),
        (ProIdentifier.INDIVIDUAL, "gestion.marines", ["Gestion.Marines", "gestion marines"]),
    ],
)
def test_l1_every_kind_of_identifier_comes_in_however_it_is_typed(rule: str, identifier: str, typed: list[str]) -> None:
    factories.portal(pro_identifier=rule)
    kind = Kind.LIBRARIAN if "@" in identifier or rule == ProIdentifier.INDIVIDUAL else Kind.LIBRARY
    user = account_named(kind, identifier)
    for text in typed:
        client = Client()
        assert post(client, "pro", text).headers["Location"] == "/pro/", text
        assert client.session["_auth_user_id"] == str(user.pk)


def account_named(kind: str, identifier: str) -> User:
    """Return an account of a library with that identifier, beside another one of the same library."""
    library = factories.LibraryFactory()
    factories.library_account(library)
    user = User.objects.create_user(identifier, factories.PASSWORD, kind=kind, name="Équipe", email="pro@example.org")
    factories.MembershipFactory(library=library, user=user)
    return user


def test_l1_librarians_and_staff_come_in_by_their_mail(client: Client) -> None:
    factories.UserFactory(kind=Kind.LIBRARIAN, email="gestion@example.org")
    assert post(client, "pro", "gestion@example.org").headers["Location"] == "/pro/"
    factories.UserFactory(kind=Kind.STAFF, email="admin@example.org")
    assert post(Client(), "pro", "admin@example.org").headers["Location"] == "/console/"


def test_who_has_logged_in_is_sent_on(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert client.get(LOGIN).headers["Location"] == "/mon-compte"
    assert client.get(LOGIN, {"suite": "/aide"}).headers["Location"] == "/aide"


@pytest.mark.parametrize("page", ["/ressources-numeriques?categorie=cinema", "/mon-compte/modifier"])
def test_one_comes_back_to_the_page_asked_for(client: Client, reader: User, page: str) -> None:
    shown = words(client.get(LOGIN, {"suite": page}))
    assert f'name="suite" value="{page}"' in shown
    assert post(client, "abonne", "active@example.org", suite=page).headers["Location"] == page


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "\t//evil.example",
        "/\0",
        "/" + "x" * 100_000,
        "mon-compte",
        "/connexion?suite=/x",
        "/deconnexion",
        "/pro/abonnes",
        "/console/",
        "http://[",
    ],
)
def test_no_other_address_is_gone_to(client: Client, reader: User, page: str) -> None:
    answer = post(client, "abonne", "active@example.org", suite=page)
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/mon-compte"


# ---- going out
def test_a_session_remembers_when_the_password_was_given(client: Client, reader: User) -> None:
    before = int(time.time())
    post(client, "abonne", "active@example.org")
    assert before <= client.session[CAME_IN] <= time.time()


def test_r7_logging_out_is_a_form_and_leads_home(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert client.get(LOGOUT).status_code == 405
    assert "_auth_user_id" in client.session
    answer = client.post(LOGOUT, follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "Vous êtes déconnecté(e)." in words(answer)
    assert client.get("/mon-compte").status_code == 302


def test_logging_out_twice_is_no_fault(client: Client) -> None:
    assert client.post(LOGOUT).headers["Location"] == "/"
