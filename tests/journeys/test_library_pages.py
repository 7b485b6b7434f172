"""Journeys L2, L9, L10 and L11: the libraries' own pages and menus, in gironde, loiret and oise."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.server import Site
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
MENU = [
    "Mon tableau de bord",
    "Mes abonnés",
    "Prêts en cours",
    "Mes réservations",
    "Retours",
    "Mes listes",
    "Outils d'animation",
    "Formations",
    "Mes articles",
    "Mes médias",
    "Ma bibliothèque",
    "Utilisateurs",
]
GROUPS = {
    "Profil": ["Modifier mon mot de passe"],
    "Mes articles": ["Mes événements", "Mes coups de cœur", "Mes médias"],
    "Ma bibliothèque": ["Ma fiche bibliothèque", "Mes abonnés", "Mes prêts en cours", "Mes listes"],
    "Aide en ligne": ["Tutoriels d'utilisation", "Foire aux questions"],
}
PROFILES = {"gironde": "Sauveterre-de-Guyenne", "loiret": "45004000017", "oise": "Crèvecœur-le-Grand"}


@pytest.fixture
def site(request: pytest.FixtureRequest, demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile that a journey names, gironde unless it does."""
    return demos(getattr(request, "param", "gironde"))


def test_l2_the_menu_and_the_dashboard(visit: Visit) -> None:
    """L2: the labels to the letter, and every entry leads to a page that judges well."""
    visitor = visit().logs_in_as_professional(PROFILES["gironde"]).sees("Mon tableau de bord")
    visitor.reads("Retour sur le site", PROFILES["gironde"], "Se déconnecter")
    links = visitor.page.locator("#menu .stop-link")
    labels = [text.splitlines()[0].strip() for text in links.locator("> span:first-child").all_inner_texts()]
    assert labels == MENU
    for title, wanted in GROUPS.items():
        shown = visitor.block(title).get_by_role("link").all_inner_texts()
        assert [text.strip() for text in shown][: len(wanted)] == wanted
    for address in [link.get_attribute("href") or "" for link in links.all()]:
        answer = visitor.page.goto(address)
        assert answer is not None
        assert answer.status == 200
        visitor.judges()


def test_l11_find_a_library_and_its_own_page(visit: Visit) -> None:
    """L11: list, map and page; what the library writes on its sheet is seen by all."""
    librarian = visit(width=360, height=740).logs_in_as_professional(PROFILES["gironde"]).sees("Mon tableau de bord")
    librarian.goes_to("/pro/ma-fiche").sees("Ma fiche bibliothèque")
    librarian.fills("Présentation", "Un lieu où l’on s’attarde.").fills("Jeudi, plage 1 : de", "09:30")
    librarian.fills("Jeudi, plage 1 : à", "12:00").clicks("Enregistrer").reads("La fiche est enregistrée")
    visitor = visit().goes_to("/").clicks("Ma bibliothèque").sees("Ma bibliothèque")
    stop = visitor.page.locator(".map-stop").filter(has_text=PROFILES["gironde"])
    stop.focus()
    expect(stop.locator("text")).to_have_css("opacity", "1")
    visitor.page.keyboard.press("Enter")
    visitor.sees(PROFILES["gironde"]).reads("Un lieu où l’on s’attarde.", "9 h 30 – 12 h", "Sa place dans le réseau")
    visitor.clicks("M’inscrire")
    expect(visitor.page.get_by_label("Bibliothèque de rattachement")).to_have_value(PROFILES["gironde"])


@pytest.mark.parametrize("site", ["loiret"], indirect=True)
def test_l9_the_account_menu(visit: Visit) -> None:
    """L9: a click on the library's name unfolds the menu; suggestions and picks do their job."""
    visitor = visit().logs_in_as_professional(PROFILES["loiret"]).sees("Mon tableau de bord")
    visitor.goes_to("/").page.locator(".strip summary").click()
    panel = visitor.page.locator(".strip .account-panel")
    expect(panel).to_contain_text("Bonjour, Aillant-sur-Milleron")
    entries = [
        "Mes informations",
        "Mes prêts",
        "Mes réservations",
        "Mon historique des prêts",
        "Mes abonnements",
        "Mes suggestions",
        "Mes listes",
        "Mes abonnés ressources numériques",
        "Mes contributions",
    ]
    assert [text.strip() for text in panel.get_by_role("link").all_inner_texts()][: len(entries)] == entries
    expect(panel.get_by_role("button", name="Déconnexion")).to_be_visible()
    visitor.judges().page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    for address in [link.get_attribute("href") or "" for link in panel.get_by_role("link").all()]:
        answer = visitor.page.goto(address)
        assert answer is not None
        assert answer.status == 200
        visitor.judges()
    visitor.goes_to("/pro/suggestions/nouvelle").fills("Titre", "Les Années").judges()
    visitor.clicks("Envoyer la suggestion").sees("Mes suggestions")
    expect(visitor.page.get_by_role("row").filter(has_text="Les Années")).to_contain_text("Reçue")
    visitor.goes_to("/pro/coups-de-coeur/nouveau").fills("Titre", "La Place").fills("Votre critique", "Une vie.")
    visitor.judges().clicks("Proposer à la publication").sees("Mes coups de cœur")
    expect(visitor.page.get_by_role("row").filter(has_text="La Place")).to_contain_text("Proposé à la publication")
    answers_and_publishes(visit())
    visitor.goes_to("/pro/suggestions").sees("Mes suggestions").reads("Il arrive par la navette.")
    visitor.goes_to("/pro/contributions").sees("Mes contributions")
    expect(visitor.page.get_by_role("row").filter(has_text="La Place")).to_contain_text("Publié")
    reader = visit().goes_to("/coups-de-coeur").sees("Coups de cœur").clicks("La Place", exact=False)
    reader.sees("La Place").reads("Une vie.")


def answers_and_publishes(staff: Visitor) -> None:
    """Answer the suggestion, and publish the pick, as the département's staff do."""
    staff.logs_in_as_professional("admin@example.org")
    staff.goes_to("/console/suggestions").sees("Suggestions d’achat")
    staff.clicks("Répondre", within='tr:has-text("Les Années")').sees("Les Années")
    staff.page.get_by_label("Achetée", exact=True).check()
    staff.fills("Réponse à la bibliothèque", "Il arrive par la navette.").clicks("Envoyer la réponse")
    staff.sees("Suggestions d’achat").reads("La réponse part à la bibliothèque d’Aillant-sur-Milleron.")
    staff.goes_to("/console/coups-de-coeur").sees("Coups de cœur")
    staff.clicks("Relire", within='tr:has-text("La Place")').sees("La Place")
    staff.clicks("Publier").sees("Coups de cœur").reads("« La Place » : publié.")


@pytest.mark.parametrize("site", ["oise"], indirect=True)
def test_l10_ideas_for_mediation(visit: Visit) -> None:
    """L10: the two pages, the second reached from the first; and what « MON COMPTE » holds."""
    visitor = visit().logs_in_as_professional(PROFILES["oise"]).sees("Mon tableau de bord")
    visitor.goes_to("/").page.locator(".strip summary").click()
    panel = visitor.page.locator(".strip")
    for label in ("MON COMPTE", "Inscription usager ressources numériques", "Mes abonnés numériques"):
        expect(panel.get_by_text(label, exact=True)).to_be_visible()
    visitor.goes_to("/pro/").clicks("Ma médiathèque numérique").sees("Ma médiathèque numérique")
    visitor.clicks("Boîte à idées numériques").sees("Boîte à idées numériques").reads("La revue de presse au café")
    visit().goes_to("/boite-a-idees-numeriques").sees("Connexion")
