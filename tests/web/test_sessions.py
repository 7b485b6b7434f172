"""AUTH-03: how long a session lasts, and what ends it at once."""

import datetime as dt
import html

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client, RequestFactory

from navette.accounts.actions import choose_password
from navette.accounts.models import StaffRole, User
from navette.accounts.roles import StaffRoleName
from navette.accounts.tokens import encode_id, password_tokens
from navette.web.middleware import IdleLimitMiddleware
from tests import factories
from tests.web import browsing

pytestmark = pytest.mark.usefixtures("portal")
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
MINUTE = 60
ACCOUNT = "/mon-compte"
OVER = "Votre session est terminée."
NEW = "Camion jaune, 3 radis"


@pytest.fixture
def reader() -> User:
    user: User = factories.SubscriptionFactory(active=True).reader.user
    return user


def log_in(client: Client, user: User) -> None:
    data = {"bloc": "abonne", "abonne-identifier": user.identifier, "abonne-password": factories.PASSWORD}
    assert client.post("/connexion", data).status_code == 302


def is_in(client: Client) -> bool:
    return client.get(ACCOUNT).status_code == 200


# ---- idle
def test_auth_03_thirty_one_minutes_without_a_request_end_the_session(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        hands.shift(31 * MINUTE + 1)
        answer = client.get(ACCOUNT)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "/connexion?fin_de_session=1&suite=/mon-compte"
        assert not is_in(client)


def test_auth_03_a_session_used_every_29_minutes_goes_on(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        for _turn in range(6):
            hands.shift(29 * MINUTE)
            assert is_in(client)


def test_auth_03_the_minute_of_writing_never_takes_from_the_thirty(client: Client, reader: User) -> None:
    """A request up to a minute after the last one written is not written; 30 minutes still count from it."""
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        assert is_in(client)
        hands.shift(59)
        assert is_in(client)
        hands.shift(30 * MINUTE)
        assert is_in(client)


def test_auth_03_the_limit_holds_even_where_the_store_keeps_the_session_longer(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        assert is_in(client)
        Session.objects.update(expire_date=NOON + dt.timedelta(days=9))
        hands.shift(31 * MINUTE + 1)
        assert not is_in(client)
        assert not Session.objects.exists()


def test_auth_03_activity_is_written_once_a_minute_at_most(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        client.get("/aide")
        kept = Session.objects.get().session_data
        hands.shift(59)
        client.get("/aide")
        assert Session.objects.get().session_data == kept
        hands.shift(1)
        client.get("/aide")
        assert Session.objects.get().session_data != kept


def test_auth_03_the_login_page_says_so_and_leads_back(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        hands.shift(3600)
        answer = client.get("/mon-compte/modifier", follow=True)
        page = html.unescape(answer.content.decode())
        assert OVER in page
        assert 'name="suite" value="/mon-compte/modifier"' in page


def test_auth_03_a_stale_cookie_on_the_login_page_itself_says_so_once(client: Client, reader: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        log_in(client, reader)
        hands.shift(3600)
        assert OVER in html.unescape(client.get("/connexion").content.decode())
        assert OVER not in html.unescape(client.get("/connexion").content.decode())


def test_who_never_logged_in_or_logged_out_is_told_nothing(client: Client, reader: User) -> None:
    assert "fin_de_session" not in client.get(ACCOUNT).headers["Location"]
    client.force_login(reader)
    client.post("/deconnexion")
    assert "fin_de_session" not in client.get(ACCOUNT).headers["Location"]


def test_who_logged_out_keeps_no_session_once_told_so(client: Client, reader: User) -> None:
    """Else an empty one would run out, and tell a visitor that they have been logged out."""
    client.force_login(reader)
    client.post("/deconnexion", follow=True)
    assert not Session.objects.exists()
    assert client.cookies["navette"].value == ""


def test_a_forged_cookie_is_no_session(client: Client) -> None:
    for value in ("x" * 32, "", "é", "x" * 4_000):
        client.cookies["navette"] = value
        assert client.get(ACCOUNT).status_code == 302


# ---- the cookie
def test_auth_03_the_cookie_ends_with_the_browser_and_is_closed_to_scripts(client: Client, reader: User) -> None:
    log_in(client, reader)
    cookie = client.cookies["navette"]
    assert (cookie["expires"], cookie["max-age"]) == ("", "")
    assert cookie["httponly"] is True
    assert cookie["secure"] is True
    assert cookie["samesite"] == "Lax"


def test_auth_03_logging_in_gives_a_new_session_id(client: Client, reader: User) -> None:
    store = client.session
    store["before"] = "kept"
    store.save()
    planted = store.session_key
    client.cookies["navette"] = str(planted)
    log_in(client, reader)
    assert client.cookies["navette"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_auth_03_logging_out_deletes_the_session(client: Client, reader: User) -> None:
    log_in(client, reader)
    old = client.cookies["navette"].value
    client.post("/deconnexion")
    assert not Session.objects.filter(session_key=old).exists()
    client.cookies["navette"] = old
    assert not is_in(client)


# ---- what ends a session at once
def test_auth_03_all_sessions_end_when_the_password_changes_save_the_changer_s(reader: User) -> None:
    library = factories.library_account(factories.LibraryFactory())
    here, elsewhere = Client(), Client()
    here.force_login(library)
    elsewhere.force_login(library)
    before = here.cookies["navette"].value
    answer = here.post("/pro/mot-de-passe", {"old": factories.PASSWORD, "new": NEW, "confirmation": NEW})
    assert answer.status_code == 302
    assert here.get("/pro/").status_code == 200
    assert here.cookies["navette"].value != before
    assert elsewhere.get("/pro/").headers["Location"].startswith("/connexion?fin_de_session=1")


def test_auth_03_a_password_chosen_by_mail_ends_all_sessions(client: Client, reader: User) -> None:
    client.force_login(reader)
    choose_password(encode_id(reader), password_tokens.make_token(User.objects.get(pk=reader.pk)), NEW)
    assert not is_in(client)


def test_auth_03_a_deactivated_account_is_out_at_once_and_stays_out(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert is_in(client)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(ACCOUNT).headers["Location"].startswith("/connexion?fin_de_session=1")
    User.objects.filter(pk=reader.pk).update(is_active=True)
    assert not is_in(client)


def test_auth_03_a_role_taken_away_counts_at_the_next_request(client: Client) -> None:
    user = factories.staff(StaffRoleName.ADMINISTRATOR)
    browsing.log_in(client, user)
    assert client.get("/console/").status_code == 200
    StaffRole.objects.all().delete()
    assert client.get("/console/").status_code == 403


def test_auth_03_another_s_wrong_passwords_end_no_session(client: Client, reader: User) -> None:
    client.force_login(reader)
    for _turn in range(4):
        authenticate(RequestFactory().post("/"), identifier=reader.identifier, password="faux")
    assert is_in(client)


# ---- a database that is away
def test_a_database_lost_while_the_session_is_read_is_told_honestly(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(reader)

    def lost(*_args: object) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(IdleLimitMiddleware, "_is_over", lost)
    answer = client.get(ACCOUNT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "Le site est occupé" in answer.content.decode()


def test_a_database_lost_while_the_session_is_saved_is_told_honestly(
    client: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(reader)
    client.raise_request_exception = False

    def lost(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", lost)
    answer = client.get(ACCOUNT)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
