"""The network and its people: libraries, territories, accounts, the staff, the audit log, the console's search."""

from typing import Any

from navette.accounts.models import Kind, StaffRole, User
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.models import AuditRow, audit_row
from navette.libraries.accounts import admit, create_shared_account
from navette.libraries.models import Membership, Profile
from navette.lifecycle.merging import merge_libraries
from tests import factories
from tests.architecture.areas import Area, Values

TABLE = """
#                            anonymous
#                            |    readers: pending, active, refused, expired
#                            |    |                   libraries: viewer, manager, other
#                            |    |                   |              staff: administrator, digital, territory, no role
console:libraries          GET  in   403  403  403  403  403  403  403  200  200  200  403
console:libraries          POST 405  405  405  405  405  405  405  405  405  405  405  405
console:libraries_export   GET  in   403  403  403  403  403  403  403  200  200  200  403
console:libraries_export   POST 405  405  405  405  405  405  405  405  405  405  405  405
console:library_new        GET  in   403  403  403  403  403  403  403  200  403  403  403
console:library_new        POST in   403  403  403  403  403  403  403  go   403  403  403
console:library            GET  in   403  403  403  403  403  403  403  200  200  200  403
console:library            POST in   403  403  403  403  403  403  403  go   go   go   403
console:library_merge      GET  in   403  403  403  403  403  403  403  200  403  403  403
console:library_merge      POST in   403  403  403  403  403  403  403  go   403  403  403
console:library_close      GET  in   403  403  403  403  403  403  403  200  403  403  403
console:library_close      POST in   403  403  403  403  403  403  403  go   403  403  403
console:library_reopen     GET  405  405  405  405  405  405  405  405  405  405  405  405
console:library_reopen     POST in   403  403  403  403  403  403  403  go   403  403  403
console:territories        GET  in   403  403  403  403  403  403  403  200  403  403  403
console:territories        POST 405  405  405  405  405  405  405  405  405  405  405  405
console:territory_new      GET  in   403  403  403  403  403  403  403  200  403  403  403
console:territory_new      POST in   403  403  403  403  403  403  403  go   403  403  403
console:territory          GET  in   403  403  403  403  403  403  403  200  403  403  403
console:territory          POST in   403  403  403  403  403  403  403  go   403  403  403
console:territory_delete   GET  405  405  405  405  405  405  405  405  405  405  405  405
console:territory_delete   POST in   403  403  403  403  403  403  403  go   403  403  403
console:accounts           GET  in   403  403  403  403  403  403  403  200  200  200  403
console:accounts           POST 405  405  405  405  405  405  405  405  405  405  405  405
console:account_new        GET  in   403  403  403  403  403  403  403  200  200  200  403
console:account_new        POST in   403  403  403  403  403  403  403  go   go   go   403
console:account_shared     GET  in   403  403  403  403  403  403  403  200  200  200  403
console:account_shared     POST in   403  403  403  403  403  403  403  go   go   go   403
console:account            GET  in   403  403  403  403  403  403  403  200  200  200  403
console:account            POST in   403  403  403  403  403  403  403  go   go   go   403
console:operate_account    GET  405  405  405  405  405  405  405  405  405  405  405  405
console:operate_account    POST in   403  403  403  403  403  403  403  go   go   go   403
console:give_place         GET  405  405  405  405  405  405  405  405  405  405  405  405
console:give_place         POST in   403  403  403  403  403  403  403  go   go   go   403
console:place              GET  405  405  405  405  405  405  405  405  405  405  405  405
console:place              POST in   403  403  403  403  403  403  403  go   go   go   403
console:team               GET  in   403  403  403  403  403  403  403  200  403  403  403
console:team               POST 405  405  405  405  405  405  405  405  405  405  405  405
console:member_new         GET  in   403  403  403  403  403  403  403  200  403  403  403
console:member_new         POST in   403  403  403  403  403  403  403  go   403  403  403
console:member             GET  in   403  403  403  403  403  403  403  200  403  403  403
console:member             POST in   403  403  403  403  403  403  403  go   403  403  403
console:operate_member     GET  405  405  405  405  405  405  405  405  405  405  405  405
console:operate_member     POST in   403  403  403  403  403  403  403  go   403  403  403
console:journal            GET  in   403  403  403  403  403  403  403  200  403  403  403
console:journal            POST 405  405  405  405  405  405  405  405  405  405  405  405
console:journal_export     GET  in   403  403  403  403  403  403  403  200  403  403  403
console:journal_export     POST 405  405  405  405  405  405  405  405  405  405  405  405
console:search             GET  in   403  403  403  403  403  403  403  200  200  200  403
console:search             POST 405  405  405  405  405  405  405  405  405  405  405  405
pro:users                  GET  in   403  403  403  403  200  200  200  403  403  403  403
pro:users                  POST 405  405  405  405  405  405  405  405  405  405  405  405
pro:user_new               GET  in   403  403  403  403  403  200  200  403  403  403  403
pro:user_new               POST in   403  403  403  403  403  go   400  403  403  403  403
pro:user                   GET  405  405  405  405  405  405  405  405  405  405  405  405
pro:user                   POST in   403  403  403  403  403  go   404  404  404  404  403
"""


def prepare(world: Any) -> None:
    """Write a librarian of the world's library, an empty territory, a colleague and a closed library."""
    librarian = factories.UserFactory(kind=Kind.LIBRARIAN)
    world.people_area = {
        "place": Membership.objects.create(user=librarian, library=world.library, profile=Profile.VIEWER),
        "into": factories.LibraryFactory(territory=world.library.territory),
        "territory": factories.TerritoryFactory(),
        "colleague": factories.staff(),
        "closed": factories.LibraryFactory(closed_at=clock.now(), is_open=False),
    }
    audit_row(SYSTEM, "libraries.create", world.library).save()


def places(world: Any) -> Values:
    """Return the arguments of the area's addresses."""
    made = world.people_area
    library, account = {"pk": world.library.pk}, {"pk": made["place"].user_id}
    member, territory = {"pk": made["colleague"].pk}, {"pk": made["territory"].pk}
    return {
        "console:library": library,
        "console:library_merge": library,
        "console:library_close": library,
        "console:library_reopen": {"pk": made["closed"].pk},
        "console:territory": territory,
        "console:territory_delete": territory,
        "console:account": account,
        "console:operate_account": account,
        "console:give_place": account,
        "console:place": {"pk": made["place"].pk},
        "console:member": member,
        "console:operate_member": member,
        "pro:user": {"pk": made["place"].pk},
    }


def posts(world: Any) -> Values:
    """Return the area's forms, filled in well."""
    library, made = world.library, world.people_area
    record = {
        "name": library.name,
        "commune": library.commune,
        "insee_code": library.insee_code,
        "territory": library.territory_id,
        "email": "neuf@example.org",
        "postcode": library.postcode,
        "is_open": "on",
    }
    somebody = {"name": "Inès Caradec", "email": "ines@example.org", "profile": "viewer"}
    return {
        "console:library": record,
        "console:library_new": record | {"name": "L’Île-aux-Livres"},
        "console:library_merge": {"vers": made["into"].pk},
        "console:territory": {"name": "Le Causse"},
        "console:territory_new": {"name": "Le Causse"},
        "console:account": somebody,
        "console:account_new": somebody | {"library": library.pk},
        "console:account_shared": {"library": made["into"].pk},
        "console:operate_account": {"suite": "deactivate"},
        "console:give_place": {"library": made["into"].pk, "profile": "viewer"},
        "console:place": {"suite": "profile", "profile": "manager"},
        "console:member": {"name": "Autre Nom", "roles": ["digital"]},
        "console:member_new": {"name": "Inès Caradec", "email": "ines@example.org", "roles": ["digital"]},
        "console:operate_member": {"suite": "deactivate"},
        "pro:user": {"suite": "profile", "profile": "manager"},
        "pro:user_new": somebody | {"kind": "partenaire", "library": library.pk},
    }


def fill(world: Any, count: int) -> None:
    """Add `count` librarians to the world's library, as many staff, territories, libraries and rows of the log."""
    start = User.objects.count()
    names = [f"rang{start + n}@example.org" for n in range(count)]
    people = User.objects.bulk_create(
        User(identifier=name, email=name, name=f"Nom {name}", kind=Kind.LIBRARIAN, password="!") for name in names
    )
    Membership.objects.bulk_create(Membership(user=user, library=world.library) for user in people)
    staff = User.objects.bulk_create(
        User(identifier=f"e{name}", email=f"e{name}", name=f"Nom {name}", kind=Kind.STAFF, password="!")
        for name in names
    )
    StaffRole.objects.bulk_create(StaffRole(user=user, role="digital") for user in staff)
    for number in range(count):
        factories.TerritoryFactory(name=f"Territoire {start + number} du compte")
    AuditRow.objects.bulk_create(audit_row(world.people["administrator"], "accounts.admit", user) for user in people)
    audit_row(SYSTEM, "libraries.create", world.library).save()  # so that the newest page has both kinds


def give_access() -> None:
    """A librarian who has an account is given a second library."""
    known = factories.MembershipFactory(user=factories.UserFactory(kind="librarian")).user
    admit(
        factories.LibraryFactory(), acting_user=factories.staff(), name=known.name, email=known.email, profile="viewer"
    )


def open_shared_account() -> None:
    """A library gets an account that its team shares."""
    create_shared_account(factories.LibraryFactory(), acting_user=factories.staff(), identifier="Saint-Partage")


def merge() -> None:
    """Two libraries become one, with a request that waits."""
    source = factories.LibraryFactory()
    factories.SubscriptionFactory(library=source)
    merge_libraries(source, factories.LibraryFactory(), acting_user=factories.staff())


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    lists=(
        ("administrator", "console:libraries", ""),
        ("territory", "console:libraries", "?q=commune&etat=ouvertes&tri=-territoire"),
        ("administrator", "console:libraries_export", ""),
        ("administrator", "console:library", ""),
        ("administrator", "console:territories", ""),
        ("administrator", "console:accounts", ""),
        ("territory", "console:accounts", "?q=rang&type=librarian&etat=invites&tri=identifiant"),
        ("administrator", "console:account_new", ""),
        ("administrator", "console:account_shared", ""),
        ("administrator", "console:team", ""),
        ("administrator", "console:journal", ""),
        ("administrator", "console:journal", "?action=accounts.admit&du=2020-01-01"),
        ("administrator", "console:journal_export", ""),
        ("administrator", "console:search", "?q=nom"),
        ("territory", "console:search", "?q=nom"),
        ("manager", "pro:users", ""),
    ),
    fill=fill,
    alone={
        "console:library_new": "a form",
        "console:territory_new": "a form",
        "console:member_new": "a form",
        "pro:user_new": "a form",
    },
    forms=(
        ("administrator", "console:libraries", ""),
        ("administrator", "console:library", ""),
        ("administrator", "console:library_new", ""),
        ("administrator", "console:library_merge", ""),
        ("administrator", "console:library_close", ""),
        ("administrator", "console:territory", ""),
        ("administrator", "console:territory_new", ""),
        ("administrator", "console:accounts", ""),
        ("administrator", "console:account", ""),
        ("administrator", "console:account_new", ""),
        ("administrator", "console:account_shared", ""),
        ("administrator", "console:member", ""),
        ("administrator", "console:member_new", ""),
        ("administrator", "console:journal", ""),
        ("administrator", "console:search", ""),
        ("manager", "pro:users", ""),
        ("manager", "pro:user_new", ""),
    ),
    mails={
        "access_given": give_access,
        "shared_account_invitation": open_shared_account,
        "libraries_merged": merge,
    },
)
