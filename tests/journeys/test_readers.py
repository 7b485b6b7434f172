"""Journeys R1 to R7: a reader registers, waits, logs in, opens, changes, renews, leaves (guide 01)."""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.server import DEMO_PASSWORD, Site, link_of, text_of
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
STRONG = "Quatre;lanternes,7vertes"
_numbers = itertools.count(1)


def new_address() -> str:
    """Return a mail address that nobody has."""
    return f"nouvelle{next(_numbers)}.{dt.datetime.now(dt.UTC):%H%M%S%f}@example.org"


def fill_registration(visitor: Visitor, address: str) -> None:
    """Fill « Mes informations » and tick everything."""
    visitor.fills("Nom", "Moreau").fills("Prénom", "Élise")
    visitor.fills("Adresse mail", address).fills("Confirmation de l’adresse mail", address)
    visitor.fills("Date de naissance", "13/03/1990")
    visitor.fills("Votre mot de passe", STRONG).fills("Confirmation du mot de passe", STRONG)


def register(visit: Visit, address: str) -> Visitor:
    """Register somebody new at Sauveterre-de-Guyenne, and return them on the page that confirms it."""
    visitor = visit().goes_to("/inscription")
    fill_registration(visitor, address)
    choose_library(visitor)
    visitor.clicks("Tout sélectionner").clicks("Enregistrer")
    visitor.page.get_by_role("dialog").get_by_role("button", name="Valider").click()
    return visitor.sees("Votre demande est envoyée")


def choose_library(visitor: Visitor) -> None:
    """Find the library by typing."""
    field = visitor.page.get_by_role("combobox", name="Bibliothèque de rattachement")
    field.fill("sauveterre")
    visitor.page.get_by_role("option", name="Sauveterre-de-Guyenne").click()


def test_r1_register(visit: Visit, site: Site) -> None:
    """R1: from any page to the form, the terms in a window, the confirmation, and the two mails."""
    address = new_address()
    visitor = visit().goes_to("/aide").sees("")
    visitor.clicks("Connexion").sees("Connexion")
    for block in ("Déjà inscrit(e)", "Nouveau sur ce site", "Accéder au compte professionnel"):
        expect(visitor.page.get_by_role("heading", name=block)).to_be_visible()
    expect(visitor.page.get_by_role("link", name="En savoir plus")).to_have_attribute("href", re.compile("/aide"))
    visitor.clicks("S'inscrire").sees("Inscription aux ressources numériques")
    fill_registration(visitor, address)
    choose_library(visitor)
    boxes = visitor.page.locator("input[name=resources]")
    visitor.clicks("Tout sélectionner")
    expect(visitor.page.locator("input[name=resources]:checked")).to_have_count(boxes.count())
    visitor.clicks("Tout désélectionner")
    expect(visitor.page.locator("input[name=resources]:checked")).to_have_count(0)
    boxes.first.check()

    visitor.clicks("Enregistrer")
    window = visitor.page.get_by_role("dialog")
    expect(window).to_be_visible()
    visitor.judges()
    window.get_by_role("button", name="Annuler").click()
    expect(visitor.page.get_by_label("Votre mot de passe", exact=True)).to_have_value(STRONG)
    visitor.clicks("Enregistrer")
    window.get_by_role("button", name="Valider").click()

    visitor.sees("Votre demande est envoyée").reads("Moreau", address, "Sauveterre-de-Guyenne")
    expect(visitor.page.locator("main input:not([type=hidden])")).to_have_count(0)
    received = site.mail_to(address, "demande d’inscription")
    shown = visitor.page.locator(".confirmation").inner_text()
    for words in ("a bien été prise en compte", "Sauveterre-de-Guyenne", "confirmez votre adresse mail"):
        assert words in shown
        assert words in " ".join(text_of(received).split())
    told = site.mail_to("sauveterre", "Élise Moreau")
    limit = (dt.datetime.now(dt.timezone(dt.timedelta(hours=1))).date() + dt.timedelta(days=4)).strftime("%d/%m/%Y")
    assert limit in text_of(told)


def test_r1_errors_stand_beside_their_field_and_nothing_typed_is_lost(visit: Visit) -> None:
    """R1: errors listed on top as links, values kept, passwords not."""
    visitor = visit(width=360, height=740).goes_to("/inscription")
    fill_registration(visitor, "moreau@example.org")
    visitor.fills("Confirmation de l’adresse mail", "autre@example.org").fills("Date de naissance", "31/02/1990")
    visitor.clicks("Enregistrer")
    visitor.page.get_by_role("dialog").get_by_role("button", name="Valider").click()
    visitor.reads("4 erreurs ont été trouvées")
    visitor.judges()
    expect(visitor.page.get_by_label("Nom", exact=True)).to_have_value("Moreau")
    expect(visitor.page.get_by_label("Date de naissance", exact=True)).to_have_value("31/02/1990")
    expect(visitor.page.get_by_label("Votre mot de passe", exact=True)).to_have_value("")


def test_r1_without_javascript_in_two_plain_steps(visit: Visit, site: Site) -> None:
    """R1: the same job without JavaScript; « Annuler » goes back with everything still filled in."""
    address = new_address()
    visitor = visit(javascript=False).goes_to("/inscription")
    fill_registration(visitor, address)
    visitor.page.get_by_label("Bibliothèque de rattachement").select_option(label="Sauveterre-de-Guyenne")
    visitor.page.locator("input[name=resources]").first.check()
    visitor.clicks("Enregistrer").sees("Une dernière étape")
    visitor.clicks("Annuler").sees("Inscription aux ressources numériques")
    expect(visitor.page.get_by_label("Adresse mail", exact=True)).to_have_value(address)
    expect(visitor.page.locator("input[name=resources]").first).to_be_checked()
    visitor.fills("Votre mot de passe", STRONG).fills("Confirmation du mot de passe", STRONG)
    visitor.clicks("Enregistrer").sees("Une dernière étape").clicks("Valider").sees("Votre demande est envoyée")
    site.mail_to(address, "demande d’inscription")


def test_r1_a_known_address_gets_a_mail_not_a_second_account(visit: Visit, site: Site) -> None:
    """R1: the page is the same for both, so that nobody learns who is registered."""
    register(visit, "active@example.org")
    assert "Elle a déjà un compte" in text_of(site.mail_to("active@example.org", "déjà un compte"))


def test_r2_wait_then_be_accepted(visit: Visit, site: Site) -> None:
    """R2: waiting is told at login; the decision comes in the librarian's words."""
    address = new_address()
    register(visit, address)
    reader = visit().logs_in(address, STRONG).sees("Mon compte")
    reader.reads("En attente", "attend la réponse de la bibliothèque de Sauveterre-de-Guyenne")
    librarian = visit().logs_in_as_professional("Sauveterre-de-Guyenne").sees("Mon tableau de bord")
    librarian.goes_to(f"/pro/abonnes?q={address}").clicks("Valider / Refuser")
    librarian.page.get_by_text("Accepter", exact=True).first.click()
    librarian.page.get_by_label("Message à envoyer").first.fill("Bienvenue Élise, à samedi !")
    librarian.clicks("Accepter l'abonné").sees("Abonnés")
    assert "Bienvenue Élise, à samedi !" in text_of(site.mail_to(address, "validé"))
    reader.goes_to("/mon-compte").reads("Validé")


def test_r2_refused(visit: Visit) -> None:
    """R2: a refused reader reads why, and can ask again."""
    reader = visit().logs_in("refuse@example.org").sees("Mon compte")
    reader.reads("Refusé", "n’a pas validé votre demande")
    reader.clicks("Refaire ma demande").sees("Mon compte").reads("En attente")


def test_r3_log_in(visit: Visit) -> None:
    """R3: the eye, a wrong password, an unknown address, then in."""
    visitor = visit().goes_to("/connexion").sees("Connexion")
    block = visitor.block("Déjà inscrit(e)")
    password = block.get_by_label("Mot de passe", exact=True)
    password.fill("secret")
    block.get_by_role("button", name="Afficher le mot de passe").click()
    expect(password).to_have_attribute("type", "text")
    visitor.logs_in("active@example.org", "Pas-le-bon-42!")
    visitor.reads("1 erreur a été trouvée", "Vos identifiants sont erronés. Avez-vous oublié votre mot de passe ?")
    expect(visitor.page.get_by_role("link", name="Nom d'utilisateur")).to_be_visible()
    visitor.judges()
    visitor.logs_in(new_address(), "Pas-le-bon-42!").reads("Votre identifiant est inconnu")
    visitor.logs_in("active@example.org").sees("Mon compte")
    assert urlsplit(visitor.page.url).path == "/mon-compte"


def test_r3_recover_the_password(visit: Visit, site: Site) -> None:
    """R3: the link works once."""
    address = new_address()
    register(visit, address)
    visitor = visit().goes_to("/connexion").clicks("Mot de passe oublié").sees("Récupération de mot de passe")
    visitor.page.get_by_role("textbox").first.fill(new_address())
    visitor.clicks("Envoyer").reads("Votre identifiant est inconnu")
    visitor.page.get_by_role("textbox").first.fill(address)
    visitor.clicks("Envoyer").reads("Des instructions ont été envoyées à votre adresse de courriel").judges()
    link = link_of(site.mail_to(address, "mot de passe"), "/mot-de-passe/")
    visitor.goes_to(link).judges()
    changed = "Sept;bateaux,bleus4"
    for field in visitor.page.locator("input[type=password]").all():
        field.fill(changed)
    visitor.page.locator("main form button.btn").first.click()
    visitor.logs_in(address, changed).sees("Mon compte")
    again = visit().goes_to(link)
    expect(again.page.locator("input[type=password]")).to_have_count(0)
    again.judges()


def test_r4_open_a_resource(visit: Visit, site: Site) -> None:
    """R4: from the account and from the resource's page, in a new tab, signed on; altered or replayed it is refused."""
    reader = visit().logs_in("active@example.org").sees("Mon compte").reads("Mes ressources", "Aide")
    line = reader.page.locator(".resource-line.is-open a[href*='/filmarelle/']").first
    name = line.locator("strong").inner_text()
    with reader.page.context.expect_page() as opened:
        line.click()
    vendor = opened.value
    vendor.wait_for_load_state()
    address = vendor.url
    assert "active@example.org" not in address
    for refused in (address, re.sub(r"(signature=)\w", r"\1z", address)):
        answer = vendor.goto(refused)
        assert answer is not None
        assert answer.status == 403

    reader.clicks("Vos ressources numériques").sees("Vos ressources numériques")
    reader.reads("Offre biblio.gironde")
    reader.page.get_by_role("link", name=name).first.click()
    reader.sees(name)
    with reader.page.context.expect_page() as opened:
        reader.clicks("Accéder", exact=False)
    opened.value.wait_for_load_state()
    assert "/demo/fournisseur/" in opened.value.url


def test_r4_coming_from_the_vendors_page_one_logs_in_and_lands_there(visit: Visit, site: Site) -> None:
    """R4: single sign-on started by the vendor."""
    reader = visit().logs_in("active@example.org").sees("Mon compte")
    opening = reader.page.locator(".resource-line.is-open a").first.get_attribute("href")
    stranger = visit().goes_to(opening or "").sees("Connexion")
    block = stranger.block("Déjà inscrit(e)")
    block.get_by_label("mail", exact=False).fill("active@example.org")
    block.get_by_label("Mot de passe", exact=True).fill(DEMO_PASSWORD)
    block.get_by_role("button", name="Se connecter en tant qu'abonné").click()
    stranger.page.wait_for_url("**/demo/fournisseur/**")


def test_r4_no_resource_opens_for_who_waits_or_is_expired(visit: Visit) -> None:
    """R4: each is told why, and what to do."""
    opening = visit().logs_in("active@example.org").page.locator(".resource-line.is-open a").first
    address = opening.get_attribute("href") or ""
    for identifier in ("attente@example.org", "expire@example.org"):
        reader = visit().logs_in(identifier).sees("Mon compte")
        expect(reader.page.locator(".resource-line.is-open")).to_have_count(0)
        answer = reader.page.goto(address)
        assert answer is not None
        assert answer.status == 403
        reader.judges().reads("Sauveterre-de-Guyenne")


def test_r5_change_ones_account(visit: Visit) -> None:
    """R5: the window's cross and a click outside change nothing; the box and « Enregistrer » save."""
    address = new_address()
    register(visit, address)
    reader = visit().logs_in(address, STRONG).clicks("Modifier mes informations", exact=False)
    reader.sees("Modifier mes informations").fills("Prénom", "Élisa").clicks("Enregistrer")
    window = reader.page.get_by_role("dialog")
    reader.judges()
    window.get_by_role("button", name="Fermer").click()
    expect(window).to_be_hidden()
    reader.clicks("Enregistrer")
    reader.page.mouse.click(5, 5)
    expect(window).to_be_hidden()
    reader.clicks("Enregistrer")
    window.get_by_role("checkbox").check()
    window.get_by_role("button", name="Enregistrer").click()
    reader.sees("Mon compte").reads("Élisa", "Vos modifications sont enregistrées")


def test_r5_mail_and_library_are_locked_once_accepted(visit: Visit) -> None:
    """R5: a valid subscriber changes the rest only."""
    reader = visit().logs_in("active@example.org").goes_to("/mon-compte/modifier").sees("Modifier mes informations")
    expect(reader.page.locator("[name=email], [name=library]")).to_have_count(0)
    reader.reads("active@example.org", "Sauveterre-de-Guyenne")


def test_r6_expire_and_renew(visit: Visit, site: Site) -> None:
    """R6: told that it is over and whom to ask; asks for the renewal; the mail went out the day after the end."""
    reader = visit().logs_in("expire@example.org").sees("Mon compte")
    reader.reads("Expiré", "adressez-vous à votre bibliothèque de Sauveterre-de-Guyenne")
    site.run("nightly")
    reader.clicks("Demander le renouvellement").sees("Mon compte").reads("En attente")
    assert "expire@example.org" not in site.run("nightly")


def test_r6_mails_before_and_after_the_end(visit: Visit, site: Site) -> None:
    """R6: 30 and 7 days before, and the day after; SUB-06: each once, even when the night runs twice."""
    # Somebody whose end is near: months ahead, the night would also erase those who were left without an answer.
    librarian = visit(javascript=False).logs_in_as_professional("Sauveterre-de-Guyenne")
    librarian.goes_to("/pro/abonnes?statut=active&tri=ends_on").clicks("Editer")
    address = librarian.page.locator(".page-head .lead").inner_text().strip()
    reader = visit().logs_in(address).sees("Mon compte")
    shown = reader.page.locator(".account-status").inner_text()
    found = re.search(r"jusqu’au (\d\d)/(\d\d)/(\d{4})", shown)
    assert found is not None, shown
    end = dt.date(int(found[3]), int(found[2]), int(found[1]))
    subjects = []
    for days in (30, 7, -1):
        for _ in range(2):
            site.run("nightly", "--today", (end - dt.timedelta(days=days)).isoformat())
    site.mail_to(address, "terminé")
    subjects = [str(mail["Subject"]) for mail in site.mails_to(address)]
    assert len(subjects) == len(set(subjects)), subjects


def test_r7_log_out(visit: Visit) -> None:
    """R7: « Mon compte » unfolds and holds « Me déconnecter »."""
    reader = visit().logs_in("attente@example.org").sees("Mon compte")
    reader.page.locator("summary", has_text="Mon compte").click()
    reader.clicks("Me déconnecter")
    reader.judges()
    reader.goes_to("/mon-compte").sees("Connexion")
