"""What the readers' journeys of several profiles share: registering, a library's answer, opening, leaving."""

import datetime as dt
import itertools
import re

from playwright.sync_api import Page, expect

from tests.journeys.server import Site, link_of
from tests.journeys.visitor import Visitor

STRONG = "Quatre;lanternes,7vertes"
_numbers = itertools.count(1)


def new_address() -> str:
    """Return a mail address that nobody has."""
    return f"autre{next(_numbers)}.{dt.datetime.now(dt.UTC):%H%M%S%f}@example.org"


def fill_person(visitor: Visitor, first_name: str, birth_date: str, password: str = STRONG) -> None:
    """Fill the fields of somebody who registers, but the mail, the library and the resources."""
    visitor.fills("Nom", "Moreau").fills("Prénom", first_name).fills("Date de naissance", birth_date)
    visitor.page.locator("input[name=password]").fill(password)
    visitor.page.locator("input[name=password_again]").fill(password)


def choose_library(visitor: Visitor, typed: str, name: str) -> None:
    """Find the library by typing."""
    visitor.page.get_by_role("combobox", name="Bibliothèque de rattachement").fill(typed)
    visitor.page.get_by_role("option", name=name).first.click()


def sheet_of(librarian: Visitor, address: str) -> Visitor:
    """Open the three tabs of the subscriber whose mail is `address`."""
    librarian.goes_to(f"/pro/abonnes?q={address}")
    expect(librarian.page.get_by_text(re.compile("1 abonné"))).to_be_visible()
    key = librarian.page.locator("input[name=choix]").first.get_attribute("value")
    return librarian.goes_to(f"/pro/abonnes/{key}/onglets")


def accept(librarian: Visitor, address: str, refused: str = "") -> None:
    """Let the library accept the subscriber at `address`, but refuse the resource called `refused`."""
    sheet_of(librarian, address)
    librarian.page.get_by_label("Statut de l'abonné", exact=True).select_option(label="Validé")
    if refused:
        librarian.page.get_by_label(refused, exact=True).select_option(label="Refusé")
    librarian.page.locator(".tabs-form").get_by_role("button", name="Enregistrer").click()


def confirm_address(visitor: Visitor, site: Site, address: str) -> None:
    """Follow the link of the first mail."""
    visitor.goes_to(link_of(site.mail_to(address, "inscription"), "/confirmation/"))
    visitor.clicks("Confirmer mon adresse")


def open_first(reader: Visitor) -> Page:
    """Open the first resource that opens from the account, and return the vendor's page."""
    reader.goes_to("/mon-compte")
    with reader.page.context.expect_page() as opened:
        reader.page.locator(".resource-line.is-open a").first.click()
    opened.value.wait_for_load_state()
    assert "/demo/fournisseur/" in opened.value.url, opened.value.url
    return opened.value


def save_account(reader: Visitor) -> None:
    """Save one's account: accept the terms in the window."""
    reader.clicks("Enregistrer")
    window = reader.page.get_by_role("dialog")
    window.get_by_role("checkbox").check()
    window.get_by_role("button", name="Enregistrer").click()
    reader.sees("Mon compte").reads("Vos modifications sont enregistrées")


def log_out(reader: Visitor) -> None:
    """Leave by the menu."""
    reader.page.locator("summary", has_text="Mon compte").click()
    reader.clicks("Me déconnecter")
    reader.goes_to("/mon-compte").sees("Connexion")
