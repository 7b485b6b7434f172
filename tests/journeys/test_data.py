"""Journey R9: a reader reads and takes away their own data, and closes their account."""

import json
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.server import DEMO_PASSWORD, Site, link_of
from tests.journeys.test_readers import STRONG, new_address, register
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]


def test_r9_ones_data_read_downloaded_and_the_account_closed(visit: Visit, site: Site, tmp_path: Path) -> None:
    """R9: from « Mon compte », the page, the file and the closing; afterwards nobody logs in by that account."""
    address = new_address()
    register(visit, address)
    visitor = visit(width=360, height=740)
    visitor.goes_to(link_of(site.mail_to(address, "demande d’inscription"), "/confirmation/"))
    visitor.clicks("Confirmer mon adresse")
    visitor.logs_in(address, STRONG).sees("Mon compte")
    visitor.clicks("Voir mes données", within="main").sees("Mes données")
    visitor.reads("Moreau", address, "Sauveterre-de-Guyenne", "Demande d’inscription")
    with visitor.page.expect_download() as download:
        visitor.clicks("Télécharger mes données")
    download.value.save_as(tmp_path / "data.json")
    data = json.loads((tmp_path / "data.json").read_text())
    assert (data["identity"][0]["last_name"], data["identity"][0]["email"]) == ("Moreau", address)
    assert data["history"][-1]["what"] == "Demande d’inscription"
    assert any("demande d’inscription" in mail["subject"].lower() for mail in data["mails"])

    other_tab = visitor.page.context.new_page()
    other_tab.goto("/mon-compte/fermer")
    visitor.goes_to("/mon-compte").clicks("Fermer mon compte", within="main").sees("Fermer mon compte")
    visitor.fills("Votre mot de passe", DEMO_PASSWORD).clicks("Fermer mon compte pour toujours")
    visitor.reads("1 erreur a été trouvée").judges()
    visitor.fills("Votre mot de passe", STRONG).clicks("Fermer mon compte pour toujours")
    expect(visitor.page.get_by_text("Votre compte est fermé")).to_be_visible()
    visitor.judges()
    site.mail_to(address, "est fermé")

    other_tab.get_by_label("Votre mot de passe", exact=True).fill(STRONG)
    other_tab.get_by_role("button", name="Fermer mon compte pour toujours").click()
    expect(other_tab.get_by_role("heading", level=1, name="Connexion")).to_be_visible()
    visitor.logs_in(address, STRONG).reads("Votre identifiant est inconnu.")
