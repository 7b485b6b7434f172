"""Journeys R2 to R7 where libraries register their readers, who choose a password at the first login (guide 04)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import readers
from tests.journeys.server import Site, link_of
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LIBRARY = "Crèvecœur-le-Grand"
EIGHT = "Lune;7vert"


@pytest.fixture(scope="package")
def site(demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile oise."""
    return demos("oise")


def register(librarian: Visitor, address: str) -> None:
    """Let the library register Élise Moreau, with every resource."""
    librarian.goes_to("/pro/inscription").fills("Nom", "Moreau").fills("Prénom", "Élise")
    librarian.page.locator("input[name=email]").fill(address)
    librarian.page.locator("input[name=email_again]").fill(address)
    librarian.fills("Date de naissance", "13/03/1990")
    for box in librarian.page.locator("input[name=resources]").all():
        box.check()
    librarian.page.locator(".register-form").get_by_role("button", name="Enregistrer").click()


def choose_password(visitor: Visitor, site: Site, address: str) -> None:
    """Choose the first password by « Mot de passe oublié »."""
    visitor.goes_to("/connexion").clicks("Mot de passe oublié").sees("Récupération de mot de passe")
    visitor.page.get_by_role("textbox").first.fill(address)
    visitor.clicks("Envoyer").reads("Des instructions ont été envoyées à votre adresse de courriel")
    visitor.goes_to(link_of(site.mail_to(address, "mot de passe"), "/mot-de-passe/")).judges()
    for field in visitor.page.locator("input[type=password]").all():
        field.fill(EIGHT)
    visitor.page.locator("main form button.btn").first.click()


def test_r2_to_r7_registered_by_the_library(visit: Visit, site: Site) -> None:
    """R2, R3, R4, R5 and R7: the first login asks for a password of one's own, then for the terms (SUB-13)."""
    visit().goes_to("/inscription").sees("L’inscription se fait dans votre bibliothèque")
    address = readers.new_address()
    librarian = visit(javascript=False).logs_in_as_professional(LIBRARY)
    register(librarian, address)
    reader = visit()
    choose_password(reader, site, address)
    reader.logs_in(address, EIGHT).sees("Conditions générales d’utilisation").reads("Et celles de vos ressources")
    reader.goes_to("/mon-compte/modifier").sees("Conditions générales d’utilisation")
    reader.clicks("Valider").reads("1 erreur a été trouvée")
    reader.ticks("J’ai lu et j’accepte ces conditions").clicks("Valider").sees("Modifier mes informations")
    reader.goes_to("/mon-compte").sees("Mon compte").reads("En attente", LIBRARY)
    expect(reader.page.locator(".resource-line.is-open")).to_have_count(0)

    readers.accept(librarian, address)
    site.mail_to(address, "validé")
    readers.open_first(reader)
    reader.goes_to("/mon-compte/modifier").sees("Modifier mes informations").fills("Prénom", "Élisa")
    readers.save_account(reader)
    reader.reads("Élisa")
    readers.log_out(reader)


def test_r6_the_end_and_the_renewal(visit: Visit) -> None:
    """R6: told that it is over, asks; the library accepts it like a first request."""
    reader = visit().logs_in("expire@example.org").sees("Mon compte")
    reader.reads("Expiré", f"adressez-vous à votre bibliothèque de {LIBRARY}")
    reader.clicks("Demander le renouvellement").sees("Mon compte").reads("En attente")
    readers.accept(visit(javascript=False).logs_in_as_professional(LIBRARY), "expire@example.org")
    reader.goes_to("/mon-compte").sees("Mon compte").reads("Validé")
