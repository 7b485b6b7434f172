"""AUTH-04 and a household, in a browser: the staff's second factor by application and by passkey; who comes."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.server import DEMO_PASSWORD
from tests.journeys.visitor import Visitor

ADMIN = "admin@example.org"


def test_auth_04_staff_log_in_by_a_code_then_by_a_passkey(visit: Callable[..., Visitor]) -> None:
    who = visit()
    # Passkeys belong to a name, not to a number: the same demo, by its name.
    site = who.site.url.replace("127.0.0.1", "localhost")
    tools = who.page.context.new_cdp_session(who.page)
    tools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})
    _gives_password(who, site, ADMIN)
    who.sees("Second facteur").reads("Code de l’application", "JBSWY3DPEHPK3PXP")
    who.fills("Code à six chiffres", "000000").clicks("Valider le code").reads("Ce code n’est pas le bon")
    who.types_the_code().sees("Mon tableau de bord")
    _adds_a_passkey(who)
    who.clicks("Se déconnecter")
    _gives_password(who, site, ADMIN)
    who.sees("Second facteur").clicks("Utiliser ma clé d’accès").sees("Mon tableau de bord")
    _removes_it(who)


def _gives_password(who: Visitor, site: str, identifier: str) -> None:
    who.goes_to(f"{site}/connexion")
    block = who.block("Accéder au compte professionnel")
    block.get_by_role("textbox").first.fill(identifier)
    block.get_by_label("Mot de passe", exact=True).fill(DEMO_PASSWORD)
    block.get_by_role("button", name="Se connecter en tant que bibliothèque").click()


def _adds_a_passkey(who: Visitor) -> None:
    who.clicks("Sécurité du compte").sees("Sécurité du compte").reads("Active")
    who.clicks("Ajouter une clé d’accès").sees("Ajouter une clé d’accès")
    who.fills("Nom de la clé", "Clé bleue").fills("Votre mot de passe", DEMO_PASSWORD).clicks("Créer la clé")
    who.sees("Codes de secours").reads("Ces codes ne seront plus affichés")
    expect(who.page.locator(".secret-codes li")).to_have_count(10)
    who.clicks("J’ai mis mes codes de côté").sees("Sécurité du compte").reads("Clé bleue")


def _removes_it(who: Visitor) -> None:
    who.clicks("Sécurité du compte").clicks("Retirer Clé bleue").sees("Retirer la clé « Clé bleue »")
    who.fills("Votre mot de passe", DEMO_PASSWORD).clicks("Retirer").sees("Sécurité du compte")
    who.does_not_read("Clé bleue")
    who.clicks("Se déconnecter")


def test_auth_04_a_reader_adds_an_application_from_their_account(visit: Callable[..., Visitor]) -> None:
    who = visit(width=360, height=740)
    who.logs_in("expire@example.org").sees("Mon compte")
    who.goes_to("/securite").sees("Sécurité du compte")
    who.clicks("Ajouter une application").sees("Ajouter une application")
    secret = re.sub(r"\W", "", who.page.locator("strong.text-break").inner_text())
    who.fills("Code affiché par l’application", who.site.next_code(secret))
    who.fills("Votre mot de passe", DEMO_PASSWORD).clicks("Ajouter l’application").sees("Codes de secours")
    code = who.page.locator(".secret-codes li").first.inner_text()
    other = visit(width=360, height=740, javascript=False)
    other.logs_in("expire@example.org").sees("Second facteur")
    other.page.get_by_role("textbox", name="Code de secours").fill(code)
    other.clicks("Utiliser ce code de secours").sees("Mon compte")
    other.goes_to("/securite").reads("Il vous reste 9 codes de secours").clicks("Retirer l’application")
    other.fills("Votre mot de passe", DEMO_PASSWORD).clicks("Retirer").sees("Sécurité du compte")
    assert urlsplit(other.page.url).path == "/securite"


def test_two_of_a_household_choose_who_is_coming(visit: Callable[..., Visitor]) -> None:
    who = visit()
    who.logs_in("famille@example.org").sees("Qui vient ?")
    who.clicks("Malo").sees("Mon compte").reads("Malo")
