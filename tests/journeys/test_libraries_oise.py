"""Journeys L7, L8 and D2 at a portal where libraries register their readers (guide 04)."""

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from tests.journeys.server import Site, link_of, text_of
from tests.journeys.test_readers import new_address
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LIBRARY = "Crèvecœur-le-Grand"
STRONG = "Sept;navettes,8vertes"


@pytest.fixture(scope="package")
def site(demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile oise."""
    return demos("oise")


def librarian(visit: Visit, **options: int) -> Visitor:
    """Return the library's account on its dashboard."""
    return visit(**options).logs_in_as_professional(LIBRARY).sees("Mon tableau de bord")


def row_of(visitor: Visitor, text: str) -> Locator:
    """Return the row of the list that holds `text`."""
    return visitor.page.locator("tbody tr").filter(has_text=text).first


def opens_window(visitor: Visitor, text: str) -> Locator:
    """Click the pencil of the row that holds `text`, and return the window."""
    row_of(visitor, text).get_by_label("éditer cet abonné").click()
    window = visitor.page.get_by_role("dialog", name="Abonné")
    expect(window).to_be_visible()
    return window


def registers(visitor: Visitor, address: str, name: str) -> Visitor:
    """Fill the libraries' form for somebody new."""
    visitor.clicks("Inscription usager ressources numériques").sees("Inscription usager ressources numériques")
    expect(visitor.page.locator("input[type=password]")).to_have_count(0)
    visitor.fills("Nom", name).fills("Prénom", "Léa")
    visitor.fills("Adresse mail", address).fills("Confirmation de l’adresse mail", address)
    visitor.fills("Date de naissance", "13/03/1990").clicks("Tout sélectionner")
    visitor.page.get_by_label("Bibliothèque", exact=True).select_option(label=LIBRARY)
    return visitor.clicks("Enregistrer").sees("Mes abonnés numériques")


def test_l8_register_activate_then_the_reader_chooses_a_password(visit: Visit, site: Site) -> None:
    """L8, L7: the guide's two steps, the reader's own password and terms, and the export."""
    address = new_address()
    visitor = registers(librarian(visit), address, "Quentin")
    visitor.reads("Léa Quentin est inscrit(e), en attente")
    visitor.goes_to("/pro/").clicks("Mes abonnés numériques", exact=False).sees("Mes abonnés numériques")
    visitor.page.get_by_label("Statut").select_option(label="usagers en attente")
    expect(visitor.page).to_have_url(re.compile("statut=pending"))
    expect(row_of(visitor, "Quentin")).to_have_class(re.compile("row-pending scheme-yellow_green"))
    window = opens_window(visitor, "Quentin")
    visitor.judges()
    window.get_by_role("tab", name="Informations").focus()
    visitor.page.keyboard.press("ArrowRight")
    expect(window.get_by_role("tab", name="Statut")).to_have_attribute("aria-selected", "true")
    window.get_by_label("Statut de l'abonné").select_option(label="Validé")
    expect(window.get_by_text("L’abonnement comptera du")).to_be_visible()
    visitor.judges()
    window.get_by_role("tab", name="Ressources").click()
    visitor.judges()
    window.get_by_role("button", name="Enregistrer").click()
    expect(window.get_by_text("Enregistré. Léa Quentin : Validé.")).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(window).to_be_hidden()
    expect(row_of(visitor, "Quentin")).to_have_class(re.compile("row-active scheme-yellow_green"))
    expect(row_of(visitor, "Quentin")).to_contain_text("Validé")
    visitor.judges()
    exports(visitor.goes_to("/pro/abonnes"), "Quentin")
    chooses_a_password(visit, site, address)


def exports(visitor: Visitor, name: str) -> None:
    """Download the workbook of all subscribers, which holds `name`."""
    with visitor.page.expect_download() as download:
        visitor.clicks("Exporter")
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    assert name in {row[1] for row in book.active.iter_rows(values_only=True)}  # type: ignore[union-attr]


def chooses_a_password(visit: Visit, site: Site, address: str) -> None:
    """Follow the mails: the reader chooses a password, which confirms the address, logs in and accepts the terms."""
    told = site.mail_to(address, "vous inscrit")
    reader = visit().goes_to(link_of(told, "/mot-de-passe-oublie")).sees("Récupération de mot de passe")
    reader.page.get_by_role("textbox").first.fill(address)
    reader.clicks("Envoyer")
    reader.goes_to(link_of(site.mail_to(address, "mot de passe"), "/mot-de-passe/"))
    for field in reader.page.locator("input[type=password]").all():
        field.fill(STRONG)
    reader.page.locator("main form button.btn").first.click()
    reader.logs_in(address, STRONG).sees("Conditions générales d’utilisation")
    reader.ticks("J’ai lu et j’accepte ces conditions").clicks("Valider").sees("Mon compte")


def test_l8_the_readers_own_form_sends_them_to_their_library(visit: Visit) -> None:
    """L8: `/inscription` tells people to go to their library."""
    visitor = visit(width=360, height=740).goes_to("/inscription").sees("L’inscription se fait dans votre bibliothèque")
    visitor.clicks("Trouver ma bibliothèque").judges()


def test_l7_renew_in_one_click_on_a_phone(visit: Visit) -> None:
    """L7, L8: at the end of the year, « renouveler ses droits » is one click."""
    visitor = librarian(visit, width=360, height=740).goes_to("/pro/abonnes?statut=expired")
    visitor.sees("Mes abonnés numériques")
    name = visitor.page.locator("tbody tr td[data-label='Nom']").first.inner_text().strip()
    row_of(visitor, name).get_by_role("button", name="Renouveler").click()
    visitor.reads("abonnement renouvelé jusqu’au").judges()


def test_d2_unblock(visit: Visit, site: Site) -> None:
    """D2: the library was warned three days ago in vain; the département decides, and the library is mailed."""
    visitor = visit().logs_in_as_professional("admin@example.org")
    visitor.goes_to("/console/retards").sees("En retard").reads("averti le")
    group = visitor.block(LIBRARY)
    row = group.locator("li").filter(has=visitor.page.get_by_role("link", name="Décider")).first
    name = row.locator("a").first.inner_text().strip()
    row.get_by_role("link", name="Décider").click()
    visitor.sees("Abonné").reads(name)
    visitor.page.get_by_role("tab", name="Statut").click()
    visitor.reads("Vous décidez à la place de la bibliothèque").judges()
    visitor.page.get_by_label("Statut de l'abonné").select_option(label="Validé")
    visitor.clicks("Enregistrer").sees("Mes abonnés numériques")
    told = site.mail_to("crevecoeur", "a reçu une réponse")
    assert name.split()[-1] in str(told["Subject"])
    assert "Validé" in text_of(told)
