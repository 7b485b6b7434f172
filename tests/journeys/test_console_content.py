"""Journey D1: what the département's staff change of what the portal offers and says, and who sees it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.server import Site, text_of
from tests.journeys.test_readers import new_address
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ADMIN = "admin@example.org"
NAME = "Atlas des oiseaux"


def test_d1_what_the_portal_offers_and_says(visit: Visit, site: Site) -> None:
    """D1: a resource made and seen, its terms, a setting previewed and applied, a mail's text changed and used."""
    staff = visit().logs_in_as_professional(ADMIN).goes_to("/console/")
    _makes_a_resource(staff)
    reader = visit(width=360).logs_in("active@example.org").goes_to("/ressources-numeriques/atlas-des-oiseaux")
    reader.sees(NAME).clicks("Conditions générales d’utilisation").reads("Ne nourrissez pas les oiseaux.")
    _previews_a_setting(staff)
    _changes_a_text(staff, visit, site)


def _makes_a_resource(staff: Visitor) -> None:
    staff.clicks("Ressources", within=".rail-nav").sees("Ressources").clicks("Nouvelle ressource")
    staff.sees("Nouvelle ressource").fills("Nom", NAME).fills("En une phrase", "Les reconnaître à leur chant.")
    staff.fills("Description", "Quatre cents chants.").fills("Fournisseur", "Plumes SARL")
    staff.page.get_by_label("Catégorie").select_option(index=1)
    staff.clicks("Enregistrer").sees("Connexion à la plateforme")
    staff.page.get_by_label("Lien simple").check()
    staff.clicks("Continuer").fills("Adresse de la plateforme", "https://oiseaux.example.org/").clicks("Enregistrer")
    staff.sees("Connexion à la plateforme").clicks(NAME, within=".back").sees(NAME)
    staff.clicks("Conditions d’utilisation : aucune").sees(f"Conditions d’utilisation de « {NAME} »")
    staff.fills("Texte de la nouvelle version", "## Règles\n\nNe nourrissez pas les oiseaux.").clicks("Voir l’aperçu")
    expect(staff.page.get_by_role("heading", name="Règles")).to_be_visible()
    staff.clicks("Publier la version 1").reads("La version 1 est publiée.")
    staff.goes_to("/console/ressources?q=oiseaux").clicks("Modifier", within="tbody").sees(NAME)
    staff.clicks("Ouvrir la ressource…").sees(f"Ouvrir « {NAME} » ?").clicks("Ouvrir la ressource")
    staff.reads(f"{NAME} est ouverte.")


def _previews_a_setting(staff: Visitor) -> None:
    staff.clicks("Réglages", within=".rail-nav").sees("Réglages")
    staff.fills("Adresse postale", "1 rue des Vignes, 33000 Bordeaux").clicks("Voir ce que cela change")
    staff.sees("Ce que cela change").reads("1 rue des Vignes, 33000 Bordeaux").clicks("Appliquer")
    staff.sees("Réglages").reads("Les réglages sont appliqués.")
    staff.goes_to("/mentions-legales").reads("1 rue des Vignes, 33000 Bordeaux")


def _changes_a_text(staff: Visitor, visit: Visit, site: Site) -> None:
    staff.goes_to("/console/textes/contact_received").fills("Message", "Bonjour {inconnu}").clicks("Enregistrer")
    staff.reads("Ce mail ne connaît pas {inconnu}.").judges()
    staff.fills("Message", "Bonjour, merci de votre question du {date}. À très vite.").clicks("Enregistrer")
    staff.reads("Le texte est enregistré")
    address = new_address()
    asker = visit().goes_to("/contact").fills("Votre nom", "Sacha").fills("Votre adresse mail", address)
    asker.page.get_by_label("Votre question concerne").select_option(index=1)
    asker.fills("Votre message", "Une question.").clicks("Envoyer").sees("Votre message est envoyé")
    assert "merci de votre question du" in text_of(site.mail_to(address, "Votre question"))
    staff.goes_to("/console/textes/contact_received").clicks("Revenir au texte d’origine")
    staff.reads("Le texte d’origine est rétabli.")
