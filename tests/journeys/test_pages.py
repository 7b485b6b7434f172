"""Every page as each role sees it: accessible, no wider than a phone, light and dark; and the README's pictures."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.server import DEMO_PASSWORD
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ROOT = Path(__file__).parent.parent.parent
LIBRARY, ADMIN = "Sauveterre-de-Guyenne", "admin@example.org"
PAGES = {
    "": "/ /connexion /inscription /mot-de-passe-oublie /ressources-numeriques /bibliotheques /aide /contact "
    "/contact-professionnel /contact/envoye /accessibilite "
    "/donnees-personnelles /mentions-legales /introuvable /demo/mails/ /coups-de-coeur "
    "/bibliotheques/sauveterre-de-guyenne",
    "active@example.org": "/mon-compte /mon-compte/modifier /mon-compte/foyer /mon-compte/donnees "
    "/mon-compte/fermer /securite /ressources-numeriques /pro/",
    "expire@example.org": "/mon-compte",
    LIBRARY: "/pro/ /pro/abonnes /pro/bibliotheque /pro/mot-de-passe /pro/aide /mon-compte",
    ADMIN: "/console/ /console/retards /console/mails /console/messages /console/ressources /console/ressources/1 "
    "/console/ressources/1/connexion /console/ressources/1/ouverture /console/offres /console/conditions "
    "/console/conditions/site /console/reglages /console/apparence /console/textes /console/textes/accepted "
    "/console/mails/1/detail /pro/ /pro/abonnes",
}


def comes_as(visit: Visit, who: str, **options: Any) -> Visitor:
    """Return `who` at a browser, logged in by their block of the login page; a visitor for nobody."""
    visitor = visit(**options)
    if who in {LIBRARY, ADMIN}:
        return visitor.logs_in_as_professional(who)
    return visitor.logs_in(who) if who else visitor


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
@pytest.mark.parametrize("who", PAGES)
def test_every_page_is_accessible_and_fits(visit: Visit, who: str, width: int, scheme: str) -> None:
    """axe-core finds nothing, and nothing scrolls sideways: at 320 px (which is 1280 px at 400 %), in both schemes."""
    visitor = comes_as(visit, who, width=width, height=800, scheme=scheme)
    visitor.page.wait_for_load_state()
    for address in PAGES[who].split():
        visitor.goes_to(address)
        expect(visitor.page.locator("h1")).to_have_count(1)
        visitor.judges()


def test_r3_and_r7_by_keyboard_alone(visit: Visit) -> None:
    """R3, R7: in and out without a mouse; the first stop of the tabulator leads to the content."""
    visitor = visit().goes_to("/connexion")
    keyboard = visitor.page.keyboard
    keyboard.press("Tab")
    expect(visitor.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    visitor.block("Déjà inscrit(e)").get_by_role("textbox").first.focus()
    keyboard.type("attente@example.org")
    keyboard.press("Tab")
    keyboard.type(DEMO_PASSWORD)
    keyboard.press("Enter")
    visitor.sees("Mon compte")
    summary = visitor.page.locator("summary", has_text="Mon compte")
    summary.focus()
    keyboard.press("Enter")
    leave = visitor.page.get_by_role("button", name="Me déconnecter")
    expect(leave).to_be_visible()
    for _ in range(6):
        keyboard.press("Tab")
        if leave.evaluate("button => button === document.activeElement"):
            break
    expect(leave).to_be_focused()
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("link", name="Connexion")).to_be_visible()
    visitor.goes_to("/mon-compte").sees("Connexion")


def test_the_pictures_of_the_readme(visit: Visit) -> None:
    """The README's two pages; `make pictures` keeps their screenshots in docs/images."""
    folder = os.environ.get("NAVETTE_PICTURES")
    for who, address, heading, name in (
        ("", "/", "Films, presse", "home"),
        (LIBRARY, "/pro/abonnes", "Abonnés", "subscribers"),
    ):
        visitor = comes_as(visit, who)
        if who:
            visitor.sees("Mon tableau de bord")
        visitor.goes_to(address).sees(heading)
        if folder:
            visitor.page.screenshot(path=ROOT / folder / f"{name}.png")
