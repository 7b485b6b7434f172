"""The mails of a parent's agreement (SUB-12) and of a seat that becomes free (SUB-11)."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal
from navette.readers.models import ParentalAgreement
from navette.readers.tokens import LINK_SERVES, parental_token
from navette.subscriptions.mails import OF_READER, site_url, to_reader, values_of
from navette.subscriptions.models import ResourceGrant, Subscription

OF_PARENT = (*OF_READER, "parent", "ressources", "age", "jours")

register(
    MailKind(
        "parent_asked",
        _("Accord parental demandé (au parent)"),
        _("Votre accord pour l’inscription de {prenom} à {portail}"),
        _(
            "Bonjour {parent},\n\n"
            "{prenom} demande à accéder aux ressources numériques de {portail} comme usager de la bibliothèque de "
            "{bibliotheque}, et vous a indiqué(e) comme parent ou responsable légal.\n\n"
            "Ressources demandées : {ressources}.\n\n"
            "L’accès est gratuit. Avant {age} ans, il demande votre accord : sans lui, la bibliothèque ne voit pas la "
            "demande. Le lien ci-dessous montre ce qui est demandé et vous laisse accepter ou refuser ; il sert "
            "pendant {jours} jours.\n\n"
            "Si vous ne connaissez pas cet enfant, refusez ou laissez ce message de côté : rien ne sera ouvert."
        ),
        OF_PARENT,
        _("Voir la demande"),
    )
)
register(
    MailKind(
        "parent_awaited",
        _("Demande d’inscription reçue, accord parental attendu (à l’usager)"),
        _("Votre demande d’inscription à {portail}"),
        _(
            "Bonjour {prenom},\n\n"
            "Votre demande d’inscription aux ressources numériques de {portail} a bien été prise en compte. Comme vous "
            "avez moins de {age} ans, elle attend l’accord d’un parent : un mail vient de lui être envoyé. Dès son "
            "accord, votre bibliothèque ({bibliotheque}) recevra la demande.\n\n"
            "En attendant, confirmez votre adresse mail : sans cela, aucune ressource ne pourra s’ouvrir.\n\n"
            "À bientôt sur {portail}."
        ),
        (*OF_READER, "age"),
        _("Confirmer mon adresse"),
    )
)
register(
    MailKind(
        "parent_agreed",
        _("Accord parental donné (à l’usager)"),
        _("Votre demande d’inscription à {portail} est transmise"),
        _(
            "Bonjour {prenom},\n\n"
            "L’accord de votre parent est arrivé. Votre demande est transmise à la bibliothèque de {bibliotheque}, qui "
            "vous répondra avant le {limite}."
        ),
        OF_READER,
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "parent_thanked",
        _("Accord parental donné (au parent)"),
        _("Votre accord pour l’inscription de {prenom} à {portail}"),
        _(
            "Bonjour {parent},\n\n"
            "Votre accord pour l’inscription de {prenom} aux ressources numériques de {portail} est enregistré. "
            "La bibliothèque de {bibliotheque} vérifie maintenant la demande et répondra avant le {limite}.\n\n"
            "Vous pouvez changer d’avis à tout moment : écrivez-nous à {contact}."
        ),
        (*OF_READER, "parent", "contact"),
    )
)
register(
    MailKind(
        "household_request",
        _("Demande pour une personne du foyer (à l’usager)"),
        _("La demande d’inscription de {prenom} à {portail}"),
        _(
            "Bonjour,\n\n"
            "Une demande d’inscription aux ressources numériques de {portail} vient d’être faite pour {prenom} {nom}, "
            "qui partage cette adresse mail. {suite}\n\n"
            "{prenom} a son propre compte : pour y entrer, cette adresse et le mot de passe que vous venez de choisir."
        ),
        (*OF_READER, "suite"),
        _("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "seat_given",
        _("Place libérée pour une ressource (à l’usager)"),
        _("Une place s’est libérée : « {ressource} » est à vous"),
        _(
            "Bonjour {prenom},\n\n"
            "Vous étiez en liste d’attente pour « {ressource} » : une place vient de se libérer, et elle est pour "
            "vous. La ressource s’ouvre dès maintenant depuis votre compte.\n\n"
            "Bonnes découvertes !"
        ),
        (*OF_READER, "ressource"),
        _("Ouvrir mon compte"),
    )
)


def seat_given(grant: ResourceGrant, portal: Portal) -> Letter:
    """Return the letter that tells a reader who waited that a seat is theirs; its subscription should be loaded."""
    letter = to_reader("seat_given", grant.subscription, portal)
    return replace(letter, values={**letter.values, "ressource": grant.resource.name})


def to_parent(
    kind: str, agreement: ParentalAgreement, subscription: Subscription, portal: Portal, *, with_link: bool = False
) -> Letter:
    """Return the letter of `kind` to the parent of the subscription's reader; `with_link` to answer it."""
    names = [grant.resource.name for grant in subscription.grants.select_related("resource").order_by("resource__name")]
    values = values_of(subscription, portal) | {
        "parent": agreement.parent_name,
        "ressources": ", ".join(names),
        "age": portal.parental_age,
        "jours": LINK_SERVES.days,
        "contact": portal.contact_email,
    }
    url = site_url("site:parental_agreement", parental_token(agreement)) if with_link else ""
    letter = Letter(kind, agreement.parent_email, values, button_url=url, signed_by=portal.name)
    return replace(letter, about=subscription.reader.user_id)
