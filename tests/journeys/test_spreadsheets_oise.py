"""Spreadsheets coming in, in the demo of oise: many readers registered at once, an old portal taken over."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.server import Site
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LIBRARY = "Crèvecœur-le-Grand"


@pytest.fixture(scope="package")
def site(demos: Callable[[str], Site]) -> Site:
    """Return the running demo of the profile oise."""
    return demos("oise")


def sends(visitor: Visitor, name: str, text: str) -> Visitor:
    """Choose a file and have it read."""
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    visitor.page.get_by_label("Fichier", exact=True).set_input_files(file)  # type: ignore[arg-type]
    return visitor.clicks("Lire le fichier")


def test_l8_register_many_readers_by_a_spreadsheet(visit: Visit, site: Site) -> None:
    """L8: a bad file says why; rows show their errors; the good ones are registered, mailed, and taken back."""
    library = visit().logs_in_as_professional(LIBRARY).sees("Mon tableau de bord")
    library.clicks("Inscrire plusieurs usagers").sees("Inscrire plusieurs usagers")
    sends(library, "liste.xlsx", "%PDF-1.7 ").reads("Ce fichier est un PDF").judges()
    text = "Nom;Prénom;Courriel;Né(e) le\nQuéméner;Léa;lea.quemener@example.org;13/03/1990\nPetit;;non;12/13/1990\n"
    sends(library, "rentree.csv", text).sees("rentree.csv")
    library.reads("1 ligne prête", "Le prénom manque.", "Cette adresse mail n’est pas valable.", "JJ/MM/AAAA")
    library.clicks("Voir seulement les lignes à corriger").reads("À corriger").does_not_read("Quéméner")
    with library.page.expect_download() as download:
        library.clicks("Lignes à corriger (.xlsx)")
    assert download.value.suggested_filename == "lignes-a-corriger.xlsx"
    library.clicks("Inscrire 1 usager").sees("rentree.csv").reads("1 usager est inscrit.", "1 ligne reste à corriger.")
    site.mail_to("lea.quemener@example.org", "inscrit")
    library.clicks("Voir les usagers en attente").reads("Quéméner")
    library.goes_to("/pro/inscriptions").clicks("rentree.csv").clicks("Annuler ces inscriptions")
    library.reads("1 inscription est annulée.").judges()
    library.goes_to("/pro/abonnes?q=quemener").does_not_read("Léa")


def test_d1_take_an_old_portal_over(visit: Visit, site: Site) -> None:
    """D1: a library and its subscribers are tried, then taken over, then invited to choose a password."""
    staff = visit().logs_in_as_professional("admin@example.org")
    staff.page.wait_for_url("**/console/")
    staff.clicks("Reprise d’un ancien portail").sees("Reprise d’un ancien portail")
    staff.page.get_by_label("Bibliothèques", exact=True).check()
    places = "Nom;Code INSEE;Territoire;Mail;Code postal\nVilleneuve-Reprise;60999;Ouest;v@example.org;60999\n"
    sends(staff, "lieux.csv", places).sees("lieux.csv").reads("Quelle colonne contient quoi ?")
    staff.clicks("Reprendre sans essai").reads("Terminé").sees("lieux.csv")
    staff.goes_to("/console/reprise").page.get_by_label("Abonnés", exact=True).check()
    text = (
        "Nom;Prénom;Mail;Date de naissance;Bibliothèque;Statut;Fin\n"
        "Repris;Noé;noe.repris@example.org;13/03/1990;60999;En attente;\n"
        "Repris;Zoé;zoe.repris@example.org;13/03/1990;Ailleurs;En attente;\n"
    )
    sends(staff, "abonnes.csv", text).sees("abonnes.csv").clicks("Essai à blanc")
    staff.reads("seraient créés", "Terminé").clicks("Reprendre pour de bon").reads("Terminé").sees("abonnes.csv")
    staff.reads("Bibliothèque inconnue : Ailleurs.")
    expect(staff.page.locator(".figure").first).to_have_text(re.compile(r"1\s+créés"))
    staff.clicks("Travaux").sees("Travaux").reads("Reprise des abonnés", "Les dernières nuits")
    assert site.mails_to("noe.repris@example.org") == []
    staff.goes_to("/console/reprise/invitations").sees("Inviter les abonnés repris").clicks("Inviter les suivants")
    staff.reads("1 invitation est confiée à l’envoi.", "Personne à inviter").judges()
    site.mail_to("noe.repris@example.org", "compte")
