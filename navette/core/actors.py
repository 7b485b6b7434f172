"""Who acts. Domains below `accounts` know a person only by this protocol."""

from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from navette.core.errors import NotAllowed


class Actor(Protocol):
    """Somebody or something that acts: a user, or the system at night."""

    @property
    def pk(self) -> Any: ...

    @property
    def label(self) -> str: ...

    def has_perm(self, perm: str, obj: Any = None) -> bool: ...


class System:
    """The nightly work and other commands, which act for nobody and may do all."""

    pk = None

    @property
    def label(self) -> str:
        """Return the name that events and the audit log show."""
        return str(_("Navette (automatique)"))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return True: what the system may do is bounded by the command that acts."""
        return True


class Visitor:
    """Somebody who has not logged in: may do only what an action opens to everyone."""

    pk = None

    @property
    def label(self) -> str:
        """Return the name that events and the audit log show."""
        return str(_("Visiteur"))

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return False."""
        return False


SYSTEM = System()
VISITOR = Visitor()


def require(actor: Actor, perm: str, obj: Any = None) -> None:
    """Raise `NotAllowed` unless `actor` has the permission `perm` (on `obj`, where it is about one)."""
    if not actor.has_perm(perm, obj):
        raise NotAllowed(str(_("Votre compte ne permet pas cette opération.")))
