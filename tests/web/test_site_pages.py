"""The public pages: home, resources (R4), help, libraries, contact, legal notice, errors, health, pictures."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from navette.libraries.models import Library, OpeningHours
from navette.resources.models import Audience, Category, DigitalResource, Offer
from navette.subscriptions.models import GrantState
from navette.web.site import pages
from tests import factories
from tests.web.browsing import words

pytestmark = pytest.mark.usefixtures("portal")
LIST = "/ressources-numeriques"


def names(answer: Any) -> list[str]:
    """Return the names of the resources listed."""
    return [row.name for row in answer.context["page"]]


def count_queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# ---- refusals
@pytest.mark.parametrize("address", [f"{LIST}/x", f"{LIST}/x/conditions", "/media/rien.png", "/x"])
def test_what_does_not_exist_answers_404_and_says_where_to_go(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 404
    assert 'href="/ressources-numeriques"' in words(answer)


@pytest.mark.parametrize(
    "address", ["/", LIST, "/aide", "/contact/envoye", "/bibliotheques", "/mentions-legales", "/healthz"]
)
def test_pages_that_only_tell_refuse_a_post(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.mark.parametrize(
    "query",
    [
        "categorie=inconnue",
        "public=%00",
        "offre=x&offre=y",
        "page=-3",
        "page=zz",
        "page=" + "9" * 400,
        "categorie=" + "é" * 3000,
        "x[]=1",
    ],
)
def test_a_filter_that_means_nothing_is_left_out(client: Client, query: str) -> None:
    resource = factories.ResourceFactory()
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert names(answer) == [resource.name]


@pytest.mark.parametrize("query", ["q=%00", "q=" + "a" * 5000, "q=%25_%27%22%3Cscript%3E", "page=abc", "q=' OR 1=1"])
def test_a_hostile_search_of_libraries_is_only_a_search(client: Client, query: str) -> None:
    factories.LibraryFactory()
    answer = client.get(f"/bibliotheques?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.content.decode()


@pytest.mark.parametrize("path", ["../tests.sqlite3", "%2e%2e/tests.sqlite3", "resources/", "a" * 3000, "%00"])
def test_pictures_lead_to_no_other_file(client: Client, path: str) -> None:
    assert client.get(f"/media/{path}").status_code in {400, 404}


def test_texts_of_terms_are_escaped(client: Client) -> None:
    factories.SiteTermsFactory(text="Un <b>premier</b> point.\n\nUn second.")
    page = client.get("/mentions-legales").content.decode()
    assert "<p>Un &lt;b&gt;premier&lt;/b&gt; point.</p>" in page
    assert "<p>Un second.</p>" in page


# ---- home
def test_home_tells_how_it_works_in_the_portals_days(client: Client) -> None:
    assert 'Ma bibliothèque confirme</span> <span class="step-note">sous 4 jours' in words(client.get("/"))
    factories.portal(decision_days=9)
    assert "sous 9 jours" in words(client.get("/"))


def test_home_sends_to_the_library_where_readers_do_not_register_themselves(client: Client) -> None:
    factories.portal("oise")
    page = words(client.get("/"))
    assert "Ma bibliothèque m’inscrit" in page
    assert 'href="/inscription"' not in page


def test_home_shows_a_resource_of_each_category_first(client: Client) -> None:
    press = factories.CategoryFactory(name="Presse", slug="presse", position=9)
    films = [factories.ResourceFactory(name=f"Film {n}", slug=f"film-{n}") for n in range(7)]
    kiosk = factories.ResourceFactory(name="Kiosque", slug="kiosque", category=press)
    shown = client.get("/").context["resources"]
    assert shown[:2] == [films[0], kiosk]
    assert len(shown) == pages.TILES


def test_home_without_any_resource_shows_no_empty_shelf(client: Client) -> None:
    assert "À découvrir" not in words(client.get("/"))


# ---- the list of resources
def test_r4_the_list_holds_open_resources_only(client: Client) -> None:
    shown = factories.ResourceFactory()
    factories.ResourceFactory(is_open=False)
    assert names(client.get(LIST)) == [shown.name]


def test_r4_the_offer_is_a_box_that_names_the_portal(client: Client) -> None:
    theirs = factories.ResourceFactory()
    other = factories.ResourceFactory()
    other.offers.set([Offer.objects.create(name="Petite enfance", slug="petite-enfance")])
    page = words(client.get(LIST))
    assert "Offre biblio.gironde" in page
    assert "Offre Petite enfance" in page
    assert names(client.get(LIST, {"offre": "offre"})) == [theirs.name]
    assert names(client.get(LIST, {"offre": ["offre", "petite-enfance"]})) == [theirs.name, other.name]


def test_r4_category_and_audience_narrow_the_list_and_stay_in_the_address(client: Client) -> None:
    press = Category.objects.create(name="Presse", slug="presse", position=2)
    kiosk = factories.ResourceFactory(category=press, audience=Audience.ADULTS)
    factories.ResourceFactory(category=press, audience=Audience.CHILDREN)
    factories.ResourceFactory(audience=Audience.ADULTS)
    answer = client.get(LIST, {"categorie": "presse", "public": "adults"})
    assert names(answer) == [kiosk.name]
    assert 'type="radio" name="categorie" value="presse" id="id_categorie_2" checked' in words(answer)


def test_a_list_that_nothing_answers_to_says_what_to_do(client: Client) -> None:
    factories.ResourceFactory()
    Category.objects.create(name="Presse", slug="presse")
    page = words(client.get(LIST, {"categorie": "presse"}))
    assert "Aucune ressource ne répond à ces choix" in page
    assert f'href="{LIST}"' in page


def test_r4_the_list_marks_what_the_readers_subscription_opens(client: Client) -> None:
    grant = factories.GrantFactory()
    factories.ResourceFactory()
    client.force_login(grant.subscription.reader.user)
    assert client.get(LIST).context["opened"] == {grant.resource_id}
    assert words(client.get(LIST)).count("Dans mon abonnement") == 1


@pytest.mark.parametrize("state", ["expired", "refused", "waiting", "unconfirmed_address"])
def test_the_list_marks_nothing_while_nothing_opens(client: Client, state: str) -> None:
    traits = {state: True} if state in {"expired", "refused"} else {}
    subscription = factories.SubscriptionFactory(active=state == "unconfirmed_address", **traits)
    factories.GrantFactory(subscription=subscription)
    user = subscription.reader.user
    if state == "unconfirmed_address":
        user.email_confirmed_at = None
        user.save()
    client.force_login(user)
    assert client.get(LIST).context["opened"] == set()


def _shelf(count: int) -> Iterator[DigitalResource]:
    start = DigitalResource.objects.count()
    return (factories.ResourceFactory(name=f"Titre {n:04}", slug=f"titre-{n}") for n in range(start, count))


def test_the_list_asks_as_much_of_the_database_for_500_as_for_5(client: Client) -> None:
    grant = factories.GrantFactory()
    client.force_login(grant.subscription.reader.user)
    list(_shelf(5))
    client.get(LIST)  # the first page of a session also writes when it was seen
    few = count_queries(client, LIST)
    list(_shelf(500))
    assert count_queries(client, LIST) == few


def test_the_list_pages_keep_the_filters(client: Client) -> None:
    list(_shelf(30))
    page = words(client.get(LIST, {"offre": "offre"}))
    assert 'href="?offre=offre&page=2"' in page
    assert len(names(client.get(LIST, {"offre": "offre", "page": "2"}))) == 6


# ---- a resource and its way in
def test_r4_a_subscribed_reader_opens_it_in_a_new_tab(client: Client) -> None:
    grant = factories.GrantFactory()
    client.force_login(grant.subscription.reader.user)
    page = words(client.get(f"{LIST}/{grant.resource.slug}"))
    assert f'href="{LIST}/{grant.resource.slug}/ouvrir" target="_blank" rel="noopener"> Accéder' in page


def test_a_visitor_is_told_to_register_or_to_log_in_and_comes_back(client: Client) -> None:
    resource = factories.ResourceFactory()
    page = words(client.get(f"{LIST}/{resource.slug}"))
    assert 'href="/inscription">S\'inscrire</a>' in page
    assert f"/connexion?suite=/ressources-numeriques/{resource.slug}" in page
    assert "/ouvrir" not in page


def test_a_visitor_finds_their_library_where_readers_do_not_register_themselves(client: Client) -> None:
    factories.portal("oise")
    page = words(client.get(f"{LIST}/{factories.ResourceFactory().slug}"))
    assert 'href="/bibliotheques">Trouver ma bibliothèque</a>' in page
    assert "/inscription" not in page


@pytest.mark.parametrize(
    ("trait", "said", "button"),
    [
        ({}, "attend la réponse de votre bibliothèque", "Voir où en est ma demande"),
        ({"refused": True}, "n’a pas validé votre abonnement", "Faire une nouvelle demande"),
        ({"expired": True}, "a pris fin le", "Demander le renouvellement"),
        ({"active": True}, "ne fait pas partie de votre abonnement", "Ajouter cette ressource"),
    ],
)
def test_sub_04_whoever_may_not_open_it_reads_why_and_what_to_do(
    client: Client, trait: dict[str, bool], said: str, button: str
) -> None:
    resource = factories.ResourceFactory()
    client.force_login(factories.SubscriptionFactory(**trait).reader.user)
    page = words(client.get(f"{LIST}/{resource.slug}"))
    assert said in page
    assert button in page
    assert "/ouvrir" not in page


def test_sub_04_a_refused_grant_does_not_open(client: Client) -> None:
    grant = factories.GrantFactory(state=GrantState.REFUSED)
    client.force_login(grant.subscription.reader.user)
    assert "/ouvrir" not in words(client.get(f"{LIST}/{grant.resource.slug}"))


def test_a_professional_is_told_that_readers_accounts_open_resources(client: Client) -> None:
    resource = factories.ResourceFactory()
    client.force_login(factories.library_account(factories.LibraryFactory()))
    page = words(client.get(f"{LIST}/{resource.slug}"))
    assert "compte professionnel" in page
    assert "/ouvrir" not in page


def test_a_closed_resource_says_so(client: Client) -> None:
    grant = factories.GrantFactory(resource=factories.ResourceFactory(is_open=False))
    client.force_login(grant.subscription.reader.user)
    page = words(client.get(f"{LIST}/{grant.resource.slug}"))
    assert "Cette ressource est fermée." in page
    assert "/ouvrir" not in page


def test_the_terms_of_a_resource_are_those_in_force(client: Client) -> None:
    resource = factories.ResourceFactory()
    resource.terms.create(version=2, text="Les nouvelles conditions.")
    page = words(client.get(f"{LIST}/{resource.slug}/conditions"))
    assert "Les nouvelles conditions." in page
    assert "Version 2" in page


# ---- text pages
@pytest.mark.parametrize(
    "anchor", ["inscription", "attente", "ouvrir", "modifier", "renouveler", "mot-de-passe", "demander"]
)
def test_the_help_page_answers_each_question_at_its_anchor(client: Client, anchor: str) -> None:
    page = client.get("/aide").content.decode()
    assert f'id="{anchor}"' in page
    assert f'href="#{anchor}"' in page


@pytest.mark.parametrize(("profile", "length"), [("gironde", 12), ("loiret", 12)])
def test_the_help_page_follows_the_settings(client: Client, profile: str, length: int) -> None:
    factories.portal(profile)
    assert f"{length} caractères au moins" in words(client.get("/aide"))


def test_the_help_page_of_a_portal_whose_libraries_register(client: Client) -> None:
    factories.portal("oise")
    page = words(client.get("/aide"))
    assert "C’est votre bibliothèque qui vous inscrit." in page
    assert "sous 7 jours" in page


def test_contact_gives_the_portals_mail_and_phone(client: Client) -> None:
    page = words(client.get("/contact"))
    assert 'href="mailto:bibnum@example.org"' in page
    assert 'href="tel:+33100000000"' in page


def test_every_page_leads_to_contact_help_and_legal_notice(client: Client) -> None:
    page = words(client.get("/aide"))
    assert '<a href="/contact">Contactez-nous</a>' in page
    assert '<a href="/mentions-legales">Mentions légales</a>' in page


# ---- the menu
def test_r7_the_account_unfolds_and_holds_the_way_out(client: Client) -> None:
    client.force_login(factories.SubscriptionFactory(active=True).reader.user)
    page = words(client.get("/"))
    assert "<span>Connexion</span>" not in page
    assert "<span>Mon compte</span>" in page
    assert 'action="/deconnexion"' in page
    assert "Me déconnecter" in page


def test_a_professional_gets_to_their_workspace_from_the_menu(client: Client) -> None:
    client.force_login(factories.library_account(factories.LibraryFactory()))
    assert "Accéder à l'espace professionnel" in words(client.get("/"))


def test_the_menu_marks_where_one_is(client: Client) -> None:
    resource = factories.ResourceFactory()
    assert 'href="/ressources-numeriques" aria-current="page"' in words(client.get(LIST))
    assert 'href="/ressources-numeriques" aria-current="true"' in words(client.get(f"{LIST}/{resource.slug}"))


# ---- libraries
def test_the_libraries_open_to_readers_show_hours_and_phone(client: Client) -> None:
    library = factories.LibraryFactory(name="Crèvecœur", slug="crevecoeur", phone="05 56 00 00 00")
    OpeningHours.objects.create(library=library, weekday=3, opens=dt.time(10), closes=dt.time(12, 30))
    OpeningHours.objects.create(library=library, weekday=3, opens=dt.time(14), closes=dt.time(18))
    factories.LibraryFactory(name="Fermée-sur-Mer", is_open=False)
    page = words(client.get("/bibliotheques"))
    assert "Mercredi" in page
    assert "10 h – 12 h 30" in page
    assert "14 h – 18 h" in page
    assert "tel:+33556000000" in page
    assert "Fermée-sur-Mer" not in page


@pytest.mark.parametrize("text", ["crevecoeur", "CRÈVECŒUR", "crève", "3354", "l'Isle crevecoeur"])
def test_a_library_is_found_however_it_is_typed(client: Client, text: str) -> None:
    factories.LibraryFactory(name="Crèvecœur l’Isle", slug="crevecoeur-l-isle", commune="Crèvecœur", postcode="33540")
    factories.LibraryFactory(postcode="33000")
    found = client.get("/bibliotheques", {"q": text}).context["rows"]
    assert [library.slug for library, _days in found] == ["crevecoeur-l-isle"]


def test_no_library_found_says_what_to_type(client: Client) -> None:
    assert "Essayez le nom de la commune" in words(client.get("/bibliotheques", {"q": "xyz"}))


def test_a_reader_sees_their_own_library_first(client: Client) -> None:
    subscription = factories.SubscriptionFactory(library__name="Blaye", library__phone="05 56 11 11 11")
    client.force_login(subscription.reader.user)
    assert "Vous êtes inscrit(e) à la <strong>bibliothèque de Blaye</strong>" in words(client.get("/bibliotheques"))


def test_libraries_ask_as_much_of_the_database_for_500_as_for_5(client: Client) -> None:
    def grow(count: int) -> None:
        for n in range(Library.objects.count(), count):
            library = factories.LibraryFactory(slug=f"bib-{n}")
            OpeningHours.objects.create(library=library, weekday=2, opens=dt.time(9), closes=dt.time(12))

    grow(5)
    few = count_queries(client, "/bibliotheques")
    grow(500)
    assert count_queries(client, "/bibliotheques") == few
