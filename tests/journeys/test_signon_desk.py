"""Journey D1, signing on: staff set a vendor up, try it, read why a reader was stopped, change the keys."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ADMIN = "admin@example.org"
NAME = "Carnets de mer"
SERVICE = "https://carnets.example.org/cas"


def test_d1_a_vendor_is_set_up_tried_and_asked_why(visit: Visit) -> None:
    """D1: a new resource by CAS, wrong then right; an expired reader explained; why; the next key prepared."""
    staff = visit().logs_in_as_professional(ADMIN).goes_to("/console/")
    _sets_up(staff)
    _tries(staff)
    _asks_why(staff)
    _prepares_a_key(staff)


def test_d1_the_desk_on_a_phone_without_script(visit: Visit) -> None:
    """D1: the same pages at 360 px, and without JavaScript."""
    staff = visit(javascript=False, width=360).logs_in_as_professional(ADMIN)
    staff.goes_to("/console/ressources").clicks("Modifier", within="tbody").clicks("Régler la connexion")
    staff.sees("Connexion à la plateforme").clicks("Changer de façon d’ouvrir").sees("Connexion à la plateforme")
    staff.clicks("Annuler").clicks("Tester la connexion").sees("Tester la connexion")
    staff.clicks("Lancer l’essai").sees("Tester la connexion").reads("Résultat de l’essai")
    staff.goes_to("/console/cles").sees("Clés et adresses")
    staff.goes_to("/console/ressources/pourquoi").sees("Pourquoi ?")


def _sets_up(staff: Visitor) -> None:
    staff.goes_to("/console/ressources/nouvelle").fills("Nom", NAME).fills("En une phrase", "Des journaux de bord.")
    staff.fills("Description", "Cent ans de mer.").fills("Fournisseur", "Embruns")
    staff.page.get_by_label("Catégorie").select_option(index=1)
    staff.clicks("Enregistrer").sees("Connexion à la plateforme")
    staff.page.get_by_label("Lien avec empreinte (SHA-256)").check()
    staff.clicks("Continuer").sees("Connexion à la plateforme")
    staff.fills("Adresse de la plateforme", "https://carnets.example.org/entree")
    staff.page.get_by_label("Date dans l’empreinte").select_option("none")
    staff.clicks("Enregistrer").sees("Connexion à la plateforme").reads("La nouvelle clé", "pour toujours")
    key = staff.page.locator(".made-key").inner_text()
    staff.clicks("Changer de façon d’ouvrir").sees("Connexion à la plateforme")
    staff.does_not_read(key).page.get_by_label("CAS", exact=False).first.check()
    staff.clicks("Continuer").reads("est oublié")
    staff.fills("Adresse de la plateforme", "https://carnets.example.org/entree").clicks("Enregistrer")
    staff.reads("le portail refuse toutes les demandes")
    staff.fills("Adresse complète", "http://carnets.example.org/cas").clicks("Ajouter l’adresse").judges()
    expect(staff.page.locator(".error-list")).to_be_visible()
    staff.fills("Adresse complète", SERVICE).clicks("Ajouter l’adresse").sees("Connexion à la plateforme")
    staff.page.locator("#transmis").get_by_label("Adresse mail", exact=True).check()
    staff.clicks("Enregistrer ce qui est transmis").sees("Connexion à la plateforme").reads("camille.essai@example.org")


def _tries(staff: Visitor) -> None:
    staff.clicks("Tester la connexion").sees("Tester la connexion")
    staff.fills("L’adresse de service que le fournisseur dit utiliser", "https://carnets.example.org/autre")
    staff.clicks("Lancer l’essai").sees("Tester la connexion").reads("n’est pas enregistrée")
    staff.fills("L’adresse de service que le fournisseur dit utiliser", "").clicks("Lancer l’essai")
    staff.sees("Tester la connexion").reads("Le lecteur est entré chez le fournisseur.", "camille.essai@example.org")
    staff.page.get_by_label("Lecteur d’essai").select_option("expired")
    staff.clicks("Lancer l’essai").sees("Tester la connexion").reads("comme il le doit", "Votre abonnement a pris fin")
    staff.page.get_by_label("Lecteur d’essai").select_option("may")
    staff.page.get_by_label("le vrai fournisseur").check()
    staff.clicks("Lancer l’essai").sees("Tester la connexion").reads("Partir chez le vrai fournisseur")
    expect(staff.page.get_by_role("link", name="Partir chez le fournisseur")).to_have_attribute("target", "_blank")
    door = staff.page.request.get(f"/cas/login?service={SERVICE}", max_redirects=0)
    assert "ticket=ST-" in door.headers["location"]
    staff.reads("Le portail a laissé passer le lecteur")


def _asks_why(staff: Visitor) -> None:
    reader = staff.goes_to("/console/ressources/pourquoi").sees("Pourquoi ?").reads("essai")
    reader.page.locator("form.filters").get_by_label("Nom ou mail du lecteur").fill("expire@example.org")
    reader.clicks("Filtrer", within="#list").reads("De qui s’agit-il ?")
    reader.page.locator("#readers-title + .people a").first.click()
    reader.sees("Pourquoi ?").page.get_by_label("Ressource", exact=True).select_option(index=1)
    reader.clicks("Filtrer", within="#list").reads("En ce moment", "le portail arrête ce lecteur").judges()


def _prepares_a_key(staff: Visitor) -> None:
    staff.clicks("Clés et adresses", within=".rail-nav").sees("Clés et adresses")
    staff.page.get_by_role("link", name="Préparer la clé suivante").first.click()
    staff.sees("Préparer la clé suivante (SAML 2.0) ?").reads("rien ne change").clicks("Préparer la clé suivante")
    staff.sees("Clés et adresses").reads("publiée, prête à servir")
