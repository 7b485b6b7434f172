"""Journeys R1 to R7 where the library decides each resource, and a young reader's registration (guide 05, SUB-12)."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys import readers
from tests.journeys.readers import STRONG
from tests.journeys.server import Site, link_of, text_of
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LIBRARY, CARD = "Aillant-sur-Milleron", "45004000017"


@pytest.fixture(scope="package")
def site(demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile loiret."""
    return demos("loiret")


def register(visit: Visit, address: str, first_name: str, birth_date: str, parent: str = "") -> Visitor:
    """Register somebody new at Aillant, with every resource."""
    visitor = visit().goes_to("/inscription").sees("Inscription aux ressources numériques")
    readers.fill_person(visitor, first_name, birth_date)
    visitor.fills("Adresse mail", address).fills("Confirmation de l’adresse mail", address)
    parents = visitor.page.get_by_role("group", name="Accord d’un parent")
    if parent:
        expect(parents).to_be_visible()
        visitor.fills("Nom du parent ou responsable légal", "Inès Moreau")
        visitor.fills("Adresse mail du parent ou responsable légal", parent)
        visitor.judges()
    else:
        expect(parents).to_be_hidden()
    readers.choose_library(visitor, "aillant", LIBRARY)
    visitor.clicks("Tout sélectionner").clicks("Enregistrer")
    visitor.page.get_by_role("dialog").get_by_role("button", name="Valider").click()
    return visitor.sees("Votre demande est envoyée")


def test_r1_to_r7_register_be_answered_resource_by_resource_open_change_leave(visit: Visit, site: Site) -> None:
    """R1, R2, R3, R4, R5 and R7: one resource is refused, the others open; one added later waits for an answer."""
    address = readers.new_address()
    visitor = register(visit, address, "Élise", "13/03/1990")
    assert "Élise Moreau" in str(site.mail_to("aillant", "Élise Moreau")["Subject"])
    readers.confirm_address(visitor, site, address)

    reader = visit().logs_in(address, STRONG).sees("Mon compte")
    reader.reads("En attente", "Demandée, attend la réponse de votre bibliothèque")
    expect(reader.page.locator(".resource-line.is-open")).to_have_count(0)
    name = reader.page.locator(".resource-line strong").first.inner_text()
    librarian = visit(javascript=False).logs_in_as_professional(CARD)
    readers.accept(librarian, address, refused=name)
    assert name in text_of(site.mail_to(address, "validé"))

    reader.goes_to("/mon-compte").sees("Mon compte").reads("Validé", "Validée", "Refusée par votre bibliothèque")
    first = reader.page.locator(".resource-line", has_text=name).first
    expect(first.get_by_text("Refusée par votre bibliothèque")).to_be_visible()
    readers.open_first(reader)

    # One is dropped, then asked for again: the library is told, and decides it too.
    dropped = reader.page.locator(".resource-line.is-open strong").first.inner_text()
    reader.goes_to("/mon-compte/modifier").sees("Modifier mes informations")
    reader.page.get_by_label(dropped).uncheck()
    readers.save_account(reader)
    reader.goes_to("/mon-compte/modifier").ticks(dropped)
    readers.save_account(reader)
    line = reader.page.locator(".resource-line", has_text=dropped).first
    expect(line.get_by_text("Demandée, attend la réponse de votre bibliothèque")).to_be_visible()
    assert dropped in text_of(site.mail_to("aillant", "une ressource de plus"))
    readers.log_out(reader)


def test_r6_the_end_and_the_renewal(visit: Visit) -> None:
    """R6: told that it is over, asks; the library accepts it like a first request."""
    reader = visit().logs_in("expire@example.org").sees("Mon compte")
    reader.reads("Expiré", f"adressez-vous à votre bibliothèque d’{LIBRARY}")
    reader.clicks("Demander le renouvellement").sees("Mon compte").reads("En attente")
    readers.accept(visit(javascript=False).logs_in_as_professional(CARD), "expire@example.org")
    reader.goes_to("/mon-compte").sees("Mon compte").reads("Validé", "Validée")


def test_r1_a_young_reader_registers_with_a_parents_agreement(visit: Visit, site: Site) -> None:
    """R1 and SUB-12: the parent's fields appear with the date; the library sees nothing before the parent agreed."""
    address, parent = readers.new_address(), readers.new_address()
    register(visit, address, "Malo", "13/03/2016", parent=parent).reads("accord d’un parent")
    reader = visit(width=360, height=740).logs_in(address, STRONG).sees("Mon compte").reads("Accord parental attendu")
    librarian = visit().logs_in_as_professional(CARD).goes_to(f"/pro/abonnes?q={address}")
    expect(librarian.page.locator("input[name=choix]")).to_have_count(0)

    link = link_of(site.mail_to(parent, "Malo"), "/accord-parental/")
    answering = visit(width=360, height=740).goes_to(link).sees("L’inscription de Malo demande votre accord")
    answering.reads(LIBRARY).does_not_read("Moreau, Malo")
    answering.clicks("Je donne mon accord").sees("Votre accord est enregistré")
    reader.goes_to("/mon-compte").sees("Mon compte").reads("En attente", LIBRARY)
    librarian.goes_to(f"/pro/abonnes?q={address}")
    expect(librarian.page.locator("input[name=choix]")).to_have_count(1)
    assert "transmise" in str(site.mail_to(address, "transmise")["Subject"])

    visit().goes_to(f"{link}x").sees("Ce lien ne sert plus")


def test_r1_somebody_of_the_household_registers_from_the_account(visit: Visit, site: Site) -> None:
    """A second account at the same address, with its own password and its own request."""
    reader = visit().logs_in("active@example.org").sees("Mon compte")
    reader.clicks("Inscrire une personne de mon foyer").sees("Inscrire une personne de mon foyer")
    readers.fill_person(reader, "Théo", "13/03/1992")
    reader.page.locator("input[name=resources]").first.check()
    reader.clicks("Enregistrer")
    window = reader.page.get_by_role("dialog")
    window.get_by_role("checkbox").check()
    window.get_by_role("button", name="Enregistrer").click()
    reader.sees("Mon compte").reads("La demande de Théo est transmise")
    assert "Théo Moreau" in text_of(site.mail_to("active@example.org", "Théo"))
    visit().logs_in("active@example.org", STRONG).sees("Mon compte").reads("Théo", "En attente")

    # Those of one password choose who is coming.
    family = visit(width=360, height=740).logs_in("famille@example.org").sees("Qui vient ?")
    family.clicks("Jeanne", exact=False).sees("Mon compte").reads("En liste d’attente, 3e place")
    queued = family.page.locator(".resource-line", has_text="En liste d’attente").locator("strong").inner_text()
    family.goes_to("/ressources-numeriques").clicks(queued).sees(queued).reads(
        "Complet pour le moment", "en 3e position"
    )
