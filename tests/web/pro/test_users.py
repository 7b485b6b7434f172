"""E1 « Utilisateurs »: a manager invites colleagues; a viewer sees them and changes nothing."""

import pytest
from django.test import Client

from navette.accounts.models import Kind, User
from navette.libraries.models import Library, Membership, Profile
from navette.mail.models import OutgoingMail
from tests import factories
from tests.web.browsing import client_of

COLLEAGUE = {"kind": "partenaire", "name": "Inès Caradec", "email": "ines@example.org", "profile": "viewer"}


@pytest.fixture
def place(library: Library) -> Membership:
    """A colleague of the library."""
    user = factories.UserFactory(kind=Kind.LIBRARIAN, name="Solène Guerlain")
    return factories.MembershipFactory(library=library, user=user, profile=Profile.VIEWER)


def test_e1_a_viewer_sees_and_changes_nothing(library: Library, place: Membership) -> None:
    client = client_of(place.user)
    page = client.get("/pro/utilisateurs").content.decode()
    assert "Solène Guerlain" in page
    assert "nouvel utilisateur" not in page
    assert "Retirer" not in page
    assert client.get("/pro/utilisateurs/nouveau").status_code == 403
    assert client.post("/pro/utilisateurs/nouveau", COLLEAGUE | {"library": library.pk}).status_code == 403
    for suite in ("profile", "withdraw", "invite"):
        assert client.post(f"/pro/utilisateurs/{place.pk}", {"suite": suite, "profile": "manager"}).status_code == 403
    assert Membership.objects.get(pk=place.pk).profile == Profile.VIEWER


def test_sub_08_another_librarys_people_are_not_there(client: Client, library: Library) -> None:
    other = factories.MembershipFactory(user=factories.UserFactory(kind=Kind.LIBRARIAN, name="Yves Ailleurs"))
    assert "Yves Ailleurs" not in client.get("/pro/utilisateurs").content.decode()
    assert client.post(f"/pro/utilisateurs/{other.pk}", {"suite": "withdraw"}).status_code == 404
    answer = client.post("/pro/utilisateurs/nouveau", COLLEAGUE | {"library": other.library_id})
    assert answer.status_code == 400
    assert not User.objects.filter(identifier="ines@example.org").exists()


def test_e1_a_manager_invites_changes_and_withdraws(client: Client, library: Library) -> None:
    page = client.get("/pro/utilisateurs").content.decode()
    assert "nouvel utilisateur" in page
    form = client.get("/pro/utilisateurs/nouveau").content.decode()
    for label in ("Type d&#x27;utilisateur", "partenaire", "Gestionnaire", "Consulter"):
        assert label in form
    assert client.post("/pro/utilisateurs/nouveau", COLLEAGUE | {"library": library.pk}).status_code == 302
    made = Membership.objects.get(user__identifier="ines@example.org")
    assert OutgoingMail.objects.get().to_email == "ines@example.org"
    again = client.post("/pro/utilisateurs/nouveau", COLLEAGUE | {"library": library.pk})
    assert again.status_code == 400
    client.post(f"/pro/utilisateurs/{made.pk}", {"suite": "profile", "profile": "manager"})
    assert Membership.objects.get(pk=made.pk).profile == Profile.MANAGER
    assert client.post(f"/pro/utilisateurs/{made.pk}", {"suite": "hack"}).status_code == 400
    client.post(f"/pro/utilisateurs/{made.pk}", {"suite": "withdraw"})
    assert client.post(f"/pro/utilisateurs/{made.pk}", {"suite": "withdraw"}).status_code == 404


def test_e1_a_librarian_of_another_library_gets_a_second_place(client: Client, library: Library) -> None:
    known = factories.MembershipFactory(user=factories.UserFactory(kind=Kind.LIBRARIAN)).user
    client.post("/pro/utilisateurs/nouveau", COLLEAGUE | {"email": known.email, "library": library.pk})
    assert known.memberships.count() == 2


def test_e1_the_last_manager_stays(library: Library, place: Membership) -> None:
    Membership.objects.filter(pk=place.pk).update(profile=Profile.MANAGER)
    page = client_of(place.user).post(f"/pro/utilisateurs/{place.pk}", {"suite": "withdraw"}, follow=True)
    assert "Il faut au moins une personne" in page.content.decode()
    assert Membership.objects.filter(pk=place.pk).exists()


def test_the_shared_account_is_shown_and_not_offered_to_be_taken_away(account: User, library: Library) -> None:
    shared = Membership.objects.get(user=account)
    manager = factories.MembershipFactory(library=library, user=factories.UserFactory(kind=Kind.LIBRARIAN)).user
    client = client_of(manager)
    assert f"/pro/utilisateurs/{shared.pk}" not in client.get("/pro/utilisateurs").content.decode()
    assert client.post(f"/pro/utilisateurs/{shared.pk}", {"suite": "withdraw"}).status_code == 403


def test_the_staff_have_no_colleagues_here(portal: object) -> None:
    assert client_of(factories.staff()).get("/pro/utilisateurs").status_code == 403
