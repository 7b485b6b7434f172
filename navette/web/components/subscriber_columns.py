"""What the columns of the list of subscribers are called, for the setting that puts them in order."""

from django.utils.translation import gettext_lazy as _

COLUMN_TITLES = {
    "first_name": _("Prénom"),
    "last_name": _("Nom"),
    "status": _("Statut"),
    "ends_on": _("Fin de validité"),
    "requested_on": _("Inscription"),
    "library": _("Bibliothèque"),
    "resources": _("Ressources"),
    "operations": _("Opérations"),
}
