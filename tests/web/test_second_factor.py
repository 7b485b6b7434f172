"""AUTH-04 as pages: the second factor at login, the staff kept out without one, « Sécurité du compte »."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from navette.accounts.actions import change_password
from navette.accounts.factors import factors_of, unused_codes
from navette.accounts.models import FailedLogins, Kind, User
from navette.accounts.second_factor import reset_second_factor
from navette.web.gate import PASSED
from navette.web.middleware import ADDING_ONE, OPEN_TO_ALL, READ_BY_ALL
from tests import factories
from tests.accounts.authenticator import code_of
from tests.architecture.world import World, routes
from tests.web.browsing import client_of, words

pytestmark = pytest.mark.usefixtures("portal")
LOGIN, SECOND, SECURITY = "/connexion", "/connexion/second-facteur", "/securite"
SECRET = factories.TOTP_SECRET
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def member() -> User:
    return factories.staff()


def gives_password(client: Client, user: User, page: str = "") -> Any:
    block = "pro" if user.is_professional else "abonne"
    data = {"bloc": block, f"{block}-identifier": user.identifier, f"{block}-password": factories.PASSWORD}
    return client.post(LOGIN, data | {"suite": page})


def gives_code(client: Client, code: str, way: str = "application") -> Any:
    return client.post(SECOND, {"moyen": way, f"{way}-code": code})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ---- at login
def test_auth_04_a_password_alone_lets_nobody_in_who_has_a_second_factor(client: Client, member: User) -> None:
    answer = gives_password(client, member)
    assert answer.headers["Location"] == SECOND
    assert not is_in(client)
    assert client.get("/console/").headers["Location"].startswith(LOGIN)
    assert User.objects.get(pk=member.pk).last_login is None
    page = words(client.get(SECOND))
    assert "Code à six chiffres" in page
    assert "Code de secours" in page
    assert "clé d’accès" not in page.partition("<h1>")[2].partition("<footer")[0].replace("ni votre clé", "")


def test_auth_04_the_code_lets_in_under_a_new_session_id(client: Client, member: User) -> None:
    before = client.session.session_key
    gives_password(client, member, "/console/retards")
    halfway = client.session.session_key
    answer = gives_code(client, code_of(SECRET))
    assert answer.headers["Location"] == "/console/retards"
    assert is_in(client)
    assert len({before, halfway, client.session.session_key}) == 3
    assert client.get("/console/").status_code == 200
    assert "login_under_way" not in client.session


def test_auth_04_a_wrong_and_a_used_code_are_told(client: Client, member: User) -> None:
    gives_password(client, member)
    page = words(gives_code(client, "000000"))
    assert "1 erreur a été trouvée" in page
    assert "Ce code n’est pas le bon" in page
    code = code_of(SECRET)
    gives_code(client, code)
    other = Client()
    gives_password(other, member)
    assert "a déjà servi" in words(gives_code(other, code))
    assert not is_in(other)


def test_auth_04_who_guesses_codes_must_wait(client: Client, member: User) -> None:
    gives_password(client, member)
    for _turn in range(5):
        gives_code(client, "000000")
    answer = gives_code(client, code_of(SECRET))
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 15
    assert not is_in(client)
    assert FailedLogins.objects.filter(wait_until__isnull=False).exists()


def test_a_recovery_code_lets_in(client: Client, member: User) -> None:
    made = client_of(member).post(f"{SECURITY}/codes", {"password": factories.PASSWORD})
    assert made.status_code == 302
    code = unused_codes(factors_of(member).codes)[0]
    gives_password(client, member)
    assert gives_code(client, code, "secours").headers["Location"] == "/console/"
    assert client.get("/console/").status_code == 200


def test_auth_04_a_half_login_lasts_ten_minutes(client: Client, member: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        gives_password(client, member)
        hands.shift(601)
        answer = gives_code(client, code_of(SECRET))
        assert answer.headers["Location"] == LOGIN
        assert not is_in(client)
        assert "attendu trop longtemps" in words(client.get(LOGIN))


def test_auth_03_a_half_login_dies_with_the_password_and_the_account(client: Client, member: User) -> None:
    for spoil in ("password", "closed"):
        gives_password(client, member)
        if spoil == "password":
            new = "Camion jaune, 3 radis"
            change_password(member, acting_user=member, old=factories.PASSWORD, new=new)
        else:
            User.objects.filter(pk=member.pk).update(is_active=False)
        assert gives_code(client, code_of(SECRET)).headers["Location"] == LOGIN
        assert not is_in(client)
        User.objects.filter(pk=member.pk).update(password=factories.hashed_password())


@pytest.mark.parametrize("data", [{}, {"moyen": "rien"}, {"moyen": "cle", "cle-credential": "["}, {"moyen": "cle"}])
def test_an_answer_that_is_none_lets_nobody_in(client: Client, member: User, data: dict[str, str]) -> None:
    gives_password(client, member)
    assert client.post(SECOND, data).status_code == 200
    assert not is_in(client)


def test_a_second_factor_without_a_password_first_is_none(client: Client, member: User) -> None:
    assert gives_code(client, code_of(SECRET)).headers["Location"] == LOGIN
    assert not is_in(client)


def test_auth_04_readers_and_libraries_are_asked_only_for_what_they_added(client: Client) -> None:
    reader = factories.SubscriptionFactory(active=True).reader.user
    assert gives_password(client, reader).headers["Location"] == "/mon-compte"
    library = factories.library_account(factories.LibraryFactory())
    factories.enrol(library)
    other = Client()
    assert gives_password(other, library).headers["Location"] == SECOND
    assert gives_code(other, code_of(SECRET)).headers["Location"] == "/pro/"


def test_auth_04_after_a_reset_the_old_session_and_the_half_login_lead_to_adding_one(member: User) -> None:
    inside, halfway = client_of(member), Client()
    gives_password(halfway, member)
    reset_second_factor(member, acting_user=factories.staff())
    assert inside.get("/console/").headers["Location"] == SECURITY
    assert halfway.get(SECOND).headers["Location"] == "/console/"
    assert halfway.get("/console/").headers["Location"] == SECURITY


# ---- staff without one
SPARED = OPEN_TO_ALL | ADDING_ONE | READ_BY_ALL


@pytest.mark.parametrize("route", [route for route in routes() if route not in SPARED])
def test_auth_04_staff_without_a_second_factor_reach_no_page_of_work(world: World, route: str) -> None:
    admin = world.people["administrator"]
    address, data = world.address(route), world.posts().get(route, {})
    Authenticator.objects.filter(user=admin).delete()
    client = Client()
    client.force_login(admin)
    for answer in (client.get(address), client.post(address, data)):
        assert (answer.status_code, answer.headers.get("Location")) == (302, SECURITY)
    asked = client.get(address, headers={"HX-Request": "true"})
    assert asked.headers["HX-Redirect"] == SECURITY


@pytest.mark.parametrize("route", sorted(READ_BY_ALL))
def test_auth_04_what_everybody_reads_is_read_only_for_them(world: World, route: str) -> None:
    admin, address = world.people["administrator"], world.address(route)
    Authenticator.objects.filter(user=admin).delete()
    client = Client()
    client.force_login(admin)
    assert client.get(address).status_code == 200
    assert client.post(address).headers["Location"] == SECURITY


def test_auth_04_staff_whose_session_passed_none_of_theirs_log_in_again(member: User) -> None:
    for mark in (None, 0, "1", factories.enrol(factories.staff()).pk):
        client = Client()
        client.force_login(member)
        session = client.session
        session[PASSED] = mark
        session.save()
        assert client.post("/console/retards/1/relance").headers["Location"].startswith(f"{LOGIN}?")
        assert not is_in(client)


def test_auth_04_staff_add_one_at_their_first_login_and_go_on(client: Client) -> None:
    member = factories.staff()
    Authenticator.objects.filter(user=member).delete()
    assert gives_password(client, member).headers["Location"] == "/console/"
    assert client.get("/console/").headers["Location"] == SECURITY
    page = words(client.get(SECURITY))
    assert "Ajoutez-en un pour continuer" in page
    assert 'href="/console/retards"' not in page
    secret, token = _shown(client)
    answer = client.post(f"{SECURITY}/application", {"token": token, "code": code_of(secret)})
    assert answer.headers["Location"] == f"{SECURITY}/codes"
    assert client.get("/console/").status_code == 200


def _shown(client: Client) -> tuple[str, str]:
    """Return the secret that the page shows, and the token that its form carries."""
    page = client.get(f"{SECURITY}/application").content.decode()
    secret = re.search(r"([A-Z2-7]{4}( [A-Z2-7]{4}){7})", page)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert secret
    assert token
    return secret[1].replace(" ", ""), token[1]


# ---- « Sécurité du compte »
@pytest.mark.parametrize("kind", [Kind.READER, Kind.LIBRARY, Kind.LIBRARIAN])
def test_auth_04_everybody_may_add_one_with_their_password(kind: str) -> None:
    if kind == Kind.READER:
        user = factories.SubscriptionFactory(active=True).reader.user
    else:
        user = factories.MembershipFactory(user__kind=kind, user__email=f"{kind}@example.org").user
    client = client_of(user)
    assert "Sécurité du compte" in words(client.get(SECURITY))
    secret, token = _shown(client)
    data = {"token": token, "code": code_of(secret)}
    assert client.post(f"{SECURITY}/application", data).status_code == 400
    refused = client.post(f"{SECURITY}/application", data | {"password": "faux"})
    assert "actuel est erroné" in words(refused)
    assert not factors_of(user).any
    answer = client.post(f"{SECURITY}/application", data | {"password": factories.PASSWORD})
    assert answer.headers["Location"] == f"{SECURITY}/codes"
    assert factors_of(user).application


def test_a_wrong_first_code_keeps_the_same_secret_on_the_page() -> None:
    client = client_of(factories.UserFactory())
    secret, token = _shown(client)
    data = {"token": token, "code": "000000", "password": factories.PASSWORD}
    answer = client.post(f"{SECURITY}/application", data)
    assert answer.status_code == 400
    assert secret in words(answer).replace(" ", "")
    assert "no-store" in answer.headers["Cache-Control"]


def test_auth_04_recovery_codes_are_shown_once(client: Client) -> None:
    user = factories.UserFactory()
    client = client_of(user)
    secret, token = _shown(client)
    data = {"token": token, "code": code_of(secret), "password": factories.PASSWORD}
    page = words(client.post(f"{SECURITY}/application", data, follow=True))
    codes = unused_codes(factors_of(user).codes)
    assert all(code in page for code in codes)
    file = client.get(f"{SECURITY}/codes.txt")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert all(code in file.content.decode() for code in codes)
    client.get(SECURITY)
    assert not any(code in words(client.get(f"{SECURITY}/codes")) for code in codes)
    assert client.get(f"{SECURITY}/codes.txt").status_code == 404


def test_auth_04_removing_asks_for_the_password_and_keeps_the_staff_s_last(member: User) -> None:
    reader, client = factories.UserFactory(), client_of(member)
    factor = factories.enrol(reader)
    theirs = client_of(reader)
    address = f"{SECURITY}/{factor.pk}/retirer"
    assert theirs.post(address, {"password": "faux"}).status_code == 400
    assert client.get(address).status_code == 404
    assert factors_of(reader).any
    assert theirs.post(address, {"password": factories.PASSWORD}).headers["Location"] == SECURITY
    assert not factors_of(reader).any
    last = f"{SECURITY}/{factories.enrol(member).pk}/retirer"
    assert "ajoutez-en un autre d’abord" in words(client.post(last, {"password": factories.PASSWORD}))
    assert factors_of(member).any
    assert "Retirer" not in words(client.get(SECURITY))


def test_the_menus_lead_to_it(member: User) -> None:
    reader = factories.SubscriptionFactory(active=True).reader.user
    library = factories.library_account(factories.LibraryFactory())
    for user, address in ((reader, "/mon-compte"), (library, "/pro/"), (member, "/console/")):
        assert f'href="{SECURITY}"' in client_of(user).get(address).content.decode()
