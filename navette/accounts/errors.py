"""Refusals about accounts."""

from django.utils.translation import gettext as _

from navette.core.errors import Invalid, Refusal


class LinkIsOver(Refusal):
    """A link that is used, too old, or not one of ours."""

    status = 410

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _("Il a déjà servi, ou il a plus d’une heure."))


class UnknownIdentifier(Refusal):
    """An address without account, at a portal whose setting tells it so."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("Votre identifiant est inconnu."))


class SharedAccount(Refusal):
    """A library's shared account does not recover its password by mail."""

    def __init__(self) -> None:
        super().__init__(_("Le mot de passe d’un compte de bibliothèque se demande à l’équipe du portail."))


class WrongPassword(Invalid):
    """The present password, asked for again, is not right."""

    def __init__(self) -> None:
        super().__init__(_("Votre mot de passe actuel est erroné."), "old")
