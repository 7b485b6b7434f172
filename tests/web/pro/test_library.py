"""« Ma bibliothèque », the mail rhythm (SUB-05), and « Modifier mon mot de passe »."""

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.core.models import AuditRow
from navette.libraries.models import Library, MailRhythm, Profile
from tests import factories
from tests.web.browsing import client_of

LIBRARY = "/pro/bibliotheque"
PASSWORD = "/pro/mot-de-passe"
NEW = "Parapluie-73-brumes?"


def rhythm_of(library: Library) -> str:
    return Library.objects.get(pk=library.pk).mail_rhythm


def rhythm(library: Library, value: str) -> dict[str, object]:
    return {"library": library.pk, f"bibliotheque-{library.pk}-mail_rhythm": value}


@pytest.mark.parametrize("value", ["", "weekly", "each\x00", "x" * 5_000])
def test_another_rhythm_is_refused(client: Client, library: Library, value: str) -> None:
    assert client.post(LIBRARY, rhythm(library, value)).status_code == 400
    assert rhythm_of(library) == MailRhythm.EACH


@pytest.mark.parametrize("key", ["", "abc", "9" * 30])
def test_sub_08_another_library_is_not_found(client: Client, library: Library, key: str) -> None:
    other = factories.LibraryFactory()
    assert client.post(LIBRARY, rhythm(other, "daily")).status_code == 404
    assert client.post(LIBRARY, {"library": key}).status_code == 404
    assert rhythm_of(other) == MailRhythm.EACH


def test_a_viewer_reads_and_does_not_choose(library: Library) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    page = viewer.get(LIBRARY).content.decode()
    assert "Un mail par demande" in page
    assert "Enregistrer" not in page
    assert viewer.post(LIBRARY, rhythm(library, "daily")).status_code == 403
    assert rhythm_of(library) == MailRhythm.EACH


def test_staff_have_no_library_of_their_own(portal: object) -> None:
    assert client_of(factories.staff()).get(LIBRARY).status_code == 403


def test_sub_05_a_manager_chooses_one_mail_a_day_once(client: Client, library: Library) -> None:
    for _ in range(2):
        assert client.post(LIBRARY, rhythm(library, "daily")).status_code == 302
    assert rhythm_of(library) == MailRhythm.DAILY
    assert AuditRow.objects.filter(action="libraries.choose_mail_rhythm").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"old": "faux", "new": NEW, "confirmation": NEW}, None),
        ({"old": factories.PASSWORD, "new": NEW, "confirmation": "autre"}, "confirmation"),
        ({"old": factories.PASSWORD, "new": "court", "confirmation": "court"}, "new"),
        ({"old": factories.PASSWORD, "new": "x" * 5_000, "confirmation": "x" * 5_000}, "new"),
        ({"old": "\x00", "new": NEW, "confirmation": NEW}, None),
        ({}, "old"),
    ],
)
def test_a_password_that_cannot_be_changed_is_told(
    client: Client, account: User, values: dict[str, str], field: str | None
) -> None:
    answer = client.post(PASSWORD, values)
    assert answer.status_code == 400
    errors = answer.context["form"].errors
    assert field in errors if field else errors
    assert User.objects.get(pk=account.pk).password == account.password
    assert NEW not in answer.content.decode()


def test_auth_03_changing_it_keeps_this_session_and_ends_the_others(client: Client, account: User) -> None:
    elsewhere = client_of(account)
    answer = client.post(PASSWORD, {"old": factories.PASSWORD, "new": NEW, "confirmation": NEW})
    assert answer["Location"] == "/pro/"
    assert client.get("/pro/").status_code == 200
    assert elsewhere.get("/pro/").status_code == 302
    assert User.objects.get(pk=account.pk).check_password(NEW)
