"""Why a resource does not open, in the reader's words. Each says what holds and what to do (SSO-05)."""

import datetime as dt
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from navette.core.errors import Refusal
from navette.core.text import ordinal


class Stopped(Refusal):
    """The reader is stopped at the portal. The subclass is the reason, and `code` its short name in the records."""

    status = 403
    code: ClassVar[str]


class NotAReader(Stopped):
    """A professional account: it belongs to nobody who could subscribe."""

    code = "not_a_reader"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Vous êtes connecté(e) avec un compte professionnel. Les ressources s’ouvrent avec un compte "
                "d’abonné(e) : déconnectez-vous, puis connectez-vous avec votre adresse mail d’abonné(e)."
            )
        )


class NoSubscription(Stopped):
    """A reader's account without any request."""

    code = "no_subscription"

    def __init__(self) -> None:
        super().__init__(
            _("Votre compte n’a pas d’abonnement aux ressources numériques. Demandez-le à votre bibliothèque.")
        )


class ResourceClosed(Stopped):
    """The département has closed the resource, or not connected it yet."""

    code = "closed"

    def __init__(self, resource: str) -> None:
        super().__init__(
            _(
                "La ressource « %(resource)s » est fermée pour le moment. Votre abonnement n’est pas en cause : "
                "vos autres ressources restent accessibles."
            )
            % {"resource": resource}
        )


class ParentAwaited(Stopped):
    """A parent has not agreed yet (SUB-12)."""

    code = "parent_awaited"

    def __init__(self) -> None:
        super().__init__(
            _(
                "L’accord d’un parent est attendu. Un mail lui a été envoyé : dès qu’il aura cliqué sur le lien, votre "
                "bibliothèque recevra votre demande."
            )
        )


class Waiting(Stopped):
    """The library has not decided yet."""

    code = "waiting"

    def __init__(self, library: str, since: dt.date) -> None:
        super().__init__(
            _(
                "Votre demande attend la réponse de votre bibliothèque (%(library)s) depuis le %(since)s. Un mail vous "
                "préviendra de sa décision ; si elle tarde, contactez-la."
            )
            % {"library": library, "since": date_format(since, "j F Y")}
        )


class RenewalWaiting(Stopped):
    """The year is over and the library has not answered the renewal yet."""

    code = "renewal_waiting"

    def __init__(self, library: str, ended_on: dt.date) -> None:
        super().__init__(
            _(
                "Votre abonnement a pris fin le %(day)s. Votre demande de renouvellement attend la réponse de votre "
                "bibliothèque (%(library)s) ; un mail vous préviendra."
            )
            % {"library": library, "day": date_format(ended_on, "j F Y")}
        )


class Refused(Stopped):
    """The library said no, or ended the subscription."""

    code = "refused"

    def __init__(self, library: str, reason: str) -> None:
        super().__init__(
            _(
                "Votre bibliothèque (%(library)s) n’a pas validé votre abonnement. Motif : %(reason)s. Voyez avec "
                "elle, puis faites une nouvelle demande depuis votre compte."
            )
            % {"library": library, "reason": reason}
        )


class Expired(Stopped):
    """The year is over."""

    code = "expired"

    def __init__(self, library: str, ended_on: dt.date) -> None:
        super().__init__(
            _(
                "Votre abonnement a pris fin le %(day)s. Demandez son renouvellement depuis votre compte : votre "
                "bibliothèque (%(library)s) le validera."
            )
            % {"library": library, "day": date_format(ended_on, "j F Y")}
        )


class AddressNotConfirmed(Stopped):
    """The mail address has never been confirmed (SUB-13)."""

    code = "unconfirmed"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Votre adresse mail n’est pas encore confirmée. Ouvrez le premier mail que nous vous avons envoyé et "
                "cliquez sur son lien ; pensez à regarder dans les courriers indésirables."
            )
        )


class NotAskedFor(Stopped):
    """The subscription does not hold this resource."""

    code = "not_asked"

    def __init__(self, resource: str) -> None:
        super().__init__(
            _(
                "La ressource « %(resource)s » ne fait pas partie de votre abonnement. Vous pouvez l’ajouter depuis "
                "votre compte."
            )
            % {"resource": resource}
        )


class GrantWaiting(Stopped):
    """This resource was asked for and is not decided yet."""

    code = "grant_waiting"

    def __init__(self, resource: str, library: str) -> None:
        super().__init__(
            _("Votre demande pour « %(resource)s » attend la réponse de votre bibliothèque (%(library)s).")
            % {"resource": resource, "library": library}
        )


class SeatAwaited(Stopped):
    """The resource has a limited number of seats, and none is free yet (SUB-11)."""

    code = "no_seat"

    def __init__(self, resource: str, place: int) -> None:
        super().__init__(
            _(
                "Toutes les places de « %(resource)s » sont prises pour le moment. Vous êtes en liste d’attente, en "
                "%(place)s position ; un mail vous préviendra dès qu’une place sera pour vous."
            )
            % {"resource": resource, "place": ordinal(place)}
        )


class GrantRefused(Stopped):
    """The library said no to this resource."""

    code = "grant_refused"

    def __init__(self, resource: str, library: str) -> None:
        super().__init__(
            _(
                "Votre bibliothèque (%(library)s) ne vous a pas ouvert « %(resource)s ». Adressez-vous à elle pour en "
                "savoir plus."
            )
            % {"resource": resource, "library": library}
        )


class VendorFailed(Stopped):
    """The vendor's platform did not answer as it should: nothing was opened, nothing is counted."""

    code = "vendor"
    status = 502

    def __init__(self, resource: str) -> None:
        super().__init__(
            _(
                "La plateforme « %(resource)s » ne répond pas en ce moment. Votre abonnement n’est pas en cause : "
                "essayez de nouveau dans quelques minutes."
            )
            % {"resource": resource}
        )


class NoNextKey(Refusal):
    """There is no next key to put into service."""

    def __init__(self) -> None:
        super().__init__(_("Aucune clé n’est prête. Préparez-en une, puis mettez-la en service quelques jours après."))


class AccessOvertaken(Refusal):
    """Somebody set otherwise how the resource opens after this person's page was drawn."""

    def __init__(self, who: str, now: str) -> None:
        self.now = now  # the fingerprint of what is there by now
        super().__init__(
            _(
                "%(who)s a réglé cette connexion entre-temps : rien n’a été enregistré. Enregistrez de nouveau pour "
                "remplacer ses réglages ; s’il y a une clé à changer, il faut l’écrire encore une fois."
            )
            % {"who": who or _("Une autre personne")}
        )
