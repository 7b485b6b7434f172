"""E1, SUB-08: who works for a library, who decides that, and that a manager is left."""

from collections.abc import Callable

import pytest

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.libraries.accounts import (
    admit,
    change_profile,
    create_shared_account,
    edit_librarian,
    free_identifier,
    invite_again,
    set_professional_active,
    withdraw,
)
from navette.libraries.models import Library, Membership, Profile
from navette.mail.models import OutgoingMail
from tests import factories
from tests.at_once import all_at_once
from tests.factories import officer_of

pytestmark = pytest.mark.usefixtures("portal")


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory(name="Sauveterre")


def librarian(library: Library, profile: str = Profile.MANAGER) -> Membership:
    return factories.MembershipFactory(
        library=library, user=factories.UserFactory(kind=Kind.LIBRARIAN), profile=profile
    )


def admitted(library: Library, actor: User, email: str = "ines@example.org", **values: str) -> Membership:
    given = {"name": "Inès Caradec", "profile": Profile.VIEWER} | values
    return admit(library, acting_user=actor, email=email, **given)


# ---- who may
def test_sub_08_neither_viewers_nor_other_libraries_nor_other_officers_touch_a_librarys_people(
    library: Library,
) -> None:
    place = librarian(library, Profile.VIEWER)
    elsewhere = factories.LibraryFactory()
    for actor in (
        place.user,
        factories.library_account(elsewhere),
        officer_of(elsewhere),
        factories.UserFactory(kind=Kind.STAFF),
        factories.UserFactory(),
    ):
        with pytest.raises(NotAllowed):
            admitted(library, actor)
        with pytest.raises(NotAllowed):
            change_profile(place, acting_user=actor, profile=Profile.MANAGER)
        with pytest.raises(NotAllowed):
            withdraw(place, acting_user=actor)
        with pytest.raises(NotAllowed):
            create_shared_account(library, acting_user=actor, identifier="Sauveterre")
        with pytest.raises(NotAllowed):
            set_professional_active(place.user, acting_user=actor, active=False)
        with pytest.raises(NotAllowed):
            invite_again(place.user, acting_user=actor, library=library)
        with pytest.raises(NotAllowed):
            edit_librarian(place.user, acting_user=actor, name="Moi", email="moi@example.org")
    assert Membership.objects.get(pk=place.pk).profile == Profile.VIEWER
    assert not AuditRow.objects.exists()


def test_a_manager_manages_places_and_never_accounts(library: Library) -> None:
    manager, place = librarian(library).user, librarian(library, Profile.VIEWER)
    assert change_profile(place, acting_user=manager, profile=Profile.MANAGER).profile == Profile.MANAGER
    with pytest.raises(NotAllowed):
        set_professional_active(place.user, acting_user=manager, active=False)
    with pytest.raises(NotAllowed):
        edit_librarian(place.user, acting_user=manager, name="Autre", email="autre@example.org")
    with pytest.raises(NotAllowed):
        create_shared_account(library, acting_user=manager, identifier="Sauveterre")


def test_an_officer_disposes_of_an_account_only_where_all_its_libraries_are_theirs(library: Library) -> None:
    officer, place = officer_of(library), librarian(library)
    elsewhere = factories.MembershipFactory(library=factories.LibraryFactory(), user=place.user)
    with pytest.raises(NotAllowed):
        set_professional_active(place.user, acting_user=officer, active=False)
    elsewhere.delete()
    assert not set_professional_active(place.user, acting_user=officer, active=False).is_active
    place.delete()
    with pytest.raises(NotAllowed):  # it works nowhere: it is nobody's of this territory
        set_professional_active(User.objects.get(pk=place.user_id), acting_user=officer, active=True)
    assert set_professional_active(
        User.objects.get(pk=place.user_id), acting_user=factories.staff(StaffRoleName.DIGITAL), active=True
    ).is_active


# ---- coming
def test_e1_a_new_colleague_is_invited_by_mail(library: Library) -> None:
    place = admitted(library, librarian(library).user)
    assert (place.user.kind, place.user.identifier, place.profile) == (
        Kind.LIBRARIAN,
        "ines@example.org",
        Profile.VIEWER,
    )
    assert not place.user.has_usable_password()
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("invitation", "ines@example.org")


def test_e1_somebody_who_has_an_account_gets_one_more_place_and_is_told(library: Library) -> None:
    known = librarian(factories.LibraryFactory()).user
    place = admitted(library, librarian(library).user, known.email.upper(), name="Un autre nom")
    assert place.user == known
    assert known.memberships.count() == 2
    assert User.objects.get(pk=known.pk).name == known.name
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("access_given", known.email)
    with pytest.raises(Invalid):
        admitted(library, librarian(library).user, known.email)


def test_an_address_of_another_kind_or_of_a_closed_account_does_not_serve(library: Library) -> None:
    manager = librarian(library).user
    closed = factories.UserFactory(kind=Kind.LIBRARIAN, is_active=False)
    for user in (factories.UserFactory(), factories.staff(), closed):
        with pytest.raises(Invalid) as refusal:
            admitted(library, manager, user.email)
        assert refusal.value.field == "email"
    with pytest.raises(Invalid):
        admitted(library, manager, profile="king")
    with pytest.raises(Invalid):
        admitted(library, manager, "pas une adresse")
    assert not OutgoingMail.objects.exists()


def test_nobody_comes_to_a_library_that_has_left(library: Library) -> None:
    Library.objects.filter(pk=library.pk).update(closed_at=clock.now(), is_open=False)
    with pytest.raises(Refusal):
        admitted(library, factories.staff())


# ---- changing and going
def test_e1_the_last_manager_neither_goes_nor_steps_down(library: Library) -> None:
    place = librarian(library)
    librarian(library, Profile.VIEWER)
    idle = librarian(library)
    User.objects.filter(pk=idle.user_id).update(is_active=False)
    with pytest.raises(Refusal):
        withdraw(place, acting_user=place.user)
    with pytest.raises(Refusal):
        change_profile(place, acting_user=place.user, profile=Profile.VIEWER)
    assert Membership.objects.get(pk=place.pk).profile == Profile.MANAGER
    withdraw(place, acting_user=factories.staff())  # who can give the library another one
    assert not Membership.objects.filter(pk=place.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_managers_who_withdraw_each_other_at_once_leave_one() -> None:
    factories.portal()
    library = factories.LibraryFactory()
    places = [librarian(library) for _n in range(4)]

    def work(n: int) -> Callable[[], None]:
        return lambda: withdraw(places[(n + 1) % 4], acting_user=places[n].user)

    refused = all_at_once([work(n) for n in range(4)])
    assert len(refused) >= 1
    assert library.memberships.count() >= 1


def test_a_second_click_finds_nobody(library: Library) -> None:
    place, actor = librarian(library), factories.staff()
    withdraw(place, acting_user=actor)
    with pytest.raises(Refusal):
        withdraw(place, acting_user=actor)
    with pytest.raises(Refusal):
        change_profile(place, acting_user=actor, profile=Profile.VIEWER)
    with pytest.raises(Refusal):
        invite_again(place.user, acting_user=actor, library=library)
    assert AuditRow.objects.count() == 1


# ---- the shared account
def test_the_library_chooses_the_password_of_its_shared_account_by_its_own_mail(library: Library) -> None:
    user = create_shared_account(library, acting_user=officer_of(library), identifier="Sauveterre")
    assert (user.kind, user.identifier, user.email) == (Kind.LIBRARY, "sauveterre", "")
    assert user.memberships.get().profile == Profile.MANAGER
    mail = OutgoingMail.objects.get()
    assert (mail.to_email, mail.kind) == (library.email, "shared_account_invitation")
    assert "Sauveterre" in mail.body
    with pytest.raises(Refusal):
        create_shared_account(library, acting_user=factories.staff(), identifier="Sauveterre bis")


def test_a_shared_account_is_not_a_colleagues_to_take_away(library: Library) -> None:
    shared = Membership.objects.get(user=factories.library_account(library))
    manager = librarian(library).user
    with pytest.raises(NotAllowed):
        withdraw(shared, acting_user=manager)
    with pytest.raises(NotAllowed):
        change_profile(shared, acting_user=manager, profile=Profile.VIEWER)
    with pytest.raises(NotAllowed):
        invite_again(shared.user, acting_user=manager, library=library)
    change_profile(shared, acting_user=officer_of(library), profile=Profile.VIEWER)


def test_where_everybody_has_their_own_account_there_is_no_shared_one(library: Library) -> None:
    factories.portal("valdoise")
    with pytest.raises(Refusal):
        create_shared_account(library, acting_user=factories.staff(), identifier="Sauveterre")


def test_an_identifier_is_one_librarys(library: Library) -> None:
    create_shared_account(library, acting_user=factories.staff(), identifier=free_identifier(library))
    twin = factories.LibraryFactory(name="SAUVETERRE", postcode="33540")
    assert free_identifier(twin) == "SAUVETERRE 33540"
    for wrong in ("Sauveterre", "", "a@example.org", "x" * 300):
        with pytest.raises(Invalid) as refusal:
            create_shared_account(twin, acting_user=factories.staff(), identifier=wrong)
        assert refusal.value.field == "identifier"


# ---- the account
def test_a_librarians_new_mail_is_what_they_log_in_by(library: Library) -> None:
    user = librarian(library).user
    fresh = edit_librarian(user, acting_user=officer_of(library), name=user.name, email="Neuve@Example.org")
    assert (fresh.identifier, fresh.email, fresh.email_confirmed_at) == ("neuve@example.org", "neuve@example.org", None)
    with pytest.raises(Invalid):
        edit_librarian(fresh, acting_user=factories.staff(), name="x", email=factories.UserFactory().email)
    assert AuditRow.objects.get().detail == {"fields": ["email"]}
