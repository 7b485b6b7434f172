"""Journeys L1 and L3 to L6: a library finds, accepts, refuses, edits, renews and ends subscribers (guide 02)."""

import datetime as dt
import io
import re
from collections.abc import Callable

from openpyxl import load_workbook
from playwright.sync_api import Locator, expect

from tests.journeys.server import Site, text_of
from tests.journeys.test_readers import new_address, register
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LIBRARY = "Sauveterre-de-Guyenne"


def librarian(visit: Visit, **options: int) -> Visitor:
    """Return the library's account on its dashboard."""
    return visit(**options).logs_in_as_professional(LIBRARY).sees("Mon tableau de bord")


def row_of(visitor: Visitor, text: str) -> Locator:
    """Return the row of the list that holds `text`."""
    return visitor.page.locator("tbody tr").filter(has_text=text).first


def expired_rows(visitor: Visitor) -> Locator:
    """Return the rows of the expired, but for the fixed account that another journey follows."""
    visitor.goes_to("/pro/abonnes?statut=expired").sees("Abonnés")
    return visitor.page.locator("tbody tr").filter(has_not_text="Expert")


def waiting_reader(visit: Visit) -> str:
    """Register somebody who then waits, and return their address."""
    address = new_address()
    register(visit, address)
    return address


def test_l1_log_in(visit: Visit) -> None:
    """L1: the orange block, an error in its words, then the dashboard; whom to call for a forgotten password."""
    visitor = visit().logs_in_as_professional(LIBRARY, "Pas-le-bon-42!")
    visitor.reads("1 erreur a été trouvée").judges()
    expect(visitor.page.get_by_role("link", name="Nom d'utilisateur")).to_be_visible()
    expect(visitor.block("Accéder au compte professionnel")).to_contain_text(re.compile(r"\d\d \d\d \d\d"))
    visitor.logs_in_as_professional("sauveterre de guyenne").sees("Mon tableau de bord")
    assert visitor.page.url.endswith("/pro/")
    visitor.reads("Mes abonnés", "Retour sur le site", LIBRARY)
    visitor.clicks("Se déconnecter").goes_to("/pro/").sees("Connexion")


def test_l3_find_subscribers(visit: Visit) -> None:
    """L3: filter, reset, sort, state in the address."""
    visitor = librarian(visit).clicks("Mes abonnés", exact=False).sees("Abonnés")
    for column in ("Prénom", "Nom", "Statut", "Fin de validité", "Bibliothèque", "Opérations"):
        expect(visitor.page.locator("thead").get_by_text(column, exact=True)).to_be_visible()
    visitor.page.get_by_label("Statut").select_option(label="Expiré")
    visitor.clicks("Filtrer")
    expect(visitor.page.locator("tbody tr").first).to_contain_text("Expiré")
    expect(visitor.page.locator("tbody tr").filter(has_text="Validé")).to_have_count(0)
    address = visitor.page.url
    assert "?" in address
    visitor.judges().clicks("Ré-initialiser")
    expect(visitor.page.get_by_label("Statut")).to_have_value("")
    visitor.goes_to(address)
    expect(visitor.page.locator("tbody tr").filter(has_text="Validé")).to_have_count(0)


def test_l3_on_a_phone_without_javascript(visit: Visit) -> None:
    """L3: rows are cards, and everything works without JavaScript."""
    visitor = visit(javascript=False, width=360, height=740).logs_in_as_professional(LIBRARY)
    visitor.goes_to("/pro/abonnes").sees("Abonnés")
    visitor.page.get_by_label("Statut").select_option(label="Validé")
    visitor.clicks("Filtrer").sees("Abonnés")
    expect(visitor.page.locator("tbody tr").filter(has_text="En attente")).to_have_count(0)


def test_l3_export_the_filtered_list(visit: Visit) -> None:
    """L3: « Exporter » gives the whole filtered list as .xlsx."""
    visitor = librarian(visit).goes_to("/pro/abonnes?statut=active").sees("Abonnés")
    with visitor.page.expect_download() as download:
        visitor.clicks("Exporter", exact=False)
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert {"Prénom", "Nom", "Statut"} <= set(rows[0])
    status = rows[0].index("Statut")
    assert {row[status] for row in rows[1:]} == {"Validé"}


def test_l4_accept(visit: Visit, site: Site) -> None:
    """L4: the reader's sheet, the date and the message, and the mail as it was written."""
    address = waiting_reader(visit)
    visitor = librarian(visit).goes_to(f"/pro/abonnes?q={address}").sees("Abonnés")
    visitor.clicks("Valider / Refuser").sees("Validation abonné")
    visitor.reads("Validation de l'utilisateur", "Élise Moreau", "Email", address, "Date de naissance", "13/03/1990")
    visitor.reads("Date de demande d'abonnement", "Abonné aux services")
    visitor.reads("Acceptez-vous l'abonnement de l'utilisateur ?")
    visitor.page.get_by_text("Accepter", exact=True).first.click()
    start = dt.date.today() - dt.timedelta(days=20)  # noqa: DTZ011 - the demo runs on the real day
    visitor.page.get_by_label("Date de l'abonnement").fill(start.isoformat())
    visitor.page.locator("textarea:visible").fill("Votre carte vous attend.")
    visitor.judges().clicks("Accepter l'abonné").sees("Abonnés")
    visitor.goes_to(f"/pro/abonnes?q={address}")
    expect(row_of(visitor, "Moreau")).to_contain_text("Validé")
    expect(row_of(visitor, "Moreau")).to_contain_text(start.replace(year=start.year + 1).strftime("%d/%m/%Y"))
    assert "Votre carte vous attend." in text_of(site.mail_to(address, "validé"))


def test_l5_refuse(visit: Visit, site: Site) -> None:
    """L5: the reason fills the message, which can be edited; a refused reader can be accepted later."""
    address = waiting_reader(visit)
    visitor = librarian(visit).goes_to(f"/pro/abonnes?q={address}").clicks("Valider / Refuser")
    visitor.page.get_by_text("Refuser", exact=True).first.click()
    reason = visitor.page.get_by_label("Raison du refus")
    reason.select_option(label="Abonnement expiré")
    message = visitor.page.locator("textarea:visible")
    expect(message).to_have_value(re.compile("arrivé à son terme"))
    reason.select_option(label="Non abonné à la bibliothèque")
    expect(message).to_have_value(re.compile("inscrits"))
    message.fill("Vous n’êtes pas encore inscrite chez nous : passez nous voir.")
    visitor.judges().clicks("Refuser l'abonné").sees("Abonnés")
    visitor.goes_to(f"/pro/abonnes?q={address}")
    expect(row_of(visitor, "Moreau")).to_contain_text("Refusé")
    site.mail_to(address, "demande d’inscription", holding="pas encore inscrite chez nous")


def test_l6_edit_and_renew(visit: Visit, site: Site) -> None:
    """L6: filter « Expiré », set a start date and « Validé », « Enregistrer »."""
    visitor = librarian(visit)
    row = expired_rows(visitor).first
    name = row.locator("td[data-label='Nom']").inner_text().strip()
    row.get_by_role("link", name=re.compile("^Editer")).click()
    visitor.judges().reads("Abonné aux ressources", "Date de demande d'inscription", "Expire le")
    visitor.page.get_by_label("Statut abonné").select_option(label="Validé")
    today = dt.date.today()  # noqa: DTZ011 - the demo runs on the real day
    visitor.page.get_by_label("Date de début d'abonnement").fill(today.isoformat())
    visitor.clicks("Enregistrer").sees("Abonnés")
    visitor.goes_to("/pro/abonnes").page.get_by_label("Nom ou mail contenant").fill(name)
    visitor.clicks("Filtrer")
    expect(row_of(visitor, name)).to_contain_text("Validé")


def test_l6_renew_in_one_click_and_in_bulk(visit: Visit) -> None:
    """L6: one click renews from today; the list's action renews many."""
    visitor = librarian(visit)
    expired_rows(visitor).first.get_by_role("button", name=re.compile("^Renouveler")).click()
    visitor.sees("Abonnés")
    boxes = expired_rows(visitor).locator("input[type=checkbox]")
    before = boxes.count()
    boxes.nth(0).check()
    boxes.nth(1).check()
    visitor.page.get_by_label("Action").select_option(label="Renouveler")
    visitor.judges().clicks("Appliquer aux éléments sélectionnés").judges()
    visitor.page.locator("main form button.btn-pro").last.click()
    expect(expired_rows(visitor)).to_have_count(before - 2)


def test_l6_end(visit: Visit, site: Site) -> None:
    """L6: a reader who has left the library is ended, with a reason and a mail."""
    address = waiting_reader(visit)
    visitor = librarian(visit).goes_to(f"/pro/abonnes?q={address}").clicks("Valider / Refuser")
    visitor.page.get_by_text("Accepter", exact=True).first.click()
    visitor.clicks("Accepter l'abonné").goes_to(f"/pro/abonnes?q={address}").clicks("Editer", exact=False)
    visitor.clicks("Arrêter l'abonnement", exact=False).judges()
    visitor.page.get_by_label("Raison").select_option(label="A quitté la bibliothèque")
    visitor.page.locator("main form button.btn-pro, main form button.btn-danger").last.click()
    visitor.goes_to(f"/pro/abonnes?q={address}")
    expect(row_of(visitor, "Moreau")).to_contain_text("Refusé")
    assert "mis fin" in text_of(site.mail_to(address, "arrêté"))
