"""Journey R4 at every vendor of the demo: each way of signing on, from the portal and from the vendor's page."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.readers import (
    STRONG,
    choose_library,
    confirm_address,
    fill_person,
    new_address,
)
from tests.journeys.server import DEMO_PASSWORD, Site
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
# What each vendor learns of the reader beside the identifier; None where it does not even learn that one.
TOLD: dict[str, tuple[str, ...] | None] = {
    "apprentoile": ("prenom", "nom"),
    "bulloscope": (),
    "docambule": ("prenom",),
    "ecolibelle": None,
    "feuvertige": ("email",),
    "filmarelle": (),
    "kiosque-mistral": ("tranche_age",),
    "livrandine": ("givenName",),
    "memogrange": None,
    "ondelaine": ("nom", "mail"),
    "parlavoile": ("urn:oid:0.9.2342.19200300.100.1.3",),
    "pluchecontes": (),
}


@pytest.fixture
def reader(visit: Visit, site: Site) -> Visitor:
    """Return somebody who has asked for all resources, has been accepted, and is on the page of their account."""
    address = new_address()
    visitor = visit().goes_to("/inscription")
    fill_person(visitor, "Élise", "13/03/1990")
    visitor.fills("Adresse mail", address).fills("Confirmation de l’adresse mail", address)
    choose_library(visitor, "sauveterre", "Sauveterre-de-Guyenne")
    visitor.clicks("Tout sélectionner").clicks("Enregistrer")
    visitor.page.get_by_role("dialog").get_by_role("button", name="Valider").click()
    visitor.sees("Votre demande est envoyée")
    confirm_address(visitor, site, address)
    librarian = visit().logs_in_as_professional("Sauveterre-de-Guyenne").sees("Mon tableau de bord")
    librarian.goes_to(f"/pro/abonnes?q={address}").clicks("Valider / Refuser")
    librarian.page.get_by_text("Accepter", exact=True).first.click()
    librarian.clicks("Accepter l'abonné").sees("Abonnés")
    return visit().logs_in(address, STRONG).sees("Mon compte")


def seen_by(reader: Visitor, page: Page) -> Visitor:
    """Return the reader as they look at another tab."""
    return Visitor(page, reader.site, reader.name)


def is_welcome(at_vendor: Visitor, slug: str) -> None:
    """Find the vendor's welcome, what it was told and nothing more, and every step gone well."""
    page = at_vendor.page
    expect(page.locator("h1")).to_have_text(re.compile("Bienvenue sur "), timeout=15_000)
    told = TOLD[slug]
    known = page.locator("section", has=page.get_by_role("heading", name="Ce que ce site sait de vous"))
    assert set(known.locator("dt").all_inner_texts()) == set(told or ())
    expect(page.locator(".v-avatar")).to_have_count(0 if told is None else 1)
    page.locator("summary").click()
    assert page.locator(".v-steps .is-good").count() >= 1
    assert page.locator(".v-steps .is-bad").count() == 0
    at_vendor.judges()


def way_in(reader: Visitor, slug: str) -> Locator:
    """Return the link by which the resource opens from the account; of nothing where it does not."""
    return reader.page.locator(f".resource-line.is-open a[href*='/{slug}/']")


def opened_from(reader: Visitor, slug: str) -> Page:
    """Click the resource in the account and return the tab that the vendor opens in."""
    with reader.page.context.expect_page() as opened:
        way_in(reader, slug).first.click()
    opened.value.wait_for_url(f"http://localhost:*/demo/fournisseur/{slug}*")
    return opened.value


def test_r4_every_vendor(visit: Visit, reader: Visitor) -> None:
    """R4: all twelve open by a click, each in its own way, and each is told what its page says and nothing more.

    One of them is full: whoever has just been accepted waits for it, and another reader opens it.
    """
    holder = visit().logs_in("active@example.org").sees("Mon compte")
    accounts = set()
    for slug in TOLD:
        who = reader if way_in(reader, slug).count() else holder
        page = opened_from(who, slug)
        is_welcome(seen_by(reader, page), slug)
        accounts.add("".join(page.locator(".v-who").all_inner_texts()))
        page.close()
    assert len(accounts) == len([told for told in TOLD.values() if told is not None]) + 1


@pytest.mark.parametrize("slug", ["kiosque-mistral", "livrandine", "parlavoile", "docambule"])
def test_r4_from_the_vendors_own_page_one_logs_in_and_lands_there(visit: Visit, site: Site, slug: str) -> None:
    """R4: « Se connecter par ma bibliothèque » leads to the portal's login, and from there back, signed on."""
    front = site.url.replace("127.0.0.1", "localhost") + f"/demo/fournisseur/{slug}"
    stranger = visit().goes_to(front)
    stranger.judges().clicks("Se connecter par ma bibliothèque").sees("Connexion")
    block = stranger.block("Déjà inscrit(e)")
    block.get_by_label("mail", exact=False).fill("active@example.org")
    block.get_by_label("Mot de passe", exact=True).fill(DEMO_PASSWORD)
    block.get_by_role("button", name="Se connecter en tant qu'abonné").click()
    is_welcome(stranger, slug)
    assert stranger.page.url.startswith(front)


def test_r4_without_javascript_a_button_leads_on(visit: Visit) -> None:
    """R4: a form posted to a vendor, and a page that shows where one comes from, work by their button."""
    reader = visit(javascript=False).logs_in("active@example.org").sees("Mon compte")
    reader.goes_to("/ressources-numeriques/parlavoile/ouvrir").sees("Vous partez vers Parlavoile")
    reader.clicks("Continuer vers Parlavoile")
    expect(reader.page.locator("h1")).to_have_text("Bienvenue sur Parlavoile")


def test_sso_03_a_resources_page_says_what_its_vendor_is_told(visit: Visit) -> None:
    """SSO-03: in plain words for everybody, with the values for the reader."""
    visit().goes_to("/ressources-numeriques/ondelaine").sees("Ondelaine").reads(
        "Ce qui est transmis à Maison des Ondes"
    )
    reader = visit().logs_in("active@example.org").sees("Mon compte")
    reader.goes_to("/ressources-numeriques/ondelaine").sees("Ondelaine").reads("active@example.org", "Bellegarde")
