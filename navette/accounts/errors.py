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


class HouseholdIsFull(Refusal):
    """As many people as may share it have an account at one address already."""

    def __init__(self) -> None:
        super().__init__(_("Cette adresse mail sert déjà à autant de personnes que possible."))


class WrongCode(Invalid):
    """A code of the second factor that is not the right one, or no longer."""

    def __init__(self) -> None:
        super().__init__(_("Ce code n’est pas le bon, ou il n’est plus valable."), "code")


class UsedCode(Invalid):
    """The right code of an application, a second time."""

    def __init__(self) -> None:
        super().__init__(_("Ce code a déjà servi : attendez que l’application en montre un nouveau."), "code")


class WrongPasskey(Invalid):
    """What a device answered is not the proof that was asked for."""

    def __init__(self) -> None:
        super().__init__(
            _("La clé d’accès n’a pas été reconnue. Réessayez, ou choisissez un autre moyen."), "credential"
        )
