"""The libraries' map and pages, picks, and pages of text, as the public sees them (L10, L11)."""

import pytest
from django.test import Client

from navette.core import clock
from navette.editorial.models import Pick, PickState
from navette.libraries.models import Library
from navette.web.site.map import branches, draw
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")


def placed(**values: object) -> Library:
    return factories.LibraryFactory(latitude="44.69", longitude="-0.09", **values)


def test_l11_the_map_and_the_list_lead_to_each_library(client: Client) -> None:
    placed(slug="blaye", name="Blaye")
    factories.LibraryFactory(slug="bazas", name="Bazas", latitude="44.43", longitude="-0.21")
    factories.LibraryFactory(slug="sans-lieu")
    page = client.get("/bibliotheques").content.decode()
    assert page.count('href="/bibliotheques/blaye"') == 2
    assert page.count('href="/bibliotheques/sans-lieu"') == 1
    assert "Une bibliothèque n’y a pas encore sa place" in page


def test_l11_north_is_above_and_east_on_the_right() -> None:
    factories.LibraryFactory(name="Nord-Est", latitude="45.2", longitude="0.2")
    factories.LibraryFactory(name="Sud-Ouest", latitude="44.2", longitude="-1.0")
    drawn = draw(Library.objects.select_related("territory"))
    assert drawn is not None
    stops = {stop.library.name: stop for stop in drawn.stops}
    assert stops["Nord-Est"].x > stops["Sud-Ouest"].x
    assert stops["Nord-Est"].y < stops["Sud-Ouest"].y
    assert all(0 < stop.x < drawn.width and 0 < stop.y < drawn.height for stop in drawn.stops)


def test_a_tree_joins_each_point_once_by_the_shortest_way() -> None:
    pairs = branches(((0.0, 0.0), (10.0, 0.0), (1.0, 0.0), (2.0, 0.0)))
    assert {frozenset(pair) for pair in pairs} == {
        frozenset({(0.0, 0.0), (1.0, 0.0)}),
        frozenset({(1.0, 0.0), (2.0, 0.0)}),
        frozenset({(2.0, 0.0), (10.0, 0.0)}),
    }


def test_l11_a_merged_library_leads_on_and_one_that_left_says_so(client: Client) -> None:
    new = placed(slug="nouvelle")
    old = {"is_open": False, "closed_at": clock.now()}
    factories.LibraryFactory(slug="ancienne", merged_into=new, **old)
    factories.LibraryFactory(slug="partie", **old)
    assert client.get("/bibliotheques/ancienne")["Location"] == "/bibliotheques/nouvelle"
    left = client.get("/bibliotheques/partie")
    assert left.status_code == 410
    assert "ne fait plus partie du réseau" in left.content.decode()
    assert client.get("/bibliotheques/inconnue").status_code == 404


def test_l11_its_page_leads_to_registering_there(client: Client) -> None:
    library = placed(slug="blaye")
    assert 'href="/inscription?bibliotheque=blaye"' in client.get("/bibliotheques/blaye").content.decode()
    form = client.get("/inscription?bibliotheque=blaye").context["form"]
    assert form.initial["library"] == library.pk
    assert "library" not in client.get("/inscription?bibliotheque=%00").context["form"].initial


def test_l11_where_libraries_register_their_readers_nothing_leads_there(client: Client) -> None:
    factories.portal("oise")
    placed(slug="blaye")
    assert "/inscription" not in client.get("/bibliotheques/blaye").content.decode()


def test_only_published_picks_are_read(client: Client) -> None:
    library = placed(slug="blaye")
    rows = {
        state: Pick.objects.create(library=library, title=f"Titre {state}", review="Lu.", state=state)
        for state in (PickState.DRAFT, PickState.PROPOSED, PickState.DECLINED)
    }
    done = Pick.objects.create(
        library=library, title="Le bon", review="Lu.", state=PickState.PUBLISHED, published_at=clock.now()
    )
    for address in ("/", "/coups-de-coeur", "/bibliotheques/blaye"):
        page = client.get(address).content.decode()
        assert "Le bon" in page
        assert "Titre" not in page.split("<main")[1].replace("Titre d", "")
    assert client.get(f"/coups-de-coeur/{done.pk}").status_code == 200
    assert {client.get(f"/coups-de-coeur/{row.pk}").status_code for row in rows.values()} == {404}
    assert "Le bon" not in client.get("/coups-de-coeur?type=film").content.decode()


def test_l9_the_account_menu_follows_the_portals_settings() -> None:
    library = placed(name="Aillant")
    account = factories.library_account(library)
    factories.portal("loiret")
    page = client_of(account).get("/").content.decode()
    for label in ("Bonjour, Aillant", "Mes abonnements", "Mes suggestions", "Mes contributions", "Déconnexion"):
        assert label in page
    factories.portal("oise")
    page = client_of(account).get("/").content.decode()
    assert "MON COMPTE" in page
    assert "Mes abonnés numériques" in page
    assert "Mes contributions" not in page
