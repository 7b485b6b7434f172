"""What each staff role may do. Permissions are names that actions ask for; this table is where they are given."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffRoleName(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administration")
    DIGITAL = "digital", _("Ressources numériques")
    TERRITORY = "territory", _("Référent(e) de territoire")


_FOLLOW = frozenset({"subscriptions.view", "subscriptions.remind_library"})
_RUN = _FOLLOW | {
    "subscriptions.edit",
    "subscriptions.move",
    "mail.view",
    "mail.settle",
}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    StaffRoleName.ADMINISTRATOR: _RUN,
    StaffRoleName.DIGITAL: _RUN,
    StaffRoleName.TERRITORY: _FOLLOW,
}

# What these permit about a library holds in the officer's own territories only; `libraries.backends` answers there.
BOUND_TO_TERRITORY = frozenset({StaffRoleName.TERRITORY})
