"""How an account's state is shown: in the console and in the libraries' workspace."""

from dataclasses import dataclass

from django.contrib.auth.hashers import is_password_usable
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from navette.accounts.models import User


@dataclass(frozen=True)
class AccountState:
    """A word with the look of its tag; `waits` says that the owner has still to choose a first password."""

    label: str
    look: str
    waits: bool = False


def account_state(user: User) -> AccountState:
    """Return whether `user` may log in, and if not, what is missing."""
    if not user.is_active:
        return AccountState(_("Désactivé"), "tag-no")
    if is_password_usable(user.password):
        return AccountState(_("Actif"), "tag-ok")
    if user.invited_at is None:
        return AccountState(_("Sans mot de passe"), "tag-wait", waits=True)
    day = date_format(localtime(user.invited_at), "d/m/Y")
    return AccountState(_("Invitation envoyée le %(day)s") % {"day": day}, "tag-wait", waits=True)
