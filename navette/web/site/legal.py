"""The pages that the law asks for: legal notice, accessibility statement, personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from navette.lifecycle.due import KEEP_MESSAGES_MONTHS
from navette.portal.models import Portal
from navette.portal.queries import current_portal, site_terms_in_force


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Show who publishes the site, and the terms of use in force."""
    return render(request, "site/legal.html", {"terms": site_terms_in_force()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement, with the parts that RGAA sets."""
    return render(request, "site/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say which personal data are kept, why, for how long and for whom."""
    return render(request, "site/privacy.html", {"kept": kept_for(current_portal())})


def kept_for(portal: Portal) -> list[str]:
    """Return how long each kind of data is kept, as the portal's settings have it (DATA-01)."""
    sentences = {
        "keep_requests_months": _("Demandes refusées ou restées sans réponse : %(time)s."),
        "keep_accounts_months": _("Comptes : %(time)s après la fin de l’abonnement."),
        "keep_openings_months": _("Ressources ouvertes, avec votre nom : %(time)s."),
        "keep_mails_months": _("Textes des mails envoyés : %(time)s."),
        "keep_audit_months": _("Journal des opérations : %(time)s."),
    }
    told = [words % {"time": in_months(getattr(portal, name))} for name, words in sentences.items()]
    questions = _("Questions posées par le formulaire de contact, une fois traitées : %(time)s.")
    return [*told, questions % {"time": in_months(KEEP_MESSAGES_MONTHS)}]


def in_months(count: int) -> str:
    """Return so many months in words, whole years as years."""
    if count % 12:
        return ngettext("%(count)d mois", "%(count)d mois", count) % {"count": count}
    return ngettext("%(count)d an", "%(count)d ans", count // 12) % {"count": count // 12}
