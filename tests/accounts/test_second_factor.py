"""AUTH-04: adding, using and taking away second factors."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.db import connection
from pytest_django import Settings

from navette.accounts.errors import UsedCode, WrongCode, WrongPasskey
from navette.accounts.factors import CODES, factors_of, has_second_factor, still_has, unused_codes
from navette.accounts.models import Kind, User
from navette.accounts.passkeys import ask_to_create
from navette.accounts.roles import StaffRoleName
from navette.accounts.second_factor import (
    MOST_PASSKEYS,
    add_application,
    add_passkey,
    propose_application,
    remove_factor,
    renew_recovery_codes,
    reset_second_factor,
    use_code,
    use_passkey,
    use_recovery_code,
)
from navette.accounts.throttle import TooManyAttempts
from navette.core.actors import SYSTEM
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from tests import factories
from tests.accounts.authenticator import code_of

pytestmark = pytest.mark.django_db
HERE = "192.0.2.1"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
SECRET = factories.TOTP_SECRET


@pytest.fixture
def user(portal: Portal) -> User:
    return factories.UserFactory(name="Agathe Bellegarde")


@pytest.fixture
def enrolled(user: User) -> User:
    factories.enrol(user)
    return user


def added(user: User) -> str:
    """Add an application to `user` as they would, and return its secret."""
    shown = propose_application(user)
    add_application(user, acting_user=user, token=shown.token, code=code_of(shown.secret))
    return shown.secret


# ---- adding an application
def test_auth_04_another_s_second_factor_is_nobody_s_to_add(user: User) -> None:
    shown, other = propose_application(user), factories.staff()
    with pytest.raises(NotAllowed):
        add_application(user, acting_user=other, token=shown.token, code=code_of(shown.secret))
    with pytest.raises(NotAllowed):
        remove_factor(other, acting_user=user, factor_id=factories.enrol(other).pk)
    with pytest.raises(NotAllowed):
        renew_recovery_codes(other, acting_user=user)
    with pytest.raises(NotAllowed):
        add_passkey(other, acting_user=user, name="Clé", credential={}, session={})
    assert not has_second_factor(user)


def test_a_wrong_first_code_a_stranger_s_secret_and_an_old_one_add_nothing(user: User) -> None:
    shown, strangers = propose_application(user), propose_application(factories.UserFactory())
    with pytest.raises(WrongCode):
        add_application(user, acting_user=user, token=shown.token, code=code_of(shown.secret, steps=9))
    for token in (strangers.token, "faux", "", "é"):
        with pytest.raises(Refusal, match="n’est plus valable"):
            add_application(user, acting_user=user, token=token, code=code_of(strangers.secret))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=31)), pytest.raises(Refusal):
        add_application(user, acting_user=user, token=shown.token, code=code_of(shown.secret))
    assert not has_second_factor(user)


def test_auth_04_an_application_is_kept_encrypted_audited_and_told(user: User) -> None:
    secret = added(user)
    stored = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(stored.data)
    seed = Authenticator.objects.get(user=user, type=CODES).data["seed"]
    assert seed.startswith("gAAAA"), "the seed of the recovery codes stands in the clear"
    row = AuditRow.objects.get(action="accounts.add_second_factor")
    assert (row.actor_id, row.object_id, row.detail) == (user.pk, user.pk, {"factor": "totp"})
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("second_factor_added", user.email)
    assert len(unused_codes(factors_of(user).codes)) == 10


def test_a_second_application_is_refused(user: User) -> None:
    added(user)
    with pytest.raises(Refusal, match="déjà une application"):
        added(user)
    assert factors_of(user).count == 1


def test_a_library_s_shared_account_may_have_one_without_a_mail(portal: Portal) -> None:
    account = factories.library_account(factories.LibraryFactory())
    added(account)
    assert has_second_factor(account)
    assert not OutgoingMail.objects.exists()


# ---- a code
@pytest.mark.parametrize("code", ["", "000000", "abcdef", "12345", "1234567", "１２３４５６", "é" * 20])
def test_auth_04_a_wrong_code_is_refused(enrolled: User, code: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert code_of(SECRET) != "000000"
        with pytest.raises(WrongCode):
            use_code(enrolled, code, address=HERE)


def test_an_account_without_application_has_no_right_code(user: User) -> None:
    with pytest.raises(WrongCode):
        use_code(user, code_of(SECRET), address=HERE)
    with pytest.raises(WrongCode):
        use_recovery_code(user, "12345678", acting_user=user, address=HERE)


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_half_a_minute_off(enrolled: User, steps: int, passes: bool) -> None:
    with time_machine.travel(NOON, tick=False):
        code = code_of(SECRET, steps)
        if passes:
            assert use_code(enrolled, f" {code[:3]} {code[3:]} ", address=HERE).last_used_at == NOON
        else:
            with pytest.raises(WrongCode):
                use_code(enrolled, code, address=HERE)


def test_auth_04_a_code_serves_once_and_no_older_one_after_it(enrolled: User) -> None:
    with time_machine.travel(NOON, tick=False) as hands:
        use_code(enrolled, code_of(SECRET), address=HERE)
        for steps in (0, -1):
            with pytest.raises(UsedCode):
                use_code(enrolled, code_of(SECRET, steps), address="203.0.113.9")
        hands.shift(30)
        use_code(enrolled, code_of(SECRET), address=HERE)


def test_the_code_that_added_the_application_does_not_serve_again(user: User) -> None:
    with time_machine.travel(NOON, tick=False):
        secret = added(user)
        with pytest.raises(UsedCode):
            use_code(user, code_of(secret), address=HERE)


def test_auth_04_codes_are_throttled_for_the_account_and_the_address(enrolled: User) -> None:
    for _turn in range(5):
        with pytest.raises(WrongCode):
            use_code(enrolled, "000000", address=HERE)
    with pytest.raises(TooManyAttempts):
        use_code(enrolled, code_of(SECRET), address=HERE)
    with pytest.raises(TooManyAttempts):
        use_recovery_code(enrolled, "00000000", acting_user=enrolled, address=HERE)
    use_code(enrolled, code_of(SECRET), address="203.0.113.9")


@pytest.mark.django_db(transaction=True)
def test_auth_04_of_many_that_send_one_code_at_once_one_passes() -> None:
    factories.portal()
    user = factories.UserFactory()
    factories.enrol(user)
    code = code_of(SECRET)

    def send(number: int) -> str:
        try:
            use_code(user, code, address=f"192.0.2.{number}")
        except Refusal as refusal:
            return type(refusal).__name__
        else:
            return "passed"
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers.count("passed") == 1
    assert set(answers) <= {"passed", "UsedCode", "TooManyAttempts"}


# ---- recovery codes
def test_auth_04_a_recovery_code_serves_once(user: User) -> None:
    added(user)
    first, second, *_rest = unused_codes(factors_of(user).codes)
    use_recovery_code(user, f"{first[:4]}-{first[4:]}", acting_user=user, address=HERE)
    with pytest.raises(WrongCode):
        use_recovery_code(user, first, acting_user=user, address=HERE)
    use_recovery_code(user, second, acting_user=user, address=HERE)
    assert factors_of(user).codes_left == 8
    assert AuditRow.objects.filter(action="accounts.use_recovery_code").count() == 2


def test_new_recovery_codes_end_the_old_ones(user: User) -> None:
    with pytest.raises(Refusal, match="Ajoutez d’abord"):
        renew_recovery_codes(user, acting_user=user)
    added(user)
    old = unused_codes(factors_of(user).codes)
    new = renew_recovery_codes(user, acting_user=user)
    assert not set(old) & set(new)
    with pytest.raises(WrongCode):
        use_recovery_code(user, old[0], acting_user=user, address=HERE)
    assert AuditRow.objects.filter(action="accounts.renew_recovery_codes").exists()


# ---- passkeys: what a real browser does is a journey; here is what one must not
@pytest.mark.parametrize(
    "answer", [None, 0, "", "clé", [], {}, {"id": "a"}, {"id": "a", "rawId": "é", "response": {}, "type": "public-key"}]
)
def test_auth_04_no_answer_but_the_one_asked_for_adds_or_proves_a_passkey(enrolled: User, answer: Any) -> None:
    for session in ({}, {"mfa.webauthn.state": {"challenge": "AAAA", "user_verification": None}}):
        with pytest.raises(WrongPasskey):
            add_passkey(enrolled, acting_user=enrolled, name="Clé", credential=answer, session=dict(session))
        with pytest.raises(WrongPasskey):
            use_passkey(enrolled, answer, session=dict(session))
    assert not factors_of(enrolled).passkeys


@pytest.mark.parametrize(
    ("site", "host"),
    [
        ("https://navette.test", "navette.test"),
        ("http://127.0.0.1:8100", "localhost"),
        ("http://[::1]:80", "localhost"),
    ],
)
def test_passkeys_belong_to_the_site_s_own_address(user: User, settings: Settings, site: str, host: str) -> None:
    settings.SITE_URL = site
    assert ask_to_create(user, {})["publicKey"]["rp"] == {"id": host, "name": "biblio.gironde"}


@pytest.mark.parametrize("name", ["", "   ", "a" * 61])
def test_a_passkey_wants_a_short_name(enrolled: User, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        add_passkey(enrolled, acting_user=enrolled, name=name, credential={}, session={})
    assert refusal.value.field == "name"


def test_an_account_has_ten_passkeys_at_most(user: User) -> None:
    for number in range(MOST_PASSKEYS):
        Authenticator.objects.create(user=user, type="webauthn", data={"name": str(number), "credential": {}})
    with pytest.raises(Refusal, match="déjà dix"):
        add_passkey(user, acting_user=user, name="Onze", credential={}, session={})


# ---- taking away
def test_auth_04_staff_keep_one_and_others_need_none(portal: Portal) -> None:
    member, reader = factories.staff(), factories.UserFactory()
    only = factories.enrol(member).pk
    with pytest.raises(Refusal, match="L’équipe départementale"):
        remove_factor(member, acting_user=member, factor_id=only)
    passkey = Authenticator.objects.create(user=member, type="webauthn", data={"name": "Clé", "credential": {}})
    remove_factor(member, acting_user=member, factor_id=only)
    with pytest.raises(Refusal, match="L’équipe départementale"):
        remove_factor(member, acting_user=member, factor_id=passkey.pk)
    added(reader)
    remove_factor(reader, acting_user=reader, factor_id=factors_of(reader).application.pk)
    assert not Authenticator.objects.filter(user=reader).exists(), "recovery codes alone stay behind"
    assert OutgoingMail.objects.filter(kind="second_factor_removed").count() == 2


def test_another_s_factor_and_one_that_is_gone_are_not_there_to_remove(enrolled: User) -> None:
    theirs = factories.enrol(factories.UserFactory()).pk
    for pk in (theirs, 0, 2**31):
        with pytest.raises(Refusal, match="n’existe plus"):
            remove_factor(enrolled, acting_user=enrolled, factor_id=pk)
    assert Authenticator.objects.filter(pk=theirs).exists()


@pytest.mark.parametrize("role", [StaffRoleName.DIGITAL, StaffRoleName.TERRITORY])
def test_auth_04_only_administrators_reset_a_colleague_s(portal: Portal, role: str) -> None:
    colleague = factories.staff()
    with pytest.raises(NotAllowed):
        reset_second_factor(colleague, acting_user=factories.staff(role))
    with pytest.raises(NotAllowed):
        reset_second_factor(colleague, acting_user=factories.library_account(factories.LibraryFactory()))
    assert has_second_factor(colleague)


def test_auth_04_nobody_resets_their_own(portal: Portal) -> None:
    member = factories.staff()
    with pytest.raises(NotAllowed, match="collègue"):
        reset_second_factor(member, acting_user=member)
    assert has_second_factor(member)


def test_auth_04_a_reset_takes_all_away_once_and_is_told(portal: Portal) -> None:
    member, admin = factories.staff(), factories.staff()
    factor = factories.enrol(member)
    assert still_has(member, factor.pk)
    reset_second_factor(member, acting_user=admin)
    assert not still_has(member, factor.pk)
    assert not has_second_factor(member)
    with pytest.raises(Refusal, match="n’a pas"):
        reset_second_factor(member, acting_user=admin)
    row = AuditRow.objects.get(action="accounts.reset_second_factor")
    assert (row.actor_id, row.object_id) == (admin.pk, member.pk)
    assert OutgoingMail.objects.get(kind="second_factor_reset").to_email == member.email


def test_the_system_resets_a_reader_s(enrolled: User) -> None:
    assert enrolled.kind == Kind.READER
    reset_second_factor(enrolled, acting_user=SYSTEM)
    assert not has_second_factor(enrolled)
