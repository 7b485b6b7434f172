"""The mails that the nightly work sends: to readers whose year ends, and to libraries that have something to decide."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from navette.core.french import library_called
from navette.libraries.models import Library
from navette.mail.kinds import MailKind, register
from navette.mail.outbox import Letter
from navette.portal.models import Portal
from navette.subscriptions.mails import OF_READER, french_day, site_url, values_of
from navette.subscriptions.models import Subscription

OF_NOTICE = (*OF_READER, "jours", "quand", "suite")
OF_LIST = ("bibliotheque", "portail", "nombre", "liste", "limite")
LONGEST_LIST = 30  # requests named in one mail; the page shows them all

register(
    MailKind(
        "ends_in_30",
        gettext_lazy("Fin d’abonnement, 30 jours avant (à l’usager)"),
        gettext_lazy("Votre abonnement à {portail} se termine {quand}"),
        gettext_lazy(
            "Bonjour {prenom},\n\n"
            "Votre abonnement aux ressources numériques de {portail} se termine {quand} : vous pouvez en profiter "
            "jusqu’au {date_fin} inclus.\n\n"
            "{suite}\n\n"
            "À bientôt sur {portail}."
        ),
        OF_NOTICE,
        gettext_lazy("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "ends_in_7",
        gettext_lazy("Fin d’abonnement, 7 jours avant (à l’usager)"),
        gettext_lazy("Plus que quelques jours : votre abonnement à {portail} se termine {quand}"),
        gettext_lazy(
            "Bonjour {prenom},\n\n"
            "Votre abonnement aux ressources numériques de {portail} se termine {quand}. Après le {date_fin}, elles ne "
            "s’ouvriront plus depuis votre compte.\n\n"
            "{suite}\n\n"
            "À bientôt sur {portail}."
        ),
        OF_NOTICE,
        gettext_lazy("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "expired",
        gettext_lazy("Abonnement expiré, le lendemain (à l’usager)"),
        gettext_lazy("Votre abonnement à {portail} est terminé"),
        gettext_lazy(
            "Bonjour {prenom},\n\n"
            "Votre abonnement aux ressources numériques de {portail} s’est terminé le {date_fin}. Votre compte reste "
            "ouvert ; les ressources, elles, ne s’ouvrent plus pour le moment.\n\n"
            "{suite}\n\n"
            "Merci d’avoir profité de {portail}, et à bientôt."
        ),
        (*OF_READER, "suite"),
        gettext_lazy("Ouvrir mon compte"),
    )
)
register(
    MailKind(
        "library_reminder",
        gettext_lazy("Rappel de la veille du délai (à la bibliothèque)"),
        gettext_lazy("Rappel : {nombre} à traiter avant le {limite}"),
        gettext_lazy(
            "Bonjour,\n\n"
            "Des usagers de la bibliothèque de {bibliotheque} attendent votre réponse, et le délai se termine :\n\n"
            "{liste}\n\n"
            "Quelques minutes suffisent pour valider ou refuser ces demandes. Merci pour eux !"
        ),
        OF_LIST,
        gettext_lazy("Voir les demandes"),
    )
)
register(
    MailKind(
        "library_digest",
        gettext_lazy("Demandes du jour (à la bibliothèque qui a choisi un mail par jour)"),
        gettext_lazy("{nombre} à traiter avant le {limite}"),
        gettext_lazy(
            "Bonjour,\n\n"
            "Voici ce qui est arrivé pour la bibliothèque de {bibliotheque} sur {portail} depuis le dernier mail :\n\n"
            "{liste}\n\n"
            "Merci de valider ou de refuser chaque demande avant sa date."
        ),
        OF_LIST,
        gettext_lazy("Voir les demandes"),
    )
)


def days_in_words(days: int) -> str:
    """Return « 12 jours », « 1 jour »."""
    return ngettext("%(days)s jour", "%(days)s jours", days) % {"days": days}


def when_in_words(days: int) -> str:
    """Return « dans 12 jours », « demain », « aujourd’hui »; `days` is 0 or more."""
    if days <= 1:
        return _("demain") if days else _("aujourd’hui")
    return _("dans %(days)s jours") % {"days": days}


def _what_next(subscription: Subscription) -> str:
    values = {"library": library_called(subscription.library.name), "limit": french_day(subscription.deadline)}
    if subscription.waits:
        return (
            _(
                "Votre demande de renouvellement est arrivée à la %(library)s, qui doit vous répondre "
                "avant le %(limit)s : vous n’avez rien d’autre à faire."
            )
            % values
        )
    return (
        _(
            "Pour continuer, connectez-vous et choisissez « Demander le renouvellement » dans « Mon compte » : "
            "la %(library)s vous répondra par mail."
        )
        % values
    )


def to_reader(kind: str, subscription: Subscription, portal: Portal, *, days: int | None = None) -> Letter:
    """Return the letter of `kind` about the end of a subscription, queued once for that end.

    `days` are those left. `reader`, its user and `library` should be loaded.
    """
    values = values_of(subscription, portal) | {"suite": _what_next(subscription)}
    if days is not None:
        values |= {"jours": days_in_words(days), "quand": when_in_words(days)}
    return Letter(
        kind,
        subscription.reader.user.email,
        values,
        key=f"{kind}:{subscription.pk}:{subscription.ends_on}",
        button_url=site_url("site:account"),
        signed_by=subscription.library.name,
        about=subscription.reader.user_id,
    )


def to_library(kind: str, library: Library, waiting: Sequence[Subscription], portal: Portal) -> Letter:
    """Return the letter of `kind` about all of `waiting` (at least one), the most pressing first.

    Its key names the first request and when it was asked for: a request stands in one mail of each kind only.
    """
    ordered = sorted(waiting, key=lambda sub: (sub.deadline or dt.date.max, sub.pk))
    first = min(waiting, key=lambda sub: sub.pk)
    values = {
        "bibliotheque": library.name,
        "portail": portal.name,
        "nombre": ngettext("%(count)s demande", "%(count)s demandes", len(ordered)) % {"count": len(ordered)},
        "liste": _list_of(ordered),
        "limite": french_day(ordered[0].deadline),
    }
    url = f"{site_url('pro:subscribers')}?attente=1"
    key = f"{kind}:{library.pk}:{first.pk}:{first.deadline}:{first.requested_at:%Y%m%dT%H%M%S.%f}"
    return Letter(
        kind,
        library.email,
        values,
        key=key,
        button_url=url,
        signed_by=portal.name,
        about_readers_of=library.pk,
    )


def _list_of(waiting: Sequence[Subscription]) -> str:
    lines = [_line(subscription) for subscription in waiting[:LONGEST_LIST]]
    more = len(waiting) - len(lines)
    if more:
        lines.append(ngettext("– et %(more)s autre", "– et %(more)s autres", more) % {"more": more})
    return "\n".join(lines)


def _line(subscription: Subscription) -> str:
    text = (
        _("– %(name)s : renouvellement, avant le %(limit)s")
        if subscription.is_renewal
        else _("– %(name)s : inscription, avant le %(limit)s")
    )
    return text % {"name": subscription.reader, "limit": french_day(subscription.deadline)}
