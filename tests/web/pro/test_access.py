"""Who gets into the workspace, and what they find of others there: nothing (SUB-08)."""

from collections.abc import Callable

import pytest
from django.test import Client

from navette.accounts.models import Kind
from navette.accounts.roles import StaffRoleName
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.subscriptions.models import Subscription, SubscriptionEvent
from tests import factories
from tests.web.browsing import client_of

PAGES = ["/pro/", "/pro/abonnes", "/pro/abonnes/export.xlsx", "/pro/aide", "/pro/bibliotheque", "/pro/mot-de-passe"]
OF_ONE = ["/pro/abonnes/{}", "/pro/abonnes/{}/decision", "/pro/abonnes/{}/arreter"]
POSTS = ["/pro/abonnes/{}", "/pro/abonnes/{}/decision", "/pro/abonnes/{}/renouveler", "/pro/abonnes/{}/arreter"]


def everything() -> list[object]:
    """Return what a refused request must leave as it is."""
    return [
        list(Subscription.objects.order_by("pk").values()),
        SubscriptionEvent.objects.count(),
        OutgoingMail.objects.count(),
    ]


@pytest.mark.parametrize("page", [*PAGES, *(one.format(1) for one in OF_ONE)])
def test_a_visitor_logs_in_first_and_comes_back(portal: object, client: Client, page: str) -> None:
    answer = client_of(None).get(page + "?q=a")
    assert answer.status_code == 302
    assert answer["Location"] == f"/connexion?suite={page}%3Fq%3Da"


def test_a_visitors_post_comes_back_to_the_dashboard(portal: object) -> None:
    answer = client_of(None).post("/pro/abonnes/actions", {"operation": "accept", "choix": "1"})
    assert answer["Location"] == "/connexion?suite=/pro/"


def test_a_list_that_swaps_itself_after_the_session_is_over_goes_to_log_in_whole(portal: object) -> None:
    answer = client_of(None).get("/pro/abonnes?q=a", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/connexion?suite=/pro/abonnes%3Fq%3Da"


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_is_told_that_this_is_not_for_them(portal: object, page: str) -> None:
    reader = factories.SubscriptionFactory(active=True).reader
    assert client_of(reader.user).get(page).status_code == 403


@pytest.mark.parametrize("kind", [Kind.LIBRARIAN, Kind.STAFF])
def test_a_professional_without_library_or_role_stays_out(portal: object, kind: Kind) -> None:
    assert client_of(factories.UserFactory(kind=kind)).get("/pro/").status_code == 403


@pytest.mark.parametrize("address", OF_ONE)
def test_sub_08_another_librarys_subscriber_is_not_found(client: Client, address: str) -> None:
    other = factories.SubscriptionFactory(active=True)
    assert client.get(address.format(other.pk)).status_code == 404


@pytest.mark.parametrize("address", POSTS)
@pytest.mark.parametrize("trait", ["pending", "active", "expired", "refused"])
def test_sub_08_nothing_can_be_done_to_another_librarys_subscriber(client: Client, address: str, trait: str) -> None:
    other = factories.SubscriptionFactory(**({} if trait == "pending" else {trait: True}))
    before = everything()
    for decision in ("accept", "refuse"):
        values = {"decision": decision, "version": 1, "accepter-version": 1, "refuser-version": 1, "status": "active"}
        assert client.post(address.format(other.pk), values).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("operation", ["accept", "refuse", "renew", "end", "export"])
def test_sub_08_a_selection_that_holds_another_librarys_subscriber_is_not_found(
    client: Client, library: Library, operation: str
) -> None:
    own, other = factories.SubscriptionFactory(library=library), factories.SubscriptionFactory()
    before = everything()
    values = {"operation": operation, "choix": [own.pk, other.pk], "confirme": "1", "reason": "not_member"}
    assert client.post("/pro/abonnes/actions", values).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("address", POSTS)
def test_a_viewer_changes_nothing(library: Library, address: str) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    for trait in ({}, {"active": True}, {"expired": True}, {"refused": True}):
        own = factories.SubscriptionFactory(library=library, **trait)
        before = everything()
        assert viewer.post(address.format(own.pk), {"decision": "accept"}).status_code == 403
        assert everything() == before


def test_a_viewer_sees_everything_and_no_button(library: Library) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    own = factories.SubscriptionFactory(library=library)
    for address in OF_ONE[:2]:
        answer = viewer.get(address.format(own.pk))
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "Accepter l'abonné" not in page
        assert "Enregistrer" not in page
    assert viewer.post("/pro/abonnes/actions", {"operation": "accept", "choix": own.pk}).status_code == 403


@pytest.mark.parametrize("role", StaffRoleName.values)
def test_staff_see_what_is_theirs_and_decide_nothing_in_a_librarys_place(library: Library, role: str) -> None:
    user = factories.staff(role)
    library.territory.officer = user
    library.territory.save()
    own, elsewhere = factories.SubscriptionFactory(library=library), factories.SubscriptionFactory()
    client = client_of(user)
    seen = [row.subscription.pk for row in client.get("/pro/abonnes").context["rows"]]
    assert seen == ([own.pk] if role == StaffRoleName.TERRITORY else sorted([own.pk, elsewhere.pk]))
    before = everything()
    assert client.post(f"/pro/abonnes/{own.pk}/decision", {"decision": "accept"}).status_code == 403
    assert everything() == before


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, library: Library, method: str) -> None:
    own = factories.SubscriptionFactory(library=library)
    ask: Callable[[str], object] = getattr(client, method)
    for address in ("/pro/", "/pro/abonnes", f"/pro/abonnes/{own.pk}", f"/pro/abonnes/{own.pk}/renouveler"):
        assert ask(address).status_code == 405  # type: ignore[attr-defined]


def test_the_menu_counts_what_waits(client: Client, library: Library) -> None:
    factories.SubscriptionFactory(library=library)
    page = client.get("/pro/").content.decode()
    for label in ("Mon tableau de bord", "Mes abonnés", "Ma bibliothèque", "Retour sur le site", "Se déconnecter"):
        assert label in page
    assert "1 demande à traiter" in page


@pytest.mark.django_db
@pytest.mark.parametrize("profile", ["gironde", "valdoise", "oise", "loiret"])
@pytest.mark.parametrize("kind", [Kind.LIBRARIAN, Kind.LIBRARY])
def test_the_menu_greets_whose_account_it_is_on_the_site_as_in_the_workspace(profile: str, kind: str) -> None:
    factories.portal(profile)
    library = factories.LibraryFactory(name="Aillant")
    user = factories.UserFactory(kind=kind, name="Aillant" if kind == Kind.LIBRARY else "Camille Durand")
    factories.MembershipFactory(library=library, user=user)
    client = client_of(user)
    for page in ("/", "/pro/", "/pro/abonnes"):
        assert f"Bonjour, {user.name}" in client.get(page, follow=True).content.decode()
