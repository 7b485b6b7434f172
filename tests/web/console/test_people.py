"""D1: the console's pages of people: professionals' accounts, the team, the audit log, the one search."""

import datetime as dt
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from navette.accounts.models import Kind, StaffRole, User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.models import AuditRow, audit_row
from navette.libraries.models import Library, Membership, Profile
from navette.mail.models import OutgoingMail
from tests import factories
from tests.factories import officer_of
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")


def librarian(library: Library, **fields: str) -> Membership:
    return factories.MembershipFactory(library=library, user=factories.UserFactory(kind=Kind.LIBRARIAN, **fields))


# ---- professionals
def test_sub_08_an_officer_finds_and_touches_the_people_of_their_libraries_only() -> None:
    own, elsewhere = librarian(factories.LibraryFactory()), librarian(factories.LibraryFactory())
    client = client_of(officer_of(own.library))
    shown = client.get("/console/comptes").context["page"].object_list
    assert [row["user"] for row in shown] == [own.user]
    for path in ("", "/operation", "/acces"):
        assert client.post(f"/console/comptes/{elsewhere.user_id}{path}", {"suite": "deactivate"}).status_code == 404
    assert client.post(f"/console/acces/{elsewhere.pk}", {"suite": "withdraw"}).status_code == 404
    form = {"name": "Inès", "email": "ines@example.org", "library": elsewhere.library_id, "profile": "manager"}
    assert client.post("/console/comptes/nouveau", form).status_code == 400
    give = {"library": elsewhere.library_id, "profile": "viewer"}
    assert client.post(f"/console/comptes/{own.user_id}/acces", give).status_code == 400
    assert Membership.objects.count() == 2
    assert User.objects.get(pk=elsewhere.user_id).is_active


def test_an_account_that_also_works_elsewhere_is_not_an_officers_to_close() -> None:
    place = librarian(factories.LibraryFactory())
    Membership.objects.create(user=place.user, library=factories.LibraryFactory())
    client = client_of(officer_of(place.library))
    assert "Désactiver" not in client.get(f"/console/comptes/{place.user_id}").content.decode()
    assert client.post(f"/console/comptes/{place.user_id}/operation", {"suite": "deactivate"}).status_code == 403
    form = {"name": "Autre", "email": "autre@example.org"}
    assert client.post(f"/console/comptes/{place.user_id}", form).status_code == 403


def test_d1_a_librarian_is_invited_given_a_second_library_and_withdrawn(admin: Client) -> None:
    first, second = factories.LibraryFactory(), factories.LibraryFactory()
    form = {"name": "Inès Caradec", "email": "ines@example.org", "library": first.pk, "profile": Profile.VIEWER}
    made = admin.post("/console/comptes/nouveau", form)
    user = User.objects.get(identifier="ines@example.org")
    assert made.headers["Location"] == f"/console/comptes/{user.pk}"
    assert "Invitation envoyée le" in admin.get(made.headers["Location"]).content.decode()
    admin.post(f"/console/comptes/{user.pk}/acces", {"library": second.pk, "profile": Profile.MANAGER})
    assert set(user.memberships.values_list("library", "profile")) == {(first.pk, "viewer"), (second.pk, "manager")}
    place = user.memberships.get(library=first)
    admin.post(f"/console/acces/{place.pk}", {"suite": "profile", "profile": Profile.MANAGER})
    assert Membership.objects.get(pk=place.pk).profile == Profile.MANAGER
    admin.post(f"/console/acces/{place.pk}", {"suite": "withdraw"})
    assert user.memberships.count() == 1
    assert admin.post(f"/console/acces/{place.pk}", {"suite": "withdraw"}).status_code == 404
    admin.post(f"/console/comptes/{user.pk}/operation", {"suite": "invite"})
    assert OutgoingMail.objects.filter(kind="invitation", to_email="ines@example.org").count() >= 2


def test_closing_an_account_ends_its_session_at_once(admin: Client) -> None:
    user = factories.library_account(factories.LibraryFactory())
    client = client_of(user)
    assert client.get("/pro/").status_code == 200
    admin.post(f"/console/comptes/{user.pk}/operation", {"suite": "deactivate"})
    assert client.get("/pro/").status_code == 302
    assert (
        "déjà désactivé"
        in admin.post(f"/console/comptes/{user.pk}/operation", {"suite": "deactivate"}, follow=True).content.decode()
    )
    assert admin.post(f"/console/comptes/{user.pk}/operation", {"suite": "hack"}).status_code == 400


def test_a_library_gets_a_shared_account_named_after_it(admin: Client) -> None:
    library = factories.LibraryFactory(name="Saint-Émilion")
    admin.post("/console/comptes/bibliotheque", {"library": library.pk})
    assert User.objects.get(kind=Kind.LIBRARY).identifier == "saint emilion"
    again = admin.post("/console/comptes/bibliotheque", {"library": library.pk})
    assert "déjà un compte partagé" in again.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("?q=elodie", ["Élodie Petit"]),
        ("?type=library", ["Saint-Émilion"]),
        ("?etat=invites", ["Zoé Sans"]),
        ("?etat=desactives", []),
        ("?tri=-nom", ["Élodie Petit", "Zoé Sans", "Saint-Émilion"]),
    ],
)
def test_the_list_is_narrowed_by_its_address(admin: Client, query: str, names: list[str]) -> None:
    library = factories.LibraryFactory(name="Saint-Émilion")
    factories.library_account(library), librarian(library, name="Élodie Petit")
    librarian(library, name="Zoé Sans", password="!")
    found = [row["user"].name for row in admin.get(f"/console/comptes{query}").context["page"].object_list]
    assert sorted(found) == sorted(names)


# ---- the team
def test_only_administrators_open_the_teams_pages() -> None:
    user = factories.staff()
    for role in (StaffRoleName.DIGITAL, StaffRoleName.TERRITORY):
        client = client_of(factories.staff(role))
        for path in ("", "/nouveau", f"/{user.pk}"):
            assert client.get(f"/console/equipe{path}").status_code == 403
        assert client.post(f"/console/equipe/{user.pk}/operation", {"suite": "deactivate"}).status_code == 403


def test_auth_04_a_colleague_is_invited_changes_roles_and_loses_their_second_factor(admin: Client) -> None:
    form = {"name": "Ève Marchand", "email": "eve@example.org", "roles": ["digital"]}
    admin.post("/console/equipe/nouveau", form)
    user = User.objects.get(identifier="eve@example.org")
    assert "Ève Marchand" in admin.get("/console/equipe").content.decode()
    admin.post(f"/console/equipe/{user.pk}", {"name": "Ève Marchand", "roles": ["territory", "administrator"]})
    assert set(StaffRole.objects.filter(user=user).values_list("role", flat=True)) == {"territory", "administrator"}
    factories.enrol(user)
    page = admin.post(f"/console/equipe/{user.pk}/operation", {"suite": "reset"}, follow=True).content.decode()
    assert "nouveau second facteur" in page
    assert AuditRow.objects.filter(action="accounts.reset_second_factor", object_id=user.pk).exists()
    assert admin.get(f"/console/equipe/{factories.UserFactory().pk}").status_code == 404


def test_ones_own_role_of_administrator_stays_and_the_page_says_why() -> None:
    user = factories.staff()
    page = client_of(user).post(f"/console/equipe/{user.pk}", {"name": user.name, "roles": ["digital"]})
    assert page.status_code == 400
    assert "collègue" in page.content.decode()


# ---- the log
def rows_of(client: Client, query: str = "") -> list[int]:
    return [line["row"].pk for line in client.get(f"/console/journal{query}").context["lines"]]


def test_the_log_is_read_backwards_page_by_page_and_misses_nothing(admin: Client) -> None:
    library, now = factories.LibraryFactory(), clock.now()
    rows = [audit_row(SYSTEM, "libraries.edit", library) for _n in range(60)]
    for number, row in enumerate(rows):
        row.at = now - dt.timedelta(minutes=number // 7)  # several at one moment
    AuditRow.objects.bulk_create(rows)
    wanted = list(AuditRow.objects.order_by("-at", "-id").values_list("pk", flat=True))
    read, query = [], ""
    for _page in range(3):
        answer = admin.get(f"/console/journal{query}")
        read += [line["row"].pk for line in answer.context["lines"]]
        query = f"?avant={answer.context['older']}"
    assert read == wanted
    assert answer.context["older"] == ""


def test_the_log_is_narrowed_by_who_what_and_when(admin: Client) -> None:
    actor, library = factories.staff(), factories.LibraryFactory()
    old = audit_row(actor, "libraries.create", library)
    old.at = clock.now() - dt.timedelta(days=10)
    new = audit_row(SYSTEM, "libraries.edit", library, fields=["email"])
    gone = audit_row(actor, "accounts.deactivate", User(pk=987_654))
    for row in (old, new, gone):
        row.save()
    today, week = f"{clock.today():%Y-%m-%d}", f"{clock.today() - dt.timedelta(days=7):%Y-%m-%d}"
    assert set(rows_of(admin, f"?qui={actor.pk}")) == {old.pk, gone.pk}
    assert rows_of(admin, "?qui=0") == [new.pk]
    assert rows_of(admin, "?action=libraries.edit") == [new.pk]
    assert set(rows_of(admin, f"?objet=libraries.Library&numero={library.pk}")) == {old.pk, new.pk}
    assert set(rows_of(admin, f"?du={week}")) == {new.pk, gone.pk}
    assert rows_of(admin, f"?au={week}") == [old.pk]
    assert set(rows_of(admin, f"?du={today}&au={today}")) == {new.pk, gone.pk}
    page = admin.get("/console/journal").content.decode()
    assert "Fiche de bibliothèque modifiée" in page
    assert f'href="/console/bibliotheques/{library.pk}"' in page
    assert "n° 987654" in page  # erased since: a number, no link
    book = load_workbook(io.BytesIO(b"".join(admin.get("/console/journal/export.xlsx?qui=0")))).active
    assert [row[2] for row in book.iter_rows(values_only=True)] == ["Opération", "Fiche de bibliothèque modifiée"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "avant", ["x", "1-", "-1", "nan-1", "inf-3", "1e400-2", "9" * 60, "1-99999999999999999999", "٣-٣"]
)
def test_a_page_that_is_no_moment_is_the_first_or_empty(admin: Client, avant: str) -> None:
    assert admin.get("/console/journal", {"avant": avant}).status_code == 200


# ---- the search
def found(client: Client, text: str) -> dict[str, list[str]]:
    groups = client.get("/console/recherche", {"q": text}).context["groups"]
    return {group.title: [row["name"] for row in group.rows] for group in groups}


def test_one_field_finds_libraries_and_people_of_every_kind(admin: Client) -> None:
    library = factories.LibraryFactory(name="Marcillac")
    librarian(library, name="Élise Marcy")
    factories.SubscriptionFactory(library=library, reader__first_name="Marcel", reader__last_name="Aubry")
    factories.UserFactory(kind=Kind.STAFF, name="Marc Équipe")
    assert found(admin, "MARC") == {
        "Bibliothèques": ["Marcillac"],
        "Usagers": ["Marcel Aubry"],
        "Comptes professionnels": ["Élise Marcy"],
        "Équipe": ["Marc Équipe"],
    }
    assert found(admin, "elise marcy") == {"Comptes professionnels": ["Élise Marcy"]}
    assert "Rien trouvé" in admin.get("/console/recherche?q=xyzzy").content.decode()


def test_sub_08_an_officer_finds_their_own_people_only() -> None:
    own, elsewhere = factories.LibraryFactory(name="Marcillac"), factories.LibraryFactory(name="Marcenais")
    for library in (own, elsewhere):
        librarian(library, name=f"Marc de {library.name}")
        factories.SubscriptionFactory(library=library, reader__first_name="Marcel", reader__last_name=library.name)
    assert found(client_of(officer_of(own)), "marc") == {
        "Bibliothèques": ["Marcillac"],
        "Usagers": ["Marcel Marcillac"],
        "Comptes professionnels": ["Marc de Marcillac"],
    }
