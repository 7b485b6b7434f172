"""How a password is asked for."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from navette.accounts.passwords import EXAMPLE, rules_sentence
from navette.portal.queries import current_portal

LONGEST_TYPED = 200  # characters: above what is accepted, so that one too long is told and not cut


class PasswordField(forms.CharField):
    """A password, taken as it is typed; `autocomplete`, `new-password` or `current-password`, is for the browser."""

    def __init__(self, label: Any, autocomplete: str, **options: Any) -> None:
        # While the eye shows it, the field is an ordinary one: no spelling service gets to read it.
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false"})
        super().__init__(label=label, max_length=LONGEST_TYPED, strip=False, widget=widget, **options)


def explain_password(field: forms.Field) -> None:
    """Tell the portal's password rules and an example before the field, and have the page check them live."""
    portal = current_portal()
    field.help_text = _("%(rules)s Par exemple (mais pas celui-ci) : %(example)s") % {
        "rules": rules_sentence(portal),
        "example": EXAMPLE,
    }
    field.widget.attrs["data-password-rules"] = json.dumps({"min": portal.password_min_length})
