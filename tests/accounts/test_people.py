"""The département's staff: who opens and closes their accounts, and that one administrator always stays."""

from collections.abc import Callable

import pytest

from navette.accounts.models import Kind, StaffRole, User
from navette.accounts.people import change_member, create_member, set_member_active
from navette.accounts.roles import StaffRoleName
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.mail.models import OutgoingMail
from tests import factories
from tests.at_once import all_at_once
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")
ADMIN, DIGITAL, TERRITORY = StaffRoleName.ADMINISTRATOR, StaffRoleName.DIGITAL, StaffRoleName.TERRITORY


def roles(user: User) -> set[str]:
    return set(StaffRole.objects.filter(user=user).values_list("role", flat=True))


def test_only_administrators_manage_the_staff() -> None:
    somebody = factories.staff(DIGITAL)
    for actor in (somebody, factories.staff(TERRITORY), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(NotAllowed):
            create_member(acting_user=actor, name="Ève", email="eve@example.org", roles=[ADMIN])
        with pytest.raises(NotAllowed):
            change_member(somebody, acting_user=actor, name="Ève", roles=[ADMIN])
        with pytest.raises(NotAllowed):
            set_member_active(factories.staff(), acting_user=actor, active=False)
    assert roles(somebody) == {DIGITAL}
    assert not AuditRow.objects.exists()


def test_a_new_member_is_invited_and_has_no_password_until_they_choose_one() -> None:
    user = create_member(
        acting_user=factories.staff(), name="Ève  Marchand", email="Eve@Example.org", roles=[DIGITAL, TERRITORY]
    )
    assert (user.kind, user.name, user.identifier) == (Kind.STAFF, "Ève Marchand", "eve@example.org")
    assert not user.has_usable_password()
    assert user.invited_at is not None
    assert roles(user) == {DIGITAL, TERRITORY}
    assert OutgoingMail.objects.get().to_email == "eve@example.org"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "pas une adresse"}, "email"),
        ({"email": ""}, "email"),
        ({"name": "  "}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["king"]}, "roles"),
    ],
)
def test_a_value_that_can_not_be_names_its_field(values: dict[str, object], field: str) -> None:
    given = {"name": "Ève", "email": "eve@example.org", "roles": [DIGITAL]} | values
    with pytest.raises(Invalid) as refusal:
        create_member(acting_user=factories.staff(), **given)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert not OutgoingMail.objects.exists()


def test_an_address_serves_one_account() -> None:
    reader = factories.UserFactory()
    with pytest.raises(Invalid) as refusal:
        create_member(acting_user=factories.staff(), name="Ève", email=reader.email.upper(), roles=[DIGITAL])
    assert refusal.value.field == "email"


def test_roles_become_exactly_those_given() -> None:
    actor, user = factories.staff(), factories.staff(DIGITAL)
    change_member(user, acting_user=actor, name="Autre Nom", roles=[TERRITORY, ADMIN])
    assert roles(user) == {TERRITORY, ADMIN}
    row = AuditRow.objects.get()
    assert (row.action, row.detail) == (
        "accounts.change_roles",
        {"before": ["digital"], "roles": sorted([TERRITORY, ADMIN])},
    )
    assert User.objects.get(pk=user.pk).name == "Autre Nom"


def test_nobody_takes_the_administrators_role_from_themselves_nor_closes_their_account() -> None:
    actor = factories.staff()
    factories.staff()
    with pytest.raises(NotAllowed):
        change_member(actor, acting_user=actor, name=actor.name, roles=[DIGITAL])
    with pytest.raises(NotAllowed):
        set_member_active(actor, acting_user=actor, active=False)
    change_member(actor, acting_user=actor, name=actor.name, roles=[ADMIN, DIGITAL])
    assert roles(actor) == {ADMIN, DIGITAL}


def test_one_active_administrator_stays() -> None:
    actor, last = factories.staff(), factories.staff()
    User.objects.filter(pk=actor.pk).update(is_active=False)  # meanwhile: the actor's own copy does not know
    with pytest.raises(Refusal):
        change_member(last, acting_user=actor, name=last.name, roles=[DIGITAL])
    with pytest.raises(Refusal):
        set_member_active(last, acting_user=actor, active=False)
    assert roles(last) == {ADMIN}
    assert User.objects.get(pk=last.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_administrators_who_remove_each_other_at_once_leave_one() -> None:
    people = [factories.staff() for _n in range(4)]

    def work(n: int) -> Callable[[], None]:
        def remove() -> None:
            change_member(people[(n + 1) % 4], acting_user=people[n], name="Une personne", roles=[DIGITAL])

        return remove

    refused = all_at_once([work(n) for n in range(4)])
    assert len(refused) >= 1
    assert StaffRole.objects.filter(role=ADMIN).count() >= 1


def test_a_closed_account_is_out_at_once_and_can_come_back() -> None:
    actor, user = factories.staff(), factories.staff(DIGITAL)
    client = client_of(user)
    assert client.get("/console/").status_code == 200
    set_member_active(user, acting_user=actor, active=False)
    assert client.get("/console/").status_code == 302
    with pytest.raises(Refusal):
        set_member_active(user, acting_user=actor, active=False)
    assert set_member_active(user, acting_user=actor, active=True).is_active
    assert [row.action for row in AuditRow.objects.order_by("pk")] == ["accounts.deactivate", "accounts.reactivate"]
