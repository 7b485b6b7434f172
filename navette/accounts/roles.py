"""What each staff role may do. Permissions are names that actions ask for; this table is where they are given."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StaffRoleName(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administration")
    DIGITAL = "digital", _("Ressources numériques")
    TERRITORY = "territory", _("Référent(e) de territoire")


_FOLLOW = frozenset(
    {
        "subscriptions.view",
        "subscriptions.remind_library",
        "subscriptions.decide_late",  # in a library's place, where the portal's setting lets staff (SUB-05)
        "libraries.view",
        "libraries.edit_page",
        "accounts.view",
        "accounts.manage_professionals",  # libraries' accounts and librarians; not the staff's own
        "contact.view",
        "contact.answer",
        "console.search",
    }
)
_DIGITAL = _FOLLOW | {
    "subscriptions.edit",
    "subscriptions.move",
    "accounts.manage_readers",
    "mail.view",
    "mail.settle",
    "mail.edit_texts",
    "resources.manage",
    "terms.publish",
    "editorial.moderate",
    "editorial.edit_pages",
}
_ALL = _DIGITAL | {
    "libraries.manage",  # create, close, merge; territories and their officers
    "accounts.manage_staff",
    "portal.manage",
    "audit.view",
    "work.view",
    "moving_in.run",
}

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    StaffRoleName.ADMINISTRATOR: _ALL,
    StaffRoleName.DIGITAL: _DIGITAL,
    StaffRoleName.TERRITORY: _FOLLOW,
}

# What these permit about a library holds in the officer's own territories only; `libraries.backends` answers there.
BOUND_TO_TERRITORY = frozenset({StaffRoleName.TERRITORY})
