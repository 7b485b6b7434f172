"""« Inscription usager ressources numériques » (L8): refusals first, then the guide's steps."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from navette.accounts.models import Kind, User
from navette.core import clock
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.web.browsing import client_of

PAGE = "/pro/inscription"


@pytest.fixture(autouse=True)
def oise(library: Library) -> Portal:
    factories.ResourceFactory(name="Cafeyn")
    return factories.portal("oise")


def typed(library: Library, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends of Léa Petit, with what a person changes."""
    values = {
        "last_name": "Petit",
        "first_name": "Léa",
        "email": "lea@example.org",
        "email_again": "Lea@Example.org",
        "birth_date": "13/03/1990",
        "parent_name": "",
        "parent_email": "",
        "resources": [DigitalResource.objects.get().pk],
        "library": library.pk,
    }
    return values | changed


def readers() -> int:
    return User.objects.filter(kind=Kind.READER).count()


def test_viewers_and_staff_are_told(library: Library) -> None:
    for user in (factories.library_account(library, Profile.VIEWER), factories.staff()):
        assert client_of(user).get(PAGE).status_code == 403
        assert client_of(user).post(PAGE, typed(library)).status_code == 403
    assert readers() == 0


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "loiret"])
def test_where_readers_register_themselves_there_is_no_such_page(
    client: Client, library: Library, profile: str
) -> None:
    factories.portal(profile)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, typed(library)).status_code == 403
    assert PAGE not in client.get("/pro/").content.decode()


def test_sub_08_nobody_is_registered_at_another_library(client: Client) -> None:
    answer = client.post(PAGE, typed(factories.LibraryFactory()))
    assert answer.status_code == 400
    assert "library" in answer.context["form"].errors
    assert readers() == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email_again": "autre@example.org"}, "email_again"),
        ({"email": "pas une adresse"}, "email"),
        ({"birth_date": "31/02/1990"}, "birth_date"),
        ({"birth_date": "01/01/2999"}, "birth_date"),
        ({"birth_date": "01/01/1850"}, "birth_date"),
        ({"resources": []}, "resources"),
        ({"resources": ["9" * 40]}, "resources"),
        ({"last_name": ""}, "last_name"),
        ({"last_name": "a\x00b"}, "last_name"),
    ],
)
def test_an_error_is_told_beside_its_field_and_nothing_typed_is_lost(
    client: Client, library: Library, changed: dict[str, Any], field: str
) -> None:
    answer = client.post(PAGE, typed(library, **changed))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert 'value="Léa"' in answer.content.decode()
    assert readers() == 0


def test_a_known_address_is_refused_unless_it_is_the_households(client: Client, library: Library) -> None:
    assert client.post(PAGE, typed(library)).status_code == 302
    again = typed(library, first_name="Tom")
    answer = client.post(PAGE, again)
    assert "email" in answer.context["form"].errors
    assert client.post(PAGE, again | {"shares_email": "on"}).status_code == 302
    users = User.objects.filter(kind=Kind.READER)
    assert {user.email for user in users} == {"lea@example.org"}
    assert len({user.identifier for user in users}) == 2
    told = OutgoingMail.objects.filter(kind="registered_by_library").latest("pk")
    assert "lea@example.org#2" in told.body


def test_sub_12_a_child_needs_a_parent_who_is_asked_first(client: Client, library: Library) -> None:
    young = typed(library, birth_date=f"{clock.today() - dt.timedelta(days=4_000):%d/%m/%Y}")
    assert {"parent_name"} <= set(client.post(PAGE, young).context["form"].errors)
    assert readers() == 0
    answer = client.post(PAGE, young | {"parent_name": "Ada Petit", "parent_email": "ada@example.org"}, follow=True)
    assert "accord du parent" in answer.content.decode()
    assert Subscription.objects.get().status == Status.UNCONFIRMED
    assert answer.context["total"] == 0
    assert OutgoingMail.objects.filter(to_email="ada@example.org").exists()


def test_l8_no_password_and_no_terms_are_asked_of_the_librarian(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    for label in (
        "Inscription usager ressources numériques",
        "Mes abonnés numériques",
        "Tout sélectionner",
        "Tout désélectionner",
        "acceptera les conditions d’utilisation à sa première connexion",
    ):
        assert label in page
    assert 'type="password"' not in page
    assert "terms" not in {*client.get(PAGE).context["form"].fields}


def test_l8_registered_then_found_waiting_in_the_list(client: Client, library: Library) -> None:
    answer = client.post(PAGE, typed(library), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain == [("/pro/abonnes?statut=pending", 302)]
    assert "Léa Petit est inscrit(e), en attente" in page
    assert answer.context["total"] == 1
    assert "row-pending scheme-yellow_green" in page


def test_l8_the_readers_own_form_sends_them_to_their_library(library: Library) -> None:
    page = Client().get("/inscription").content.decode()
    assert "dans votre bibliothèque" in page
    assert 'href="/bibliotheques"' in page
