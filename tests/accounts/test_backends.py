"""AUTH-02 and the login blocks: who is let in, and what roles permit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password

from navette.accounts.backends import IdentifierBackend
from navette.accounts.models import PROFESSIONAL_KINDS, Kind, StaffRole, User
from navette.accounts.queries import READER_KINDS, find_account, professional_kinds
from navette.accounts.roles import StaffRoleName
from tests import factories

pytestmark = pytest.mark.django_db


def let_in(identifier: str, password: str = factories.PASSWORD, kinds: frozenset[Kind] = frozenset(Kind)) -> object:
    return authenticate(None, identifier=identifier, password=password, kinds=kinds)


def test_refuses_what_is_not_right() -> None:
    user = factories.UserFactory(email="active@example.org")
    assert let_in("active@example.org", "faux") is None
    assert let_in("active@example.org", "") is None
    assert let_in("autre@example.org") is None
    assert let_in("") is None
    assert authenticate(None, identifier="active@example.org") is None
    assert let_in(" Active@Example.ORG ") == user


def test_refuses_a_deactivated_account_and_one_without_a_password() -> None:
    factories.UserFactory(email="parti@example.org", is_active=False)
    factories.UserFactory(email="jamais@example.org", password=make_password(None))
    assert let_in("parti@example.org") is None
    assert let_in("jamais@example.org") is None


@pytest.mark.parametrize("kind", [Kind.LIBRARY, Kind.LIBRARIAN, Kind.STAFF])
def test_each_block_lets_in_its_own_kinds(kind: Kind) -> None:
    pro = factories.UserFactory(kind=kind, email="pro@example.org")
    reader = factories.UserFactory(email="lecteur@example.org")
    assert let_in("pro@example.org", kinds=READER_KINDS) is None
    assert let_in("lecteur@example.org", kinds=PROFESSIONAL_KINDS) is None
    assert let_in("pro@example.org", kinds=PROFESSIONAL_KINDS) == pro
    assert let_in("lecteur@example.org", kinds=READER_KINDS) == reader


def test_where_only_individual_accounts_come_in_a_shared_one_does_not() -> None:
    """profiles.md, valdoise: whatever block or caller asks."""
    factories.UserFactory(kind=Kind.LIBRARY, name="Marines", email="")
    assert let_in("Marines") is not None
    portal = factories.portal("valdoise")
    assert let_in("Marines") is None
    assert Kind.LIBRARY not in professional_kinds(portal)


@pytest.mark.parametrize("typed", ["Saint-Médard-d’Eyrans", "SAINT MEDARD D'EYRANS", "saint-medard  d eyrans"])
def test_a_commune_is_known_however_it_is_typed(typed: str) -> None:
    user = factories.UserFactory(kind=Kind.LIBRARY, name="Saint-Médard-d'Eyrans", email="")
    assert let_in(typed) == user


HOSTILE = [
    "\0",
    "a\0b@example.org",
    "x" * 100_000,
    "\ud800",
    "ﷺ" * 2_000,
    "\u202egro.elpmaxe@evitca",
    "💥" * 300,
    "' OR 1=1 --",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused_without_a_fault(text: str) -> None:
    factories.UserFactory(email="active@example.org")
    assert let_in(text) is None
    assert let_in("active@example.org", text) is None
    assert find_account(text, frozenset(Kind)) is None


@pytest.mark.parametrize("identifier", ["active@example.org", "personne@example.org", "jamais@example.org", "\0"])
@pytest.mark.parametrize("password", ["Faux-Mot-9", "\0", "x" * 100_000])
def test_every_refusal_costs_one_hash(monkeypatch: pytest.MonkeyPatch, identifier: str, password: str) -> None:
    """The time of the answer tells nobody whether the account exists, or has a password."""
    factories.UserFactory(email="active@example.org")
    factories.UserFactory(email="jamais@example.org", password=make_password(None))
    work: list[str] = []
    for name in ("encode", "verify"):
        monkeypatch.setattr(Argon2PasswordHasher, name, counted(getattr(Argon2PasswordHasher, name), work))
    assert let_in(identifier, password) is None
    assert len(work) == 1


def counted(method: Callable[..., Any], work: list[str]) -> Callable[..., Any]:
    def call(self: Argon2PasswordHasher, *args: Any) -> Any:
        work.append(method.__name__)
        return method(self, *args)

    return call


def test_a_session_of_a_deactivated_account_finds_nobody() -> None:
    user = factories.UserFactory()
    assert IdentifierBackend().get_user(user.pk) == user
    User.objects.update(is_active=False)
    assert IdentifierBackend().get_user(user.pk) is None


# ---- permissions
def test_roles_of_the_staff_permit_what_the_table_says() -> None:
    territory = factories.staff(StaffRoleName.TERRITORY)
    digital = factories.staff(StaffRoleName.DIGITAL)
    assert digital.has_perm("subscriptions.move")
    assert not territory.has_perm("subscriptions.move")
    assert territory.has_perm("subscriptions.view")
    assert not digital.has_perm("subscriptions.decide")
    assert not digital.has_perm("anything.else")


def test_an_officer_s_role_counts_in_their_own_territories_only() -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    own = factories.LibraryFactory(territory__officer=officer)
    other = factories.LibraryFactory(territory__officer=factories.staff(StaffRoleName.TERRITORY))
    for perm in ("subscriptions.view", "subscriptions.remind_library"):
        assert officer.has_perm(perm)
        assert officer.has_perm(perm, own)
        assert not officer.has_perm(perm, other)
    assert not officer.has_perm("subscriptions.edit", own)
    assert factories.staff(StaffRoleName.DIGITAL).has_perm("subscriptions.remind_library", other)
    # Looking after a territory without the role permits nothing.
    officer.staff_roles.all().delete()
    assert not User.objects.get(pk=officer.pk).has_perm("subscriptions.view", own)


def test_nobody_else_holds_a_role_s_permissions() -> None:
    for kind in (Kind.READER, Kind.LIBRARY, Kind.LIBRARIAN):
        user = factories.UserFactory(kind=kind)
        StaffRole.objects.create(user=user, role=StaffRoleName.ADMINISTRATOR)
        assert not user.has_perm("subscriptions.view"), kind


def test_a_role_taken_away_or_an_account_closed_permits_nothing_at_once() -> None:
    """AUTH-03: permissions are read with the user of each request."""
    user = factories.staff(StaffRoleName.DIGITAL)
    assert user.has_perm("subscriptions.move")
    user.staff_roles.all().delete()
    assert not User.objects.get(pk=user.pk).has_perm("subscriptions.move")
    closed = factories.staff()
    closed.is_active = False
    assert not closed.has_perm("subscriptions.move")
