"""Journeys L1 and L7 at a portal where each resource is decided for itself (guide 05)."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.server import Site
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
CARD = "45004000017"
LIST = "Mes abonnés ressources numériques"


@pytest.fixture(scope="package")
def site(demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile loiret."""
    return demos("loiret")


def waiting_rows(visitor: Visitor) -> Locator:
    """Go to the requests that wait, but for the fixed account that others follow, and return their rows."""
    visitor.goes_to("/pro/abonnes?statut=pending").sees(LIST)
    return visitor.page.locator("tbody tr").filter(has_not_text="Attard")


def test_l1_by_the_loan_card_then_l7_resource_by_resource(visit: Visit, site: Site) -> None:
    """L1, L7: orange, the pencil, « Validé », then resources refused and removed; the row has turned green."""
    visitor = visit().logs_in_as_professional(CARD).sees("Mon tableau de bord")
    row = waiting_rows(visitor).first
    visitor.reads("Rechercher")
    expect(visitor.page.get_by_label("Statut")).to_contain_text("- Sélectionner un statut -")
    expect(row).to_have_class(re.compile("row-pending scheme-orange_green"))
    mark = row.get_attribute("id")
    row.get_by_label("éditer cet abonné").click()
    window = visitor.page.get_by_role("dialog", name="Abonné")
    window.get_by_role("tab", name="Statut").click()
    window.get_by_label("Statut de l'abonné").select_option(label="Validé")
    window.get_by_role("button", name="Enregistrer").click()
    expect(window.get_by_text("Enregistré.")).to_be_visible()
    visitor.judges()
    window.get_by_role("tab", name="Ressources").click()
    expect(window.get_by_text("Ressources numériques en attente, validées ou refusées")).to_be_visible()
    choices = window.locator(".resource-rows select")
    before = choices.count()
    choices.first.select_option(label="Supprimer" if before > 1 else "Refusé")
    choices.last.select_option(label="Refusé")
    window.get_by_role("button", name="Enregistrer").click()
    expect(window.get_by_text("Enregistré.")).to_be_visible()
    expect(choices).to_have_count(before - (before > 1))
    expect(choices.last).to_have_value("refused")
    visitor.judges()
    window.get_by_role("button", name="Fermer").click()
    changed = visitor.page.locator(f"#{mark}")
    expect(changed).to_have_class(re.compile("row-active scheme-orange_green"))
    expect(changed).to_contain_text("Validé")
    expect(changed.get_by_label("éditer cet abonné")).to_be_focused()


def test_l7_a_refusal_asks_its_reason_and_errors_open_their_tab(visit: Visit) -> None:
    """L7, L5: the reason fills the message; an error is told in its tab, which opens; dark and narrow."""
    visitor = visit(width=360, height=740, scheme="dark").logs_in_as_professional(CARD)
    row = waiting_rows(visitor).last
    mark = row.get_attribute("id")
    row.get_by_label("éditer cet abonné").click()
    window = visitor.page.get_by_role("dialog", name="Abonné")
    window.get_by_role("tab", name="Statut").click()
    window.get_by_label("Statut de l'abonné").select_option(label="Refusé")
    window.get_by_role("tab", name="Informations").click()
    window.get_by_role("button", name="Enregistrer").click()
    expect(window.get_by_text("1 erreur a été trouvée")).to_be_visible()
    expect(window.get_by_role("tab", name="Statut")).to_have_attribute("aria-selected", "true")
    visitor.judges()
    window.get_by_label("Raison du refus").select_option(label="Non abonné à la bibliothèque")
    expect(window.get_by_label("Message à envoyer")).to_have_value(re.compile("inscrits"))
    window.get_by_role("button", name="Enregistrer").click()
    expect(window.get_by_text("Enregistré.")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.locator(f"#{mark}")).to_contain_text("Refusé")


def test_l7_without_javascript_three_sections_on_a_page(visit: Visit) -> None:
    """L7: the same on a page of its own, without JavaScript."""
    visitor = visit(javascript=False).logs_in_as_professional(CARD)
    visitor.goes_to("/pro/abonnes?statut=active").sees(LIST)
    visitor.page.get_by_label("éditer cet abonné").first.click()
    visitor.sees("Abonné")
    for heading in ("Informations", "Statut", "Ressources"):
        expect(visitor.page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    visitor.page.locator(".resource-rows select").first.select_option(label="Refusé")
    visitor.clicks("Enregistrer").sees(LIST).reads("Enregistré.")
