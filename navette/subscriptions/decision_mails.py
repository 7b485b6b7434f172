"""The mails of what a library or the département decides for a reader."""

from collections.abc import Iterable
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal
from navette.subscriptions.mails import OF_LIBRARY, OF_READER, site_url, to_library, to_reader
from navette.subscriptions.models import Subscription

register(
    MailKind(
        "registered_by_library",
        _("Inscription par la bibliothèque (à l’usager)"),
        _("Votre bibliothèque vous inscrit à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} vous a inscrit(e) aux ressources numériques de {portail}. "
            "Votre identifiant : {identifiant}\n\n"
            "Il reste à choisir votre mot de passe, que vous serez seul(e) à connaître : suivez le bouton, indiquez "
            "votre identifiant, et ouvrez le lien que vous recevrez aussitôt. Votre adresse sera confirmée du même "
            "coup.\n\n"
            "À votre première connexion, les conditions d’utilisation vous seront présentées."
        ),
        (*OF_READER, "identifiant"),
        _("Choisir mon mot de passe"),
    )
)
register(
    MailKind(
        "resources_decided",
        _("Ressources décidées une à une (à l’usager)"),
        _("Vos ressources numériques sur {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "La bibliothèque de {bibliotheque} a changé votre accès à des ressources numériques :\n\n"
            "{liste}\n\n"
            "Le reste de votre abonnement ne change pas."
        ),
        (*OF_READER, "liste"),
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "decided_in_place",
        _("Demande décidée par le département (à la bibliothèque)"),
        _("La demande de {prenom} {nom} a reçu une réponse"),
        _(
            "Bonjour,\n\n"
            "La demande de {prenom} {nom}, que la bibliothèque de {bibliotheque} devait traiter avant le {limite}, est "
            "restée sans réponse après notre rappel. L’équipe de {portail} a répondu à sa place : {decision}.\n\n"
            "Vous retrouvez cette personne dans vos abonnés, et pouvez revenir sur cette réponse."
        ),
        (*OF_LIBRARY, "decision"),
        _("Voir la fiche"),
    )
)


def registered(subscription: Subscription, portal: Portal) -> Letter:
    """Return the letter to a reader whom their library has registered, with the button to choose a password."""
    letter = to_reader("registered_by_library", subscription, portal)
    values = {**letter.values, "identifiant": subscription.reader.user.identifier}
    return replace(letter, values=values, button_url=site_url("site:password_forgotten"))


def resources_decided(subscription: Subscription, portal: Portal, changes: Iterable[str]) -> Letter:
    """Return the letter that tells a reader which resources changed, each a line such as « Cinéma : Refusé »."""
    letter = to_reader("resources_decided", subscription, portal)
    return replace(letter, values={**letter.values, "liste": "\n".join(f"– {line}" for line in changes)})


def decided_in_place(subscription: Subscription, portal: Portal, *, decision: str, limit: str) -> Letter:
    """Return the letter to a library in whose place the département has made `decision`, due before `limit`."""
    return to_library("decided_in_place", subscription, portal, decision=decision, limite=limit)
