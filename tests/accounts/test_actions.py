"""AUTH-03, AUTH-05, SUB-13: changing, recovering and choosing a password; confirming an address."""

import datetime as dt
import re

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from navette.accounts.actions import (
    ask_confirmation,
    change_password,
    check_own_password,
    choose_password,
    confirm_email,
    request_password_reset,
    user_of_link,
)
from navette.accounts.errors import LinkIsOver, SharedAccount, UnknownIdentifier, WrongPassword
from navette.accounts.mails import confirmation_url, site_link
from navette.accounts.models import FailedLogins, Kind, User
from navette.accounts.throttle import TooManyAttempts
from navette.accounts.tokens import confirmation_token, decode_id, encode_id, password_tokens
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.mail.models import OutgoingMail
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
NEW = "Camion jaune, 3 radis"
OTHER = "Vélo-Tapis-Lune7"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def user(portal: object) -> User:
    return factories.UserFactory(email="active@example.org", name="Agathe Bellegarde", email_confirmed_at=None)


@pytest.fixture
def discreet(portal: object) -> None:
    """A portal that tells nobody whether an address is known."""
    factories.portal("valdoise")


def link_of(mail: OutgoingMail) -> tuple[str, str]:
    """Return the id and the token in the button of a mail."""
    path = mail.button_url.removeprefix("https://navette.test")
    match = resolve(path)
    assert match.view_name == "site:password_choose"
    return match.kwargs["uidb64"], match.kwargs["token"]


def asked_link(user: User) -> tuple[str, str]:
    request_password_reset(user.email, address="192.0.2.1")
    return link_of(OutgoingMail.objects.filter(kind="password_link").latest("pk"))


# ---- changing
def test_auth_03_changing_is_refused_to_another_and_with_a_wrong_old_password(user: User) -> None:
    for other in (factories.UserFactory(), SYSTEM):
        with pytest.raises(NotAllowed):
            change_password(user, acting_user=other, old=factories.PASSWORD, new=NEW)
    for wrong in ("faux", "", "\0", "x" * 100_000):
        with pytest.raises(WrongPassword) as refusal:
            change_password(user, acting_user=user, old=wrong, new=NEW)
        assert refusal.value.field == "old"
    assert User.objects.get(pk=user.pk).check_password(factories.PASSWORD)
    assert not AuditRow.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_auth_01_a_new_password_is_judged_wherever_it_comes_from(user: User) -> None:
    with pytest.raises(Invalid, match="trop facile") as refusal:
        change_password(user, acting_user=user, old=factories.PASSWORD, new="Agathe-Bellegarde-7")
    assert refusal.value.field == "new"
    with pytest.raises(Invalid, match="différent de l’ancien"):
        change_password(user, acting_user=user, old=factories.PASSWORD, new=factories.PASSWORD)
    with pytest.raises(Invalid, match="caractères de plus"):
        choose_password(*asked_link(user), "court")


def test_auth_03_changing_is_audited_and_told_by_mail(user: User) -> None:
    before = user.get_session_auth_hash()
    changed = change_password(user, acting_user=user, old=factories.PASSWORD, new=NEW)
    assert changed is user
    stored = User.objects.get(pk=user.pk)
    assert stored.check_password(NEW)
    assert stored.get_session_auth_hash() == user.get_session_auth_hash() != before
    row = AuditRow.objects.get(action="accounts.change_password")
    assert (row.actor_id, row.object_id, row.detail) == (user.pk, user.pk, {})
    mail = OutgoingMail.objects.get(kind="password_changed")
    assert mail.to_email == user.email
    assert "Bonjour Agathe Bellegarde" in mail.body
    assert "bibnum@example.org" in mail.body
    assert NEW not in mail.body


def test_a_shared_account_without_mail_changes_its_password_too(portal: object) -> None:
    shared = factories.UserFactory(kind=Kind.LIBRARY, name="Marines", email="")
    change_password(shared, acting_user=shared, old=factories.PASSWORD, new=NEW)
    assert not OutgoingMail.objects.exists()


def test_a_password_changed_in_between_is_not_overwritten(user: User) -> None:
    stale = User.objects.get(pk=user.pk)
    change_password(user, acting_user=user, old=factories.PASSWORD, new=NEW)
    with pytest.raises(Refusal, match="changé ailleurs"):
        change_password(stale, acting_user=stale, old=factories.PASSWORD, new=OTHER)
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_auth_02_an_open_session_is_no_place_to_guess_the_password(user: User) -> None:
    for _turn in range(5):
        with pytest.raises(WrongPassword):
            check_own_password(user, "faux")
    with pytest.raises(TooManyAttempts):
        check_own_password(user, factories.PASSWORD)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=1)):
        check_own_password(user, factories.PASSWORD)


# ---- recovering
def test_an_unknown_address_is_told_where_the_portal_says_so(portal: object) -> None:
    with pytest.raises(UnknownIdentifier, match=r"^Votre identifiant est inconnu"):
        request_password_reset("personne@example.org", address="")
    factories.UserFactory(kind=Kind.LIBRARY, email="biblio@example.org")
    with pytest.raises(SharedAccount):
        request_password_reset("biblio@example.org", address="")
    assert not OutgoingMail.objects.exists()


@pytest.mark.usefixtures("discreet")
def test_elsewhere_nothing_tells_a_known_address_from_an_unknown_one() -> None:
    factories.UserFactory(kind=Kind.LIBRARY, email="biblio@example.org")
    factories.UserFactory(email="parti@example.org", is_active=False)
    for email in ("personne@example.org", "biblio@example.org", "parti@example.org", "\0@example.org"):
        request_password_reset(email, address="192.0.2.1")
    assert not OutgoingMail.objects.exists()
    assert not AuditRow.objects.exists()


@pytest.mark.usefixtures("discreet")
def test_an_unknown_address_takes_the_queries_of_a_known_one() -> None:
    factories.UserFactory(email="active@example.org")
    counts = []
    for email in ("active@example.org", "personne@example.org"):
        with CaptureQueriesContext(connection) as queries:
            request_password_reset(email, address="192.0.2.1")
        counts.append([re.split(r"[\s\"]+", query["sql"])[0] for query in queries])
    assert len(counts[0]) == len(counts[1])


def test_auth_05_the_mail_links_to_the_site_s_own_address(user: User) -> None:
    request_password_reset(" ACTIVE@example.org", address="192.0.2.1")
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("password_link", "active@example.org")
    assert mail.button_url.startswith("https://navette.test/mot-de-passe/")
    assert "biblio.gironde" in mail.subject
    assert "une heure" in mail.body
    assert user_of_link(*link_of(mail)) == user
    row = AuditRow.objects.get()
    assert (row.action, row.object_id) == ("accounts.request_password_reset", user.pk)
    assert "@" not in str(row.detail)


def test_a_reader_whom_the_library_registered_recovers_a_first_password(portal: object) -> None:
    user = factories.UserFactory(password=make_password(None), email_confirmed_at=None)
    choose_password(*asked_link(user), NEW)
    stored = User.objects.get(pk=user.pk)
    assert stored.check_password(NEW)
    assert stored.email_confirmed_at is not None  # the link came by mail (SUB-13)


def test_one_account_gets_three_links_an_hour_and_the_answer_stays_the_same(user: User) -> None:
    for _turn in range(6):
        request_password_reset(user.email, address="192.0.2.1")
    assert OutgoingMail.objects.count() == 3
    with time_machine.travel(clock.now() + dt.timedelta(minutes=61)):
        request_password_reset(user.email, address="192.0.2.1")
    assert OutgoingMail.objects.count() == 4


def test_one_network_address_asks_thirty_times_an_hour(portal: object) -> None:
    for number in range(30):
        with pytest.raises(UnknownIdentifier):
            request_password_reset(f"inconnu{number}@example.org", address="192.0.2.1")
    with pytest.raises(TooManyAttempts, match="60 minutes"):
        request_password_reset("inconnu@example.org", address="192.0.2.1")
    with pytest.raises(UnknownIdentifier):
        request_password_reset("inconnu@example.org", address="192.0.2.2")


# ---- the link
def test_auth_05_a_link_works_once(user: User) -> None:
    link = asked_link(user)
    choose_password(*link, NEW)
    with pytest.raises(LinkIsOver):
        choose_password(*link, OTHER)
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert AuditRow.objects.filter(action="accounts.choose_password", actor_id=user.pk).count() == 1
    assert OutgoingMail.objects.filter(kind="password_changed").count() == 1


def test_auth_05_a_link_works_for_one_hour(user: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        link = asked_link(user)
        clock_hands.shift(dt.timedelta(minutes=60))
        assert user_of_link(*link) == user
        clock_hands.shift(1)
        with pytest.raises(LinkIsOver, match="plus d’une heure"):
            choose_password(*link, NEW)
    assert User.objects.get(pk=user.pk).check_password(factories.PASSWORD)


def test_auth_05_a_link_is_worth_nothing_after_a_password_change(user: User) -> None:
    link = asked_link(user)
    change_password(user, acting_user=user, old=factories.PASSWORD, new=OTHER)
    with pytest.raises(LinkIsOver):
        choose_password(*link, NEW)


def test_auth_05_a_link_is_its_owner_s_alone(user: User) -> None:
    other = factories.UserFactory()
    _uid, token = asked_link(user)
    with pytest.raises(LinkIsOver):
        choose_password(encode_id(other), token, NEW)
    User.objects.filter(pk=user.pk).update(is_active=False)
    with pytest.raises(LinkIsOver):
        choose_password(encode_id(user), token, NEW)


def test_auth_05_a_link_dies_when_the_address_changes(user: User) -> None:
    link = asked_link(user)
    User.objects.filter(pk=user.pk).update(email="autre@example.org")
    with pytest.raises(LinkIsOver):
        choose_password(*link, NEW)


@pytest.mark.parametrize("uid", ["", "\0", "é", "MQ", "%00", "x" * 10_000, "LTE", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"])
@pytest.mark.parametrize("token", ["", "-", "\0-\0", "é-é", "x" * 10_000, "abc-" + "0" * 64])
def test_auth_05_a_mangled_link_is_over_and_no_fault(user: User, uid: str, token: str) -> None:
    with pytest.raises(LinkIsOver):
        user_of_link(uid, token)


def test_an_id_in_a_link_is_read_back(user: User) -> None:
    assert decode_id(encode_id(user)) == user.pk


@pytest.mark.django_db(transaction=True)
def test_auth_05_of_two_uses_at_the_same_moment_one_counts(user: User) -> None:
    link = asked_link(user)

    def use(number: int) -> bool:
        try:
            choose_password(*link, f"{NEW} {number}")
        except LinkIsOver:
            return False
        return True

    used = at_once(use, 6)
    assert sum(used) == 1
    assert User.objects.get(pk=user.pk).check_password(f"{NEW} {used.index(True)}")
    assert OutgoingMail.objects.filter(kind="password_changed").count() == 1


# ---- confirming
def test_sub_13_an_address_is_confirmed_once(user: User) -> None:
    token = confirmation_token(user)
    with time_machine.travel(NOON, tick=False) as clock_hands:
        first = confirm_email(token).email_confirmed_at
        clock_hands.shift(3600)
        assert confirm_email(token).email_confirmed_at == first == NOON
    assert AuditRow.objects.filter(action="accounts.confirm_email").count() == 1


def test_sub_13_a_link_confirms_only_the_address_it_was_made_for(user: User) -> None:
    token = confirmation_token(user)
    User.objects.filter(pk=user.pk).update(email="autre@example.org")
    with pytest.raises(LinkIsOver, match="ne confirme pas d’adresse"):
        confirm_email(token)
    assert User.objects.get(pk=user.pk).email_confirmed_at is None


@pytest.mark.parametrize("text", ["", "\0", "é", "a:b:c", "x" * 10_000, "WzEsICJ4Il0:1:x"])
def test_sub_13_any_other_text_confirms_nothing(user: User, text: str) -> None:
    with pytest.raises(LinkIsOver):
        confirm_email(text)


def test_sub_13_a_password_link_is_no_confirmation_and_the_reverse(user: User) -> None:
    with pytest.raises(LinkIsOver):
        confirm_email(password_tokens.make_token(user))
    with pytest.raises(LinkIsOver):
        user_of_link(encode_id(user), confirmation_token(user))


def test_data_03_links_name_nobody(user: User) -> None:
    url = confirmation_url(user)
    assert url.startswith("https://navette.test/confirmation/")
    assert not re.search("active|example|agathe", url, re.IGNORECASE)
    assert site_link("site:login") == "https://navette.test/connexion"


def test_sub_13_the_confirmation_can_be_asked_for_again(user: User) -> None:
    with pytest.raises(NotAllowed):
        ask_confirmation(user, acting_user=factories.UserFactory())
    for _turn in range(3):
        ask_confirmation(user, acting_user=user)
    with pytest.raises(TooManyAttempts):
        ask_confirmation(user, acting_user=user)
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.kind, mail.to_email, mail.button_label) == ("email_confirmation", user.email, "Confirmer mon adresse")
    confirm_email(mail.button_url.rpartition("/")[2])
    user.refresh_from_db()
    with pytest.raises(Refusal, match="déjà confirmée"):
        ask_confirmation(user, acting_user=user)
    assert FailedLogins.objects.count() == 1
