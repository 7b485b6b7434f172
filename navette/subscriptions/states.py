"""The states of a subscription and the one table of its moves (SUB-01)."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    UNCONFIRMED = "unconfirmed", _("Accord parental attendu")
    PENDING = "pending", _("En attente")
    ACTIVE = "active", _("Validé")
    REFUSED = "refused", _("Refusé")
    EXPIRED = "expired", _("Expiré")


class RefusalReason(models.TextChoices):
    """Why a library says no."""

    NOT_MEMBER = "not_member", _("Non abonné à la bibliothèque")
    MEMBERSHIP_OVER = "membership_over", _("Abonnement expiré")
    LEFT = "left", _("A quitté la bibliothèque")


# What a library may choose when it refuses a request; ending a subscription knows one reason more.
REFUSAL_CHOICES = [(r.value, r.label) for r in (RefusalReason.NOT_MEMBER, RefusalReason.MEMBERSHIP_OVER)]


class Move(models.TextChoices):
    """What can happen to a subscription; the word that its history shows."""

    REQUEST = "request", _("Demande d’inscription")
    AWAIT_PARENT = "await_parent", _("Accord parental demandé")
    REGISTER = "register", _("Inscription par la bibliothèque")
    TAKE_OVER = "take_over", _("Reprise de l’ancien portail")
    ACCEPT = "accept", _("Demande acceptée")
    REFUSE = "refuse", _("Demande refusée")
    ASK_AGAIN = "ask_again", _("Nouvelle demande")
    ASK_RENEWAL = "ask_renewal", _("Renouvellement demandé")
    ASK_AFTER_END = "ask_after_end", _("Renouvellement demandé après la fin")
    RENEW = "renew", _("Abonnement renouvelé")
    END = "end", _("Abonnement arrêté")
    EXPIRE = "expire", _("Abonnement expiré")
    EDIT = "edit", _("Fiche modifiée")
    MOVE_LIBRARY = "move_library", _("Changement de bibliothèque")


@dataclass(frozen=True)
class Transition:
    """From any of `sources`, the subscription goes to `target`; where that is None it stays as it is."""

    sources: frozenset[str]
    target: str | None


def _from(*sources: str, to: str | None) -> Transition:
    return Transition(frozenset(sources), to)


TRANSITIONS: dict[str, Transition] = {
    Move.REQUEST: _from(Status.UNCONFIRMED, to=Status.PENDING),
    # An active subscription is accepted or refused only while its reader asks for the renewal.
    Move.ACCEPT: _from(Status.PENDING, Status.REFUSED, Status.ACTIVE, to=Status.ACTIVE),
    Move.REFUSE: _from(Status.PENDING, Status.ACTIVE, to=Status.REFUSED),
    Move.ASK_AGAIN: _from(Status.REFUSED, to=Status.PENDING),
    # Asking for the renewal keeps the access that there is...
    Move.ASK_RENEWAL: _from(Status.ACTIVE, to=Status.ACTIVE),
    # ... and asks like a first time where there is none any more, or when it ends before the answer.
    Move.ASK_AFTER_END: _from(Status.ACTIVE, Status.EXPIRED, to=Status.PENDING),
    Move.RENEW: _from(Status.ACTIVE, Status.EXPIRED, to=Status.ACTIVE),
    Move.END: _from(Status.ACTIVE, to=Status.REFUSED),
    Move.EXPIRE: _from(Status.ACTIVE, to=Status.EXPIRED),
    Move.EDIT: _from(*Status.values, to=None),
    Move.MOVE_LIBRARY: _from(*Status.values, to=None),
}
