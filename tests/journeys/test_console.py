"""Journeys D1 and E1: the département keeps its network and its people, and finds all of it in the log."""

from collections.abc import Callable
from secrets import token_hex

from playwright.sync_api import expect

from tests.journeys.server import Site, link_of
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ADMIN = "admin@example.org"
PASSWORD = "Cerf-volant/37-marmite"


def administrator(visit: Visit, **options: int) -> Visitor:
    """Return the demo's administrator on the console's first page."""
    visitor = visit(**options).logs_in_as_professional(ADMIN)
    return visitor.sees("Mon tableau de bord")


def creates(visitor: Visitor, name: str) -> Visitor:
    """Create a library called `name`."""
    visitor.goes_to("/console/bibliotheques/nouvelle").sees("Nouvelle bibliothèque")
    visitor.fills("Nom", name).fills("Commune", name).fills("Code INSEE", "33999").fills("Code postal", "33999")
    visitor.fills("Adresse mail", f"{name.lower()}@example.org")
    visitor.page.get_by_label("Territoire").select_option(index=1)
    return visitor.clicks("Enregistrer").sees(name)


def test_d1_a_network_grows_invites_merges_and_remembers(visit: Visit, site: Site) -> None:
    """D1: two libraries, a librarian by invitation, one library joins the other; the log has it all."""
    mark = token_hex(3)
    old, new, mail = f"Ancienne{mark}", f"Nouvelle{mark}", f"ines.{mark}@example.org"
    visitor = creates(creates(administrator(visit), new), old)
    visitor.clicks("Inviter une personne").sees("Inviter une personne")
    visitor.fills("Prénom et nom", "Inès Caradec").fills("Adresse mail", mail)
    visitor.clicks("Envoyer l’invitation").sees("Inès Caradec").reads("Invitation envoyée le", old)

    librarian = visit().goes_to(link_of(site.mail_to(mail, "Votre compte"), "http"))
    librarian.fills("Nouveau mot de passe", PASSWORD).fills("Confirmation du nouveau mot de passe", PASSWORD)
    librarian.page.locator("main form button[type=submit]").first.click()
    librarian.page.wait_for_load_state()
    librarian.logs_in_as_professional(mail, PASSWORD).sees("Mon tableau de bord").reads(old)

    visitor.goes_to(f"/console/bibliotheques?q={old}").sees("Bibliothèques").clicks(old).sees(old)
    visitor.clicks("Réunir à une autre").sees(f"Réunir {old} à une autre bibliothèque")
    visitor.page.goto(f"{visitor.page.url}?vers={identifier_of(visitor, new)}")
    visitor.reads(f"Ce qui passera à la bibliothèque de {new}").judges()
    visitor.clicks(f"Réunir {old} à la bibliothèque de {new}").sees(new).reads("Inès Caradec")
    librarian.goes_to("/pro/").sees("Mon tableau de bord").reads(new)

    visitor.goes_to("/console/journal").sees("Journal")
    visitor.page.get_by_label("Qui", exact=True).select_option(label="Camille Administration")
    visitor.clicks("Filtrer")
    rows = visitor.page.locator("tbody tr")
    for operation, what in (
        ("Bibliothèque réunie à une autre", old),
        ("Accès donné à une bibliothèque", "Inès Caradec"),
        ("Bibliothèque créée", new),
    ):
        expect(rows.filter(has_text=operation).filter(has_text=what).first).to_be_visible()
    visitor.judges()


def identifier_of(visitor: Visitor, name: str) -> str:
    """Return the number by which the page's chooser knows the library called `name`."""
    option = visitor.page.locator("select[name=vers] option", has_text=name)
    return str(option.first.get_attribute("value"))


def test_d1_the_networks_pages_on_a_phone(visit: Visit) -> None:
    """D1: every list and form of the network at 360 pixels, and the one search field."""
    visitor = administrator(visit, width=360, height=740)
    for address, heading in (
        ("/console/bibliotheques", "Bibliothèques"),
        ("/console/bibliotheques/1", "Sauveterre-de-Guyenne"),
        ("/console/territoires", "Territoires"),
        ("/console/territoires/1", ""),
        ("/console/comptes", "Comptes professionnels"),
        ("/console/comptes/nouveau", "Inviter une personne"),
        ("/console/equipe", "Équipe"),
        ("/console/equipe/nouveau", "Inviter un(e) collègue"),
        ("/console/journal", "Journal"),
    ):
        visitor.goes_to(address).sees(heading)
    visitor.page.locator("#strip-q").fill("sauveterre")
    visitor.page.locator("#strip-q").press("Enter")
    visitor.sees("Rechercher").reads("Bibliothèques", "Comptes professionnels", "Sauveterre-de-Guyenne")


def test_e1_a_library_invites_a_colleague(visit: Visit, site: Site) -> None:
    """E1: « nouvel utilisateur », « partenaire », « Consulter »; the colleague sees the library and changes nothing."""
    mail = f"yves.{token_hex(3)}@example.org"
    manager = visit().logs_in_as_professional("Sauveterre-de-Guyenne").sees("Mon tableau de bord")
    manager.clicks("Utilisateurs").sees("Utilisateurs").clicks("nouvel utilisateur").sees("Nouvel utilisateur")
    manager.page.get_by_label("Type d'utilisateur").select_option(label="partenaire")
    manager.fills("Prénom et nom", "Yves Consigny").fills("Adresse mail", mail).ticks("Consulter")
    manager.clicks("Enregistrer").sees("Utilisateurs").reads("Yves Consigny")
    colleague = visit().goes_to(link_of(site.mail_to(mail, "Votre compte"), "http"))
    colleague.fills("Nouveau mot de passe", PASSWORD).fills("Confirmation du nouveau mot de passe", PASSWORD)
    colleague.page.locator("main form button[type=submit]").first.click()
    colleague.page.wait_for_load_state()
    colleague.logs_in_as_professional(mail, PASSWORD).sees("Mon tableau de bord")
    colleague.clicks("Utilisateurs").sees("Utilisateurs").does_not_read("nouvel utilisateur")
    manager.page.locator("tbody tr").filter(has_text=mail).get_by_role("button", name="Retirer").click()
    manager.reads("n’a plus accès")
