"""What a change of settings does to the people of today, in figures: the preview that comes before saving."""

from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from navette.accounts.models import Kind, User
from navette.accounts.queries import professional_kinds
from navette.core import clock
from navette.portal.models import Portal
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import SubscriptionQuerySet
from navette.subscriptions.states import Status
from navette.web.console.settings_retention import Effect, retention_effects

RECOMMENDED_LENGTH = 12  # characters, CNIL 2022-100


def effects(before: Portal, after: Portal, changed: set[str]) -> list[Effect]:
    """Return what changing the settings `changed` does, warnings first."""
    found = [effect for name, tell in EFFECTS.items() if name in changed for effect in tell(before, after)]
    if any(name.startswith("keep_") for name in changed):
        found += retention_effects(after)
    return sorted(dict.fromkeys(found), key=lambda effect: effect.tone != "warning")


def _every() -> SubscriptionQuerySet:
    return SubscriptionQuerySet(Subscription)


def _registration(before: Portal, after: Portal) -> Iterator[Effect]:
    if after.readers_register_themselves:
        yield Effect(_("La page d’inscription s’ouvre aux usagers."))
    else:
        count = _every().waiting().count()
        yield Effect(
            ngettext(
                "La page d’inscription invitera à s’adresser à sa bibliothèque. "
                "La demande en attente (%(count)d) reste à traiter.",
                "La page d’inscription invitera à s’adresser à sa bibliothèque. "
                "Les %(count)d demandes en attente restent à traiter.",
                count,
            )
            % {"count": count}
        )


def _by_library(before: Portal, after: Portal) -> Iterator[Effect]:
    if after.librarians_register_readers:
        yield Effect(_("Les bibliothèques voient « Inscription usager ressources numériques »."))
    else:
        yield Effect(_("Les bibliothèques n’inscrivent plus personne ; celles et ceux qu’elles ont inscrits restent."))


def _parents(before: Portal, after: Portal) -> Iterator[Effect]:
    count = _every().with_status(Status.UNCONFIRMED).count()
    yield Effect(
        ngettext(
            "%(count)d demande attend déjà l’accord d’un parent : elle l’attendra encore.",
            "%(count)d demandes attendent déjà l’accord d’un parent : elles l’attendront encore.",
            count,
        )
        % {"count": count}
    )


def _passwords(before: Portal, after: Portal) -> Iterator[Effect]:
    yield Effect(_("Les mots de passe existants restent valables ; la règle vaut pour ceux qui seront choisis."))
    if after.password_min_length < RECOMMENDED_LENGTH:
        yield Effect(
            _(
                "%(count)d caractères : moins que ce que recommande la CNIL (12). C’est admis parce que les essais "
                "sont ralentis puis bloqués ; dites-le dans votre registre des traitements."
            )
            % {"count": after.password_min_length},
            "warning",
        )


def _identifiers(before: Portal, after: Portal) -> Iterator[Effect]:
    shared = User.objects.filter(kind=Kind.LIBRARY, is_active=True).count()
    had, has = Kind.LIBRARY in professional_kinds(before), Kind.LIBRARY in professional_kinds(after)
    if had and not has:
        yield Effect(
            ngettext(
                "%(count)d compte partagé ne pourra plus se connecter. Il reste, et reviendra si vous changez d’avis.",
                "%(count)d comptes partagés ne pourront plus se connecter. "
                "Ils restent, et reviendront si vous changez d’avis.",
                shared,
            )
            % {"count": shared},
            "warning",
        )
    elif has and not had:
        yield Effect(
            ngettext(
                "%(count)d compte partagé pourra de nouveau se connecter.",
                "%(count)d comptes partagés pourront de nouveau se connecter.",
                shared,
            )
            % {"count": shared}
        )
    yield Effect(
        _("Les identifiants déjà donnés ne changent pas ; seule change l’explication sur la page de connexion.")
    )


def _unknown_mail(before: Portal, after: Portal) -> Iterator[Effect]:
    if after.tells_unknown_mail:
        told = _("N’importe qui pourra savoir si une adresse mail est inscrite, en l’essayant à la connexion.")
        yield Effect(told, "warning")


def _each_resource(before: Portal, after: Portal) -> Iterator[Effect]:
    asked = ResourceGrant.objects.filter(state=GrantState.REQUESTED, subscription__status=Status.ACTIVE).count()
    if not after.decides_each_resource and asked:
        yield Effect(
            ngettext(
                "%(count)d ressource demandée par une personne déjà acceptée attend encore une décision : "
                "elle s’ouvrira au prochain enregistrement de sa fiche ou à son renouvellement.",
                "%(count)d ressources demandées par des personnes déjà acceptées attendent encore une décision : "
                "elles s’ouvriront au prochain enregistrement de leur fiche ou à leur renouvellement.",
                asked,
            )
            % {"count": asked},
            "warning",
        )
    yield Effect(_("Ce qui est déjà validé ou refusé ne change pas."))


def _deadline(before: Portal, after: Portal) -> Iterator[Effect]:
    count = _every().waiting().count()
    yield Effect(
        ngettext(
            "%(count)d demande en attente gardera son délai.",
            "%(count)d demandes en attente garderont leur délai.",
            count,
        )
        % {"count": count}
    )


def _late(before: Portal, after: Portal) -> Iterator[Effect]:
    count = _every().late(clock.today()).count()
    words = (
        ngettext(
            "%(count)d demande en retard pourra être décidée par l’équipe, une fois sa bibliothèque avertie.",
            "%(count)d demandes en retard pourront être décidées par l’équipe, une fois leur bibliothèque avertie.",
            count,
        )
        if after.staff_decides_late
        else ngettext(
            "%(count)d demande en retard ne pourra plus être décidée que par sa bibliothèque.",
            "%(count)d demandes en retard ne pourront plus être décidées que par leur bibliothèque.",
            count,
        )
    )
    yield Effect(words % {"count": count})


def _dates(before: Portal, after: Portal) -> Iterator[Effect]:
    count = _every().with_status(Status.ACTIVE).count()
    yield Effect(
        ngettext(
            "%(count)d abonnement validé garde ses dates ; la règle vaut pour les prochaines décisions.",
            "%(count)d abonnements validés gardent leurs dates ; la règle vaut pour les prochaines décisions.",
            count,
        )
        % {"count": count}
    )


def _display(before: Portal, after: Portal) -> Iterator[Effect]:
    yield Effect(_("Les pages des bibliothèques changent d’aspect à leur prochain affichage ; aucune donnée ne bouge."))


def _contact(before: Portal, after: Portal) -> Iterator[Effect]:
    yield Effect(
        _("Les questions du formulaire de contact arriveront à %(address)s.") % {"address": after.contact_email}
    )


EFFECTS: dict[str, Callable[[Portal, Portal], Iterator[Effect]]] = {
    "contact_email": _contact,
    "readers_register_themselves": _registration,
    "librarians_register_readers": _by_library,
    "parental_age": _parents,
    "password_min_length": _passwords,
    "pro_identifier": _identifiers,
    "tells_unknown_mail": _unknown_mail,
    "decides_each_resource": _each_resource,
    "decision_days": _deadline,
    "staff_decides_late": _late,
    "start_rule": _dates,
    "duration": _dates,
    "decision_screen": _display,
    "status_colours": _display,
}
