"""Made-up values for the variables of mails, so that a text can be seen before anybody gets it."""

from django.utils.translation import gettext_lazy as _

from navette.portal.models import Portal

EXAMPLES = {
    "prenom": _("Camille"),
    "nom": _("Durand"),
    "bibliotheque": _("Sauveterre-de-Guyenne"),
    "ancienne": _("Blasimon"),
    "date_demande": "12/03/2027",
    "date": "12/03/2027",
    "limite": "16/03/2027",
    "date_debut": "12/03/2027",
    "date_fin": "12/03/2028",
    "jours": "7",
    "nombre": "3",
    "ressources": _("Ciné-rivage, Presse du fleuve"),
    "ressource": _("Ciné-rivage"),
    "theme": _("Les ressources numériques"),
    "question": _("Comment lire la presse sur mon téléphone ?"),
    "reponse": _("Ouvrez « Mon compte », puis la ressource : elle s’adapte à votre écran."),
    "adresse": "camille.durand@example.org",
    "oubli": "https://example.org/mot-de-passe-oublie",
    "liste": _("Camille Durand\nSacha Martin"),
}


def example_of(name: str, portal: Portal) -> str:
    """Return a made-up value for the variable `name`; the portal's own name and contact are the true ones."""
    own = {"portail": portal.name, "contact": portal.contact_email, "telephone": portal.contact_phone}
    return str(own.get(name) or EXAMPLES.get(name) or f"({name})")
