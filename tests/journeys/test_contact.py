"""Journey R8: a question asked from the foot of a page, answered by mail (guide 01, guide 02)."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.server import Site, text_of
from tests.journeys.test_readers import new_address
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ADMIN = "admin@example.org"


def test_r8_ask_for_help(visit: Visit, site: Site) -> None:
    """R8: « Contactez-nous » at the foot, the theme, the acknowledgment, the team's answer in the asker's mails."""
    address = new_address()
    asker = visit(width=360).goes_to("/ressources-numeriques").clicks("Contactez-nous", within="footer")
    asker.sees("Contactez-nous")
    expect(asker.page.get_by_role("link", name="notre formulaire dédié")).to_have_attribute(
        "href", "/contact-professionnel"
    )
    asker.clicks("Envoyer").reads("4 erreurs ont été trouvées").judges()
    asker.fills("Votre nom", "Camille Rivière").fills("Votre adresse mail", address)
    asker.page.get_by_label("Votre question concerne").select_option(label="Les ressources numériques")
    asker.fills("Votre message", "Comment lire la presse sur mon téléphone ?").clicks("Envoyer")
    asker.sees("Votre message est envoyé")
    site.mail_to(address, "Votre question")
    assert "Comment lire la presse" in text_of(site.mail_to("bibnum@example.org", "Une question sur"))

    staff = visit().logs_in_as_professional(ADMIN).goes_to("/console/")
    staff.clicks("Messages reçus").sees("Messages reçus")
    staff.page.locator("tbody tr").filter(has_text="Camille Rivière").get_by_role("link", name="Lire").click()
    staff.sees("Les ressources numériques").reads("Comment lire la presse sur mon téléphone ?")
    staff.fills("Votre réponse", "Ouvrez « Mon compte », puis la ressource.").clicks("Envoyer la réponse")
    staff.sees("Messages reçus").reads("La réponse part par mail à Camille Rivière.")
    answer = text_of(site.mail_to(address, "Réponse à votre question"))
    assert "Ouvrez « Mon compte », puis la ressource." in answer
    assert "Comment lire la presse sur mon téléphone ?" in answer


def test_r8_librarians_have_their_own_form(visit: Visit) -> None:
    """R8: a library that is logged in finds itself, its address and its themes on `/contact-professionnel`."""
    library = visit().logs_in_as_professional("Sauveterre-de-Guyenne").goes_to("/contact")
    library.clicks("notre formulaire dédié").sees("Contact professionnel")
    library.page.get_by_label("Votre question concerne").select_option(label="Mes abonnés aux ressources numériques")
    library.fills("Votre message", "Une lectrice n’apparaît pas dans la liste.").clicks("Envoyer")
    library.sees("Votre message est envoyé")
