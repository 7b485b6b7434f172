"""The mails of a subscription's life. The text that a librarian edits is what is sent."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.libraries.models import Library
from navette.mail.kinds import KINDS, MailKind, register
from navette.mail.outbox import Letter, filled_body
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import RefusalReason

OF_READER = ("prenom", "nom", "bibliotheque", "portail", "date_demande", "limite", "date_debut", "date_fin")
OF_LIBRARY = ("bibliotheque", "portail", "prenom", "nom", "date_demande", "limite", "ressources")

register(
    MailKind(
        "request_received",
        _("Demande d’inscription reçue (à l’usager)"),
        _("Votre demande d’inscription à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "Votre demande d’inscription aux ressources numériques de {portail} a bien été prise en compte. "
            "Votre bibliothèque ({bibliotheque}) va la vérifier et vous répondra avant le {limite}.\n\n"
            "En attendant, confirmez votre adresse mail : sans cela, aucune ressource ne pourra s’ouvrir.\n\n"
            "À bientôt sur {portail}."
        ),
        OF_READER,
        _("Confirmer mon adresse"),
    )
)
register(
    MailKind(
        "already_registered",
        _("Inscription avec une adresse déjà connue (à l’usager)"),
        _("Vous avez déjà un compte sur {portail}"),
        _(
            "Bonjour,\n\n"
            "Quelqu’un, sans doute vous, vient de demander une inscription à {portail} avec cette adresse mail. "
            "Elle a déjà un compte : il n’en a pas été créé d’autre.\n\n"
            "Connectez-vous avec cette adresse. Si vous avez oublié votre mot de passe, vous pourrez en choisir un "
            "nouveau à l’adresse {oubli}\n\n"
            "Une autre personne de votre foyer veut s’inscrire avec la même adresse ? Elle le peut depuis votre "
            "compte : {foyer}\n\n"
            "Si vous n’êtes pas à l’origine de cette demande, ce message ne vous demande rien."
        ),
        ("portail", "oubli", "foyer"),
        _("Me connecter"),
    )
)
register(
    MailKind(
        "library_request",
        _("Nouvelle demande (à la bibliothèque)"),
        _("Une demande à traiter avant le {limite} : {prenom} {nom}"),
        _(
            "Bonjour,\n\n"
            "{prenom} {nom} demande l’accès aux ressources numériques de {portail} comme usager de la bibliothèque "
            "de {bibliotheque}.\n\n"
            "Demande du {date_demande}, à valider ou à refuser avant le {limite}.\n"
            "Ressources demandées : {ressources}."
        ),
        OF_LIBRARY,
        _("Voir la demande"),
    )
)
register(
    MailKind(
        "library_renewal",
        _("Renouvellement demandé (à la bibliothèque)"),
        _("Un renouvellement à traiter avant le {limite} : {prenom} {nom}"),
        _(
            "Bonjour,\n\n"
            "{prenom} {nom}, usager de la bibliothèque de {bibliotheque}, demande le renouvellement de son abonnement "
            "aux ressources numériques de {portail}.\n\n"
            "Demande du {date_demande}, à valider ou à refuser avant le {limite}."
        ),
        OF_LIBRARY,
        _("Voir la demande"),
    )
)
register(
    MailKind(
        "library_resource",
        _("Ressource ajoutée par un abonné (à la bibliothèque)"),
        _("{prenom} {nom} demande une ressource de plus"),
        _(
            "Bonjour,\n\n"
            "{prenom} {nom}, dont l’abonnement est validé, demande aussi : {ressources}.\n\n"
            "Sa fiche vous attend sur {portail}."
        ),
        OF_LIBRARY,
        _("Voir la fiche"),
    )
)
register(
    MailKind(
        "library_moved",
        _("Changement de bibliothèque (aux deux bibliothèques)"),
        _("{prenom} {nom} change de bibliothèque"),
        _(
            "Bonjour,\n\n"
            "L’abonnement de {prenom} {nom} aux ressources numériques de {portail} passe de la bibliothèque de "
            "{ancienne} à la bibliothèque de {bibliotheque}. Il n’y a rien à faire de votre côté."
        ),
        (*OF_LIBRARY, "ancienne"),
    )
)
register(
    MailKind(
        "library_late",
        _("Demandes en retard (à la bibliothèque, à l’initiative du département)"),
        _("Des demandes attendent la réponse de votre bibliothèque"),
        _(
            "Bonjour,\n\n"
            "Des usagers de la bibliothèque de {bibliotheque} attendent une réponse dont le délai est passé. "
            "Nombre de demandes : {nombre}. La plus ancienne devait être traitée avant le {limite}.\n\n"
            "Merci de les valider ou de les refuser. Si quelque chose vous en empêche, dites-le nous : {contact}."
        ),
        ("bibliotheque", "portail", "nombre", "limite", "contact"),
        _("Voir les demandes"),
    )
)
register(
    MailKind(
        "accepted",
        _("Inscription acceptée (à l’usager)"),
        _("Votre abonnement à {portail} est validé"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} a validé votre inscription : vous pouvez maintenant vous connecter et "
            "ouvrir vos ressources numériques.\n\n"
            "Bonnes découvertes !"
        ),
        OF_READER,
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "refused_not_member",
        _("Inscription refusée : non abonné à la bibliothèque (à l’usager)"),
        _("Votre demande d’inscription à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} n’a pas pu valider votre demande : elle ne vous trouve pas parmi ses "
            "inscrits. L’accès aux ressources numériques est réservé aux personnes inscrites dans une bibliothèque "
            "du réseau.\n\n"
            "Passez la voir pour vous inscrire, puis refaites votre demande depuis votre compte."
        ),
        OF_READER,
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "refused_membership_over",
        _("Inscription refusée : abonnement expiré (à l’usager)"),
        _("Votre demande d’inscription à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} n’a pas pu valider votre demande : votre abonnement chez elle est "
            "arrivé à son terme.\n\n"
            "Passez la voir pour le renouveler, puis refaites votre demande depuis votre compte."
        ),
        OF_READER,
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "renewed",
        _("Abonnement renouvelé (à l’usager)"),
        _("Votre abonnement à {portail} est renouvelé"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} a renouvelé votre abonnement aux ressources numériques : il est "
            "valable jusqu’au {date_fin} inclus.\n\n"
            "Bonnes découvertes !"
        ),
        OF_READER,
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "ended",
        _("Abonnement arrêté (à l’usager)"),
        _("Votre abonnement à {portail} est arrêté"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} a mis fin à votre abonnement aux ressources numériques. "
            "Si cela vous étonne, passez la voir ou appelez-la.\n\n"
            "Inscrit(e) dans une autre bibliothèque du réseau ? Écrivez-nous pour que votre compte la rejoigne."
        ),
        OF_READER,
    )
)
register(
    MailKind(
        "renewal_received",
        _("Renouvellement demandé (à l’usager)"),
        _("Votre demande de renouvellement"),
        _(
            "Bonjour {prenom},\n\n"
            "Votre demande de renouvellement a été transmise à la bibliothèque de {bibliotheque}, qui vous répondra "
            "avant le {limite}."
        ),
        OF_READER,
    )
)

register(
    MailKind(
        "asked_again",
        _("Nouvelle demande après un refus (à l’usager)"),
        _("Votre nouvelle demande à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "Votre nouvelle demande d’accès aux ressources numériques a été transmise à la bibliothèque de "
            "{bibliotheque}, qui vous répondra avant le {limite}."
        ),
        OF_READER,
    )
)

register(
    MailKind(
        "address_changed",
        _("Adresse mail changée (à l’usager)"),
        _("Confirmez votre nouvelle adresse"),
        _(
            "Bonjour {prenom},\n\n"
            "L’adresse mail de votre compte {portail} est maintenant celle-ci. Confirmez-la : sans cela, aucune "
            "ressource ne pourra s’ouvrir."
        ),
        OF_READER,
        _("Confirmer mon adresse"),
    )
)

REFUSAL_KINDS = {
    RefusalReason.NOT_MEMBER: "refused_not_member",
    RefusalReason.MEMBERSHIP_OVER: "refused_membership_over",
    RefusalReason.LEFT: "ended",
}


def french_day(day: dt.date | None) -> str:
    """Return `day` as people write it, 24/11/2026; an empty text for none."""
    return date_format(day, "d/m/Y") if day else ""


def site_url(name: str, *args: object) -> str:
    """Return the full public address of the page `name`: from the settings, never from a request."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def values_of(subscription: Subscription, portal: Portal) -> dict[str, object]:
    """Return what fills the texts about one subscription; `reader` and `library` should be loaded."""
    return {
        "prenom": subscription.reader.first_name,
        "nom": subscription.reader.last_name,
        "bibliotheque": subscription.library.name,
        "portail": portal.name,
        "date_demande": french_day(clock.day_of(subscription.requested_at)),
        "limite": french_day(subscription.deadline),
        "date_debut": french_day(subscription.starts_on),
        "date_fin": french_day(subscription.ends_on),
    }


def request_values(first_name: str, last_name: str, library: Library) -> dict[str, object]:
    """Return what fills the texts about a request made today, before or without its subscription."""
    portal = current_portal()
    return {
        "prenom": first_name,
        "nom": last_name,
        "bibliotheque": library.name,
        "portail": portal.name,
        "date_demande": french_day(clock.today()),
        "limite": french_day(deadline_of(clock.today(), portal)),
    }


def default_message(kind: str, subscription: Subscription, **values: object) -> str:
    """Return the body that the mail of `kind` would have: what a form proposes to edit.

    `values` replace what the subscription says now by what it will say.
    """
    return filled_body(kind, values_of(subscription, current_portal()) | values)


def to_reader(kind: str, subscription: Subscription, portal: Portal, *, body: str | None = None) -> Letter:
    """Return the letter of `kind` to the subscription's reader, with the button to their account."""
    return Letter(
        kind,
        subscription.reader.user.email,
        values_of(subscription, portal),
        body=body,
        button_url=site_url("site:account") if KINDS[kind].button else "",
        signed_by=subscription.library.name,
        about=subscription.reader.user_id,
    )


def to_library(
    kind: str, subscription: Subscription, portal: Portal, *, library: Library | None = None, **values: object
) -> Letter:
    """Return the letter of `kind` about `subscription` to its library (or to `library`), with the button to decide."""
    page = "pro:decide" if subscription.waits else "pro:subscriber"
    return Letter(
        kind,
        (library or subscription.library).email,
        values_of(subscription, portal) | values,
        button_url=site_url(page, subscription.pk) if KINDS[kind].button else "",
        signed_by=portal.name,
        about=subscription.reader.user_id,
    )
