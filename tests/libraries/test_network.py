"""What the département changes of its network: who may, what is refused, what stays."""

from dataclasses import replace
from decimal import Decimal

import pytest

from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.libraries.models import Library, Profile, Territory
from navette.libraries.network import (
    Record,
    change_territory,
    create_library,
    create_territory,
    delete_territory,
    edit_library,
)
from tests import factories
from tests.factories import officer_of

pytestmark = pytest.mark.django_db


def record_of(library: Library) -> Record:
    """Return the record of `library` as it stands."""
    return Record(**{name: getattr(library, name) for name in Record.__dataclass_fields__})


def new_record(**values: object) -> Record:
    given = {
        "name": "L’Île-aux-Livres",
        "commune": "L’Île-aux-Livres",
        "insee_code": "33999",
        "territory": factories.TerritoryFactory(),
        "email": "ile@example.org",
        "postcode": "33999",
    }
    return Record(**given | values)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", [StaffRoleName.DIGITAL, StaffRoleName.TERRITORY])
def test_only_administrators_create_libraries_and_territories(role: str) -> None:
    for actor in (factories.staff(role), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(NotAllowed):
            create_library(acting_user=actor, record=new_record())
        with pytest.raises(NotAllowed):
            create_territory(acting_user=actor, name="Le Causse", officer=None)
        with pytest.raises(NotAllowed):
            change_territory(factories.TerritoryFactory(), acting_user=actor, name="Le Causse", officer=None)
        with pytest.raises(NotAllowed):
            delete_territory(factories.TerritoryFactory(), acting_user=actor)
    assert not AuditRow.objects.exists()


def test_a_library_gets_an_address_of_its_own() -> None:
    actor = factories.staff()
    first = create_library(acting_user=actor, record=new_record())
    second = create_library(acting_user=actor, record=new_record(name="L'île aux livres"))
    assert (first.slug, second.slug) == ("l-ile-aux-livres", "l-ile-aux-livres-2")
    assert AuditRow.objects.filter(action="libraries.create").count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"insee_code": "3399"}, "insee_code"),
        ({"postcode": "bordeaux"}, "postcode"),
        ({"email": "not a mail"}, "email"),
        ({"latitude": Decimal("44.6")}, "latitude"),
        ({"name": ""}, "name"),
    ],
)
def test_a_value_that_can_not_be_names_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_library(acting_user=factories.staff(), record=new_record(**values))
    assert refusal.value.field == field
    assert not Library.objects.exists()


def test_two_libraries_never_bear_one_name() -> None:
    actor, taken = factories.staff(), factories.LibraryFactory()
    with pytest.raises(Invalid) as refusal:
        create_library(acting_user=actor, record=new_record(name=taken.name))
    assert refusal.value.field == "name"
    other = factories.LibraryFactory()
    with pytest.raises(Invalid):
        edit_library(other, acting_user=actor, record=replace(record_of(other), name=taken.name))
    assert Library.objects.get(pk=other.pk).name == other.name


def test_renaming_a_library_keeps_the_address_of_its_page() -> None:
    library = factories.LibraryFactory(slug="imprimee")
    fresh = edit_library(library, acting_user=factories.staff(), record=replace(record_of(library), name="Autre-Nom"))
    assert (fresh.name, fresh.slug) == ("Autre-Nom", "imprimee")
    assert AuditRow.objects.get().detail == {"fields": ["name"]}


def test_sub_08_an_officer_edits_their_own_libraries_and_not_what_says_which_they_are() -> None:
    own, elsewhere = factories.LibraryFactory(), factories.LibraryFactory()
    officer = officer_of(own)
    fresh = edit_library(own, acting_user=officer, record=replace(record_of(own), email="neuf@example.org"))
    assert fresh.email == "neuf@example.org"
    for change in ({"name": "À moi"}, {"territory": elsewhere.territory}, {"insee_code": "33001"}):
        with pytest.raises(NotAllowed):
            edit_library(own, acting_user=officer, record=replace(record_of(fresh), **change))
    with pytest.raises(NotAllowed):
        edit_library(elsewhere, acting_user=officer, record=replace(record_of(elsewhere), email="x@example.org"))


def test_a_library_does_not_change_its_record_itself() -> None:
    library = factories.LibraryFactory()
    for profile in (Profile.MANAGER, Profile.VIEWER):
        with pytest.raises(NotAllowed):
            edit_library(
                library,
                acting_user=factories.library_account(library, profile),
                record=replace(record_of(library), email="x@example.org"),
            )


def test_a_closed_library_does_not_change_and_nothing_changed_is_not_written_down() -> None:
    closed = factories.LibraryFactory(closed_at=clock.now(), is_open=False)
    with pytest.raises(Refusal):
        edit_library(closed, acting_user=factories.staff(), record=replace(record_of(closed), phone="01"))
    library = factories.LibraryFactory()
    edit_library(library, acting_user=factories.staff(), record=record_of(library))
    assert not AuditRow.objects.exists()


def test_a_territory_is_given_to_an_officer_and_to_nobody_else() -> None:
    actor, officer = factories.staff(), factories.staff(StaffRoleName.TERRITORY)
    territory = create_territory(acting_user=actor, name="Le Causse", officer=officer)
    for other in (factories.staff(StaffRoleName.DIGITAL), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(Invalid) as refusal:
            change_territory(territory, acting_user=actor, name="Le Causse", officer=other)
        assert refusal.value.field == "officer"
    fresh = change_territory(territory, acting_user=actor, name="Les Causses", officer=None)
    assert (fresh.name, fresh.officer) == ("Les Causses", None)
    row = AuditRow.objects.get(action="libraries.change_territory")
    assert row.detail == {"officer": None, "former_officer": officer.pk}
    with pytest.raises(Invalid):
        create_territory(acting_user=actor, name="Les Causses", officer=None)


def test_a_territory_is_deleted_only_when_no_library_is_left() -> None:
    actor, library = factories.staff(), factories.LibraryFactory()
    with pytest.raises(Refusal):
        delete_territory(library.territory, acting_user=actor)
    empty = factories.TerritoryFactory()
    delete_territory(empty, acting_user=actor)
    assert list(Territory.objects.all()) == [library.territory]
    assert [row.action for row in AuditRow.objects.all()] == ["libraries.delete_territory"]
