"""AUTH-05: inviting people to choose their first password, and a new link for one whose hour is over."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.urls import resolve

from navette.accounts.actions import choose_password, invite, invite_many, renew_link, user_of_late_link, user_of_link
from navette.accounts.errors import LinkIsOver
from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.accounts.throttle import TooManyAttempts
from navette.core import clock
from navette.core.actors import SYSTEM, VISITOR
from navette.core.errors import NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.libraries.models import Profile
from navette.mail.models import OutgoingMail
from tests import factories

pytestmark = pytest.mark.usefixtures("portal")
NEW = "Camion jaune, 3 radis"
LATER = dt.timedelta(minutes=61)


def invited(kind: str = Kind.LIBRARIAN, **more: object) -> User:
    return factories.UserFactory(kind=kind, password=make_password(None), **more)


def link_of(mail: OutgoingMail) -> tuple[str, str]:
    kwargs = resolve(mail.button_url.removeprefix("https://navette.test")).kwargs
    return kwargs["uidb64"], kwargs["token"]


def mailed_link() -> tuple[str, str]:
    return link_of(OutgoingMail.objects.latest("pk"))


# ---- inviting
@pytest.mark.parametrize("kind", [Kind.STAFF, Kind.READER])
def test_who_may_not_manage_accounts_invites_nobody(kind: str) -> None:
    user = invited(kind)
    for actor in (
        VISITOR,
        factories.staff(StaffRoleName.TERRITORY),
        factories.library_account(factories.LibraryFactory()),
    ):
        with pytest.raises(NotAllowed):
            invite(user, acting_user=actor)
        with pytest.raises(NotAllowed):
            invite_many([user], acting_user=actor)
    assert not OutgoingMail.objects.exists()


def test_a_manager_invites_into_their_own_library_only() -> None:
    mine, other = factories.LibraryFactory(), factories.LibraryFactory()
    manager, viewer = factories.library_account(mine), factories.library_account(mine, Profile.VIEWER)
    for actor, library in ((manager, other), (manager, None), (viewer, mine)):
        with pytest.raises(NotAllowed):
            invite(invited(), acting_user=actor, about=library)
    user = invite(invited(), acting_user=manager, about=mine)
    assert user.invited_at is not None
    assert manager.name in OutgoingMail.objects.get().body


def test_who_has_a_password_no_address_or_a_closed_account_is_not_invited() -> None:
    for user in (
        factories.UserFactory(kind=Kind.LIBRARIAN),
        invited(Kind.LIBRARY, email="", identifier="sauveterre"),
        invited(is_active=False),
    ):
        with pytest.raises(Refusal):
            invite(user, acting_user=SYSTEM)
        assert invite_many([user], acting_user=SYSTEM) == 0
    assert not OutgoingMail.objects.exists()


def test_auth_05_an_invitation_names_who_invites_and_lets_choose_a_password_once() -> None:
    admin = factories.staff()
    user = invite(invited(identifier="gestion.marines", email="g@example.org"), acting_user=admin)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("invitation", "g@example.org")
    assert admin.name in mail.body
    assert "gestion.marines" in mail.body
    assert AuditRow.objects.get().action == "accounts.invite"
    choose_password(*mailed_link(), NEW)
    assert User.objects.get(pk=user.pk).check_password(NEW)
    with pytest.raises(LinkIsOver):
        user_of_link(*link_of(mail))


def test_one_account_is_invited_three_times_an_hour() -> None:
    user, admin = invited(), factories.staff()
    for _turn in range(3):
        invite(user, acting_user=admin)
    with pytest.raises(TooManyAttempts):
        invite(user, acting_user=admin)


def test_readers_are_invited_in_waves_by_the_departement() -> None:
    readers = [invited(Kind.READER) for _turn in range(3)]
    assert invite_many([*readers, factories.UserFactory()], acting_user=factories.staff()) == 3
    mails = list(OutgoingMail.objects.filter(kind="invitation"))
    assert {mail.to_email for mail in mails} == {user.email for user in readers}
    assert all("Département de la Gironde" in mail.body or "Gironde" in mail.body for mail in mails)
    assert AuditRow.objects.filter(action="accounts.invite").count() == 3
    assert User.objects.filter(invited_at=None, pk__in=[user.pk for user in readers]).count() == 0


# ---- a link whose hour is over
def test_auth_05_a_late_link_brings_a_new_one_in_one_click() -> None:
    user = invite(invited(), acting_user=SYSTEM)
    late = mailed_link()
    with time_machine.travel(clock.now() + LATER):
        with pytest.raises(LinkIsOver):
            user_of_link(*late)
        assert renew_link(*late) == user
        assert OutgoingMail.objects.latest("pk").kind == "password_link"
        choose_password(*mailed_link(), NEW)
        with pytest.raises(LinkIsOver):
            renew_link(*late)
        assert user_of_late_link(*late) is None


def test_auth_05_a_link_that_is_no_good_or_still_good_brings_none() -> None:
    user = invite(invited(), acting_user=SYSTEM)
    uid, token = mailed_link()
    count = OutgoingMail.objects.count()
    moment, mark = token.split("-")
    for link in (
        (uid, token),
        (uid, f"{moment}-{mark[::-1]}"),
        (uid, "a-b-c"),
        (uid, ""),
        ("!!", token),
        (uid, "é-\0"),
    ):
        with pytest.raises(LinkIsOver):
            renew_link(*link)
    with time_machine.travel(clock.now() + LATER):
        for link in ((uid, f"{moment}x-{mark}"), (uid, f"{moment}-{mark[::-1]}")):
            with pytest.raises(LinkIsOver):
                renew_link(*link)
        User.objects.filter(pk=user.pk).update(is_active=False)
        with pytest.raises(LinkIsOver):
            renew_link(uid, token)
    assert OutgoingMail.objects.count() == count


def test_auth_02_a_late_link_brings_three_an_hour() -> None:
    invite(invited(), acting_user=SYSTEM)
    late = mailed_link()
    with time_machine.travel(clock.now() + LATER):
        for _turn in range(3):
            renew_link(*late)
        with pytest.raises(TooManyAttempts):
            renew_link(*late)
