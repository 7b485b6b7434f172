"""What happened at an opening, in sentences that staff read: what it means, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.signon.events import REASONS
from navette.signon.models import EventKind, SignonEvent

Text = str | Promise
LIBRARY = gettext_lazy("Voyez avec la bibliothèque : c’est elle qui décide.")
# Why the portal stops somebody, by the code of the refusal (`errors`): what it means, and what to do.
STOPS: Mapping[str, tuple[Text, Text]] = {
    "not_a_reader": (
        gettext_lazy("la personne était connectée avec un compte professionnel."),
        gettext_lazy("Il lui faut se déconnecter, puis se connecter avec son compte d’abonné(e)."),
    ),
    "no_subscription": (
        gettext_lazy("le compte n’a pas d’abonnement aux ressources numériques."),
        gettext_lazy("La personne le demande depuis son compte, ou à sa bibliothèque."),
    ),
    "closed": (
        gettext_lazy("la ressource était fermée, ou sa connexion pas encore réglée."),
        gettext_lazy("Ouvrez la ressource, ou réglez sa connexion, dans « Ressources »."),
    ),
    "parent_awaited": (
        gettext_lazy("l’accord d’un parent était attendu."),
        gettext_lazy("Le parent clique sur le lien du mail qu’il a reçu ; il peut être redemandé depuis le compte."),
    ),
    "waiting": (gettext_lazy("la bibliothèque n’avait pas encore validé la demande."), LIBRARY),
    "renewal_waiting": (
        gettext_lazy("l’abonnement était terminé, et la demande de renouvellement attendait la bibliothèque."),
        LIBRARY,
    ),
    "refused": (gettext_lazy("la bibliothèque avait refusé ou arrêté l’abonnement."), LIBRARY),
    "expired": (
        gettext_lazy("l’abonnement était terminé."),
        gettext_lazy("La personne demande son renouvellement depuis « Mon compte » ; la bibliothèque le valide."),
    ),
    "unconfirmed": (
        gettext_lazy("l’adresse mail n’avait jamais été confirmée."),
        gettext_lazy("La personne clique sur le lien du premier mail, ou le redemande depuis son compte."),
    ),
    "not_asked": (
        gettext_lazy("la ressource ne faisait pas partie de l’abonnement."),
        gettext_lazy("La personne la coche depuis « Modifier mes informations », ou la bibliothèque l’ajoute."),
    ),
    "grant_waiting": (gettext_lazy("la bibliothèque n’avait pas encore accordé cette ressource."), LIBRARY),
    "no_seat": (
        gettext_lazy("toutes les places de la ressource étaient prises."),
        gettext_lazy("Attendre qu’une place se libère, ou augmenter leur nombre dans « Ressources »."),
    ),
    "grant_refused": (gettext_lazy("la bibliothèque avait refusé cette ressource."), LIBRARY),
    "vendor": (
        gettext_lazy("la plateforme du fournisseur ne répondait pas."),
        gettext_lazy("Réessayez ; si cela dure, prévenez le fournisseur."),
    ),
}
TO_SETTINGS = gettext_lazy(
    "Comparez l’adresse ci-dessous avec les adresses enregistrées de la ressource : ajoutez-la si le fournisseur la "
    "confirme."
)
TO_KEY = gettext_lazy(
    "Vérifiez avec le fournisseur qu’il a bien la clé ou le secret en service ; au besoin, changez-la."
)
TO_CLICK = gettext_lazy("Que la personne recommence depuis le portail, sans bouton « Précédent » ni favori.")
# What to do about what a vendor asked or answered, by the code of `events.REASONS`.
REMEDIES: Mapping[str, Text] = {
    "ticket_unknown": TO_CLICK,
    "ticket_used": TO_CLICK,
    "ticket_expired": gettext_lazy(
        "Une fois : que la personne recommence. Souvent : le fournisseur vérifie trop tard, ou son horloge est décalée."
    ),
    "wrong_service": TO_SETTINGS,
    "service_unknown": TO_SETTINGS,
    "not_fresh": gettext_lazy("Que la personne se déconnecte du portail, puis recommence."),
    "bad_signature": TO_KEY,
    "bad_secret": TO_KEY,
    "vendor_unknown": gettext_lazy(
        "Vérifiez que l’identifiant ci-dessous est celui d’une ressource, et que sa façon est la bonne."
    ),
    "vendor_silent": gettext_lazy("Réessayez ; si cela dure, prévenez le fournisseur que son serveur ne répond pas."),
    "vendor_refused": gettext_lazy(
        "Donnez au fournisseur les faits techniques ci-dessous : c’est lui qui a répondu ainsi."
    ),
}
OTHERWISE = gettext_lazy("Donnez au fournisseur les faits techniques ci-dessous.")


@dataclass(frozen=True)
class Sentence:
    """What happened, and what to do about it (empty where nothing is wrong)."""

    told: str
    to_do: str = ""


def explain(event: SignonEvent) -> Sentence:
    """Return what `event` means; asks nothing of the database but its resource."""
    vendor = event.resource.vendor if event.resource else _("un fournisseur")
    if event.kind == EventKind.SENT:
        return Sentence(_("Le portail a laissé passer le lecteur et l’a envoyé chez %(vendor)s.") % {"vendor": vendor})
    if event.kind == EventKind.CHECKED:
        return Sentence(_("%(vendor)s a vérifié auprès du portail : l’accès a été confirmé.") % {"vendor": vendor})
    if event.reason in STOPS:
        return _stop(event, vendor)
    words = str(REASONS.get(event.reason, _("Raison : %(code)s.") % {"code": event.reason or "?"}))
    return Sentence(words, str(REMEDIES.get(event.reason, OTHERWISE)))


def _stop(event: SignonEvent, vendor: str) -> Sentence:
    meaning, to_do = STOPS[event.reason]
    if event.kind == EventKind.STOPPED:
        told = _("Le portail a arrêté le lecteur : %(meaning)s") % {"meaning": meaning}
    else:
        told = _("Quand %(vendor)s a vérifié, le portail a répondu non : %(meaning)s") % {
            "vendor": vendor,
            "meaning": meaning,
        }
    return Sentence(told, str(to_do))
