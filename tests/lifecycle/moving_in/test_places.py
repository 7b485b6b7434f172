"""Libraries and their accounts taken over."""

import pytest

from navette.accounts.models import Kind, User
from navette.core import clock
from navette.libraries.models import Library, Membership, Territory
from tests import factories
from tests.lifecycle.moving_in.files import ACCOUNTS, LIBRARIES, counts, reasons, taken_over

BAZAS = "Bazas;33036;Sud;bazas@example.org;33430;;05 56 00 00 00\n"
AILLAS = "Aillas;33002.0;sud;aillas@example.org;33124;Aillas;\n"


@pytest.fixture
def staff(db: None) -> User:
    factories.portal()
    return factories.staff()


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (";33036;Sud;b@example.org;33430;;\n", "Nom", "vide"),
        ("Bazas;ABC;Sud;b@example.org;33430;;\n", "Code INSEE", "valide"),
        ("Bazas;33036;;b@example.org;33430;;\n", "Territoire", "vide"),
        ("Bazas;33036;Sud;b;33430;;\n", "Adresse mail", "pas valable"),
        ("Bazas;33036;Sud;b@example.org;3343;;\n", "", ""),
        ("Langon;33227;Sud;b@example.org;33210;;\n", "Nom", ""),
    ],
)
def test_a_library_that_cannot_be_is_left_out(staff: User, line: str, column: str, words: str) -> None:
    factories.LibraryFactory(name="Langon", insee_code="33999")
    job = taken_over("libraries", LIBRARIES + line, staff)
    if column:
        assert counts(job) == (0, 0, 0, 1)
        assert reasons(job)[0][1] == column
        assert words in reasons(job)[0][2]
    else:
        assert Library.objects.get(insee_code="33036").postcode == "03343"


def test_libraries_are_created_once_and_kept_up_to_date(staff: User) -> None:
    assert counts(taken_over("libraries", LIBRARIES + BAZAS + AILLAS, staff)) == (2, 0, 0, 0)
    bazas = Library.objects.get(insee_code="33036")
    assert (bazas.slug, bazas.commune, bazas.territory.name, bazas.is_open) == ("bazas", "Bazas", "Sud", True)
    assert Territory.objects.count() == 1
    assert counts(taken_over("libraries", LIBRARIES + BAZAS + AILLAS, staff)) == (0, 0, 2, 0)
    changed = BAZAS.replace("05 56 00 00 00", "05 57 00 00 00").replace("bazas@", "lire@")
    assert counts(taken_over("libraries", LIBRARIES + changed + AILLAS, staff)) == (0, 1, 1, 0)
    bazas.refresh_from_db()
    assert (bazas.phone, bazas.email) == ("05 57 00 00 00", "lire@example.org")


def test_a_library_that_has_left_stays_closed(staff: User) -> None:
    taken_over("libraries", LIBRARIES + BAZAS, staff)
    Library.objects.update(closed_at=clock.now(), is_open=False)
    text = LIBRARIES.strip() + ";Ouverte\n" + BAZAS.strip() + ";oui\n"
    assert counts(taken_over("libraries", text, staff)) == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (";Bazas;;;;\n", "Identifiant", "vide"),
        ("foyer@example.org#2;Bazas;;;;\n", "Identifiant", "ne convient pas"),
        ("bazas;Ailleurs;;;;\n", "Bibliothèque", "inconnue"),
        ("camille;Bazas;Camille;;bibliothécaire;\n", "Adresse mail", "besoin d’une adresse"),
        ("bazas;Bazas;;;chef;\n", "Type", "pas connu"),
        ("bazas;Bazas;;;;tout\n", "Profil", "pas connu"),
        ("lectrice@example.org;Bazas;;;;\n", "Identifiant", "autre type"),
    ],
)
def test_an_account_that_cannot_be_is_left_out(staff: User, line: str, column: str, words: str) -> None:
    factories.LibraryFactory(name="Bazas")
    factories.UserFactory(email="lectrice@example.org")
    job = taken_over("accounts", ACCOUNTS + line, staff)
    assert counts(job) == (0, 0, 0, 1)
    assert (reasons(job)[0][0], reasons(job)[0][1]) == (2, column)
    assert words in reasons(job)[0][2]


def test_accounts_are_created_once_without_a_password(staff: User) -> None:
    factories.LibraryFactory(name="Bazas")
    text = ACCOUNTS + "Bazas;Bazas;;;;\n45004000017.0;bazas;Aillant;;bibliothèque;\nc@example.org;Bazas;C;;;Consulter\n"
    assert counts(taken_over("accounts", text, staff)) == (3, 0, 0, 0)
    users = {user.identifier: user for user in User.objects.exclude(pk=staff.pk)}
    assert set(users) == {"bazas", "45004000017", "c@example.org"}
    assert users["c@example.org"].kind == Kind.LIBRARIAN
    assert users["bazas"].kind == users["45004000017"].kind == Kind.LIBRARY
    assert not any(user.has_usable_password() for user in users.values())
    profiles = dict(Membership.objects.values_list("user__identifier", "profile"))
    assert profiles == {"bazas": "manager", "45004000017": "manager", "c@example.org": "viewer"}
    assert counts(taken_over("accounts", text, staff)) == (0, 0, 3, 0)
    assert counts(taken_over("accounts", text.replace("Consulter", "Gestionnaire"), staff)) == (0, 1, 2, 0)


def test_a_librarian_of_two_libraries_has_one_account(staff: User) -> None:
    factories.LibraryFactory(name="Bazas")
    factories.LibraryFactory(name="Aillas")
    lines = "c@example.org;Bazas;C;;;\nc@example.org;Aillas;C;;;\n"
    assert taken_over("accounts", ACCOUNTS + lines, staff).rejected == 0
    assert User.objects.get(identifier="c@example.org").memberships.count() == 2
