"""The mails about picks and suggestions: to the library that wrote, and to the portal's team that answers."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from navette.editorial.models import Pick, PurchaseSuggestion
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal

OF_SUGGESTION = ("bibliotheque", "portail", "titre", "auteur", "etat", "reponse")
OF_PICK = ("bibliotheque", "portail", "titre", "mot")

register(
    MailKind(
        "suggestion_received",
        _("Suggestion d’achat reçue (à l’équipe départementale)"),
        _("Suggestion d’achat de la bibliothèque de {bibliotheque} : {titre}"),
        _(
            "Bonjour,\n\n"
            "La bibliothèque de {bibliotheque} suggère l’achat de « {titre} » {auteur}.\n\n"
            "Votre réponse lui sera envoyée par mail."
        ),
        OF_SUGGESTION,
        _("Voir la suggestion"),
    )
)
register(
    MailKind(
        "suggestion_answered",
        _("Réponse à une suggestion d’achat (à la bibliothèque)"),
        _("Votre suggestion d’achat « {titre} » : {etat}"),
        _(
            "Bonjour,\n\n"
            "Votre suggestion d’achat « {titre} » {auteur} a maintenant l’état « {etat} ».\n\n"
            "{reponse}\n\n"
            "Merci d’aider à choisir ce que le réseau partage."
        ),
        OF_SUGGESTION,
        _("Voir mes suggestions"),
    )
)
register(
    MailKind(
        "pick_proposed",
        _("Coup de cœur proposé (à l’équipe départementale)"),
        _("Un coup de cœur de la bibliothèque de {bibliotheque} à relire : {titre}"),
        _(
            "Bonjour,\n\n"
            "La bibliothèque de {bibliotheque} propose à la publication son coup de cœur « {titre} ».\n\n"
            "Il paraîtra dès que vous l’aurez publié."
        ),
        OF_PICK,
        _("Relire le coup de cœur"),
    )
)
register(
    MailKind(
        "pick_published",
        _("Coup de cœur publié (à la bibliothèque)"),
        _("Votre coup de cœur est en ligne : {titre}"),
        _(
            "Bonjour,\n\n"
            "Le coup de cœur « {titre} » de la bibliothèque de {bibliotheque} se lit maintenant sur {portail}, et sur "
            "la page de votre bibliothèque.\n\n"
            "Merci pour ce conseil de lecture, d’écoute ou de film."
        ),
        OF_PICK,
        _("Voir le coup de cœur"),
    )
)
register(
    MailKind(
        "pick_sent_back",
        _("Coup de cœur à reprendre (à la bibliothèque)"),
        _("Votre coup de cœur « {titre} » est à reprendre"),
        _(
            "Bonjour,\n\n"
            "L’équipe départementale vous renvoie le coup de cœur « {titre} », avec ce mot :\n\n"
            "{mot}\n\n"
            "Corrigez-le et proposez-le de nouveau quand vous voulez."
        ),
        OF_PICK,
        _("Reprendre le coup de cœur"),
    )
)


def _address(name: str, *args: object) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _of_suggestion(suggestion: PurchaseSuggestion, portal: Portal) -> dict[str, object]:
    return {
        "bibliotheque": suggestion.library.name,
        "portail": portal.name,
        "titre": suggestion.title,
        "auteur": f"({suggestion.creator})" if suggestion.creator else "",
        "etat": suggestion.get_state_display(),
        "reponse": suggestion.answer,
    }


def suggestion_received(suggestion: PurchaseSuggestion, portal: Portal) -> Letter:
    """Return the letter that tells the portal's team of a new suggestion."""
    values = _of_suggestion(suggestion, portal)
    page = _address("console:suggestion", suggestion.pk)
    return Letter("suggestion_received", portal.contact_email, values, button_url=page, signed_by=portal.name)


def suggestion_answered(suggestion: PurchaseSuggestion, portal: Portal) -> Letter:
    """Return the letter that brings the library its answer."""
    values, page = _of_suggestion(suggestion, portal), _address("pro:suggestions")
    return Letter("suggestion_answered", suggestion.library.email, values, button_url=page, signed_by=portal.name)


def about_pick(kind: str, pick: Pick, portal: Portal) -> Letter:
    """Return the letter of `kind` about a pick: a proposal goes to the portal's team, the others to the library."""
    places = {"pick_proposed": "console:pick", "pick_published": "site:pick", "pick_sent_back": "pro:pick"}
    values = {
        "bibliotheque": pick.library.name,
        "portail": portal.name,
        "titre": pick.title,
        "mot": pick.staff_note,
    }
    to = portal.contact_email if kind == "pick_proposed" else pick.library.email
    return Letter(kind, to, values, button_url=_address(places[kind], pick.pk), signed_by=portal.name)
