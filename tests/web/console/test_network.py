"""D1: the console's pages of the network: libraries, how they leave, territories."""

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.libraries.models import Library, Territory
from navette.subscriptions.models import Subscription
from tests import factories
from tests.factories import officer_of
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")

RECORD: dict[str, Any] = {
    "name": "L’Île-aux-Livres",
    "commune": "L’Île-aux-Livres",
    "insee_code": "33999",
    "email": "ile@example.org",
    "postcode": "33999",
    "latitude": "44,5",
    "longitude": "−0,25".replace("−", "-"),
}


def listed(client: Client, query: str = "") -> list[str]:
    """Return the names of the libraries listed."""
    rows = client.get(f"/console/bibliotheques{query}").context["page"].object_list
    return [row["library"].name for row in rows]


def test_sub_08_an_officer_finds_their_own_libraries_and_no_other() -> None:
    own, elsewhere = factories.LibraryFactory(), factories.LibraryFactory()
    client = client_of(officer_of(own))
    assert listed(client) == [own.name]
    assert listed(client, f"?territoire={elsewhere.territory_id}") == []
    assert client.get(f"/console/bibliotheques/{elsewhere.pk}").status_code == 404
    assert client.post(f"/console/bibliotheques/{elsewhere.pk}", RECORD).status_code == 404
    page = load_workbook(io.BytesIO(b"".join(client.get("/console/bibliotheques/export.xlsx")))).active
    assert [row[0] for row in page.iter_rows(min_row=2, values_only=True)] == [own.name]  # type: ignore[union-attr]


def test_an_officers_form_does_not_rename_a_library() -> None:
    own = factories.LibraryFactory()
    client = client_of(officer_of(own))
    client.post(f"/console/bibliotheques/{own.pk}", RECORD | {"territory": factories.TerritoryFactory().pk})
    fresh = Library.objects.get(pk=own.pk)
    assert (fresh.name, fresh.insee_code, fresh.territory) == (own.name, own.insee_code, own.territory)
    assert fresh.email == "ile@example.org"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Béguey", "Cadillac"]),
        ("?q=beguey", ["Béguey"]),
        ("?q=33410", ["Béguey"]),
        ("?etat=fermees", ["Cadillac"]),
        ("?etat=sorties", ["Partie"]),
        ("?tri=-nom", ["Cadillac", "Béguey"]),
        ("?tri=mot-de-passe", ["Béguey", "Cadillac"]),
        ("?etat=autre", []),
        ("?territoire=x", []),
    ],
)
def test_the_list_is_narrowed_and_sorted_by_its_address(admin: Client, query: str, names: list[str]) -> None:
    factories.LibraryFactory(name="Béguey", postcode="33410")
    factories.LibraryFactory(name="Cadillac", is_open=False)
    factories.LibraryFactory(name="Partie", is_open=False, closed_at=clock.now())
    assert listed(admin, query) == names


def test_counts_are_those_of_each_library(admin: Client) -> None:
    library = factories.LibraryFactory()
    factories.SubscriptionFactory(library=library), factories.SubscriptionFactory(active=True)
    factories.SubscriptionFactory.create_batch(2, library=library, active=True)
    factories.library_account(library)
    row = admin.get(f"/console/bibliotheques?q={library.name}").context["page"].object_list[0]
    assert (row["active"], row["waiting"], row["accounts"]) == (2, 1, 1)


def test_d1_a_library_is_created_with_its_place_on_the_map(admin: Client) -> None:
    territory = factories.TerritoryFactory()
    answer = admin.post("/console/bibliotheques/nouvelle", RECORD | {"territory": territory.pk, "is_open": "on"})
    made = Library.objects.get()
    assert answer.headers["Location"] == f"/console/bibliotheques/{made.pk}"
    assert (made.slug, float(made.latitude or 0), made.is_open) == ("l-ile-aux-livres", 44.5, True)
    again = admin.post("/console/bibliotheques/nouvelle", RECORD | {"territory": territory.pk})
    assert again.status_code == 400
    assert "porte déjà ce nom" in again.content.decode()
    assert Library.objects.count() == 1


def test_d1_a_merge_is_looked_at_first_then_done_once(admin: Client) -> None:
    source, into = factories.LibraryFactory(name="Ancienne"), factories.LibraryFactory(name="Nouvelle")
    factories.SubscriptionFactory.create_batch(3, library=source, active=True)
    address = f"/console/bibliotheques/{source.pk}/reunir"
    assert "Ce qui passera" not in admin.get(address).content.decode()
    page = admin.get(f"{address}?vers={into.pk}").content.decode()
    assert "Ce qui passera à la bibliothèque de Nouvelle" in page
    assert Subscription.objects.filter(library=source).count() == 3
    for wrong in (source.pk, "", "x", factories.LibraryFactory(closed_at=clock.now(), is_open=False).pk):
        assert admin.post(address, {"vers": wrong}).status_code == 400
    assert admin.post(address, {"vers": into.pk}).headers["Location"] == f"/console/bibliotheques/{into.pk}"
    assert Subscription.objects.filter(library=into).count() == 3
    again = admin.post(address, {"vers": into.pk}, follow=True).content.decode()
    assert "déjà quitté le réseau" in again
    assert "Nouvelle" in admin.get(f"/console/bibliotheques/{source.pk}").content.decode()


def test_a_library_with_subscribers_is_offered_a_merge_instead(admin: Client) -> None:
    library = factories.SubscriptionFactory(active=True).library
    page = admin.get(f"/console/bibliotheques/{library.pk}/sortir").content.decode()
    assert f"/console/bibliotheques/{library.pk}/reunir" in page
    assert "réunissez" in admin.post(f"/console/bibliotheques/{library.pk}/sortir", follow=True).content.decode()
    assert Library.objects.get().closed_at is None


def test_a_library_closes_and_comes_back(admin: Client) -> None:
    library = factories.LibraryFactory()
    admin.post(f"/console/bibliotheques/{library.pk}/sortir")
    assert Library.objects.get().closed_at is not None
    page = admin.post(f"/console/bibliotheques/{library.pk}/revenir", follow=True).content.decode()
    assert "de nouveau dans le réseau" in page
    assert Library.objects.get().closed_at is None


def test_territories_are_made_given_and_deleted_when_empty(admin: Client) -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    admin.post("/console/territoires/nouveau", {"name": "Le Causse", "officer": officer.pk})
    made = Territory.objects.get()
    assert made.officer == officer
    assert admin.post("/console/territoires/nouveau", {"name": "Le Causse"}).status_code == 400
    library = factories.LibraryFactory(territory=made)
    page = admin.post(f"/console/territoires/{made.pk}/supprimer", follow=True).content.decode()
    assert "rattachées à ce territoire" in page
    library.delete()
    admin.post(f"/console/territoires/{made.pk}/supprimer")
    assert not Territory.objects.exists()
    assert admin.get(f"/console/territoires/{made.pk}").status_code == 404
