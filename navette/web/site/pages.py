"""The public pages that tell: home and help."""

from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from navette.editorial.queries import published_picks
from navette.libraries.queries import open_libraries
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource
from navette.web.site.people import open_resources

TILES = 6  # resources shown on the home page
PICKS = 3
MEDIA_AGE = 24 * 60 * 60  # seconds that a browser keeps an uploaded picture


# ---- home
def decision_time(portal: Portal) -> str:
    """Return how long a library has to answer, in words."""
    return ngettext("sous %(days)d jour", "sous %(days)d jours", portal.decision_days) % {"days": portal.decision_days}


@dataclass(frozen=True)
class Step:
    """A step of the way to the resources; `pro` marks what one's library does."""

    label: str
    note: str
    pro: bool = False


def steps(portal: Portal) -> list[Step]:
    """Return how one becomes a subscriber, as the portal's settings have it."""
    opens = Step(_("J’ouvre mes ressources"), _("d’un clic, pendant 1 an"))
    if portal.readers_register_themselves:
        return [
            Step(_("Je m’inscris en ligne"), _("en 3 minutes")),
            Step(_("Ma bibliothèque confirme"), decision_time(portal), pro=True),
            opens,
        ]
    return [
        Step(_("Ma bibliothèque m’inscrit"), _("je lui donne mon adresse mail"), pro=True),
        Step(_("Je choisis mon mot de passe"), _("par le lien reçu par mail")),
        opens,
    ]


def one_of_each(resources: list[DigitalResource]) -> list[DigitalResource]:
    """Return `resources` so that each category's first comes before any category's second, and so on."""
    ranks: Counter[int] = Counter()
    ranked = []
    for row in resources:
        ranked.append((ranks[row.category_id], row))
        ranks[row.category_id] += 1
    return [row for _rank, row in sorted(ranked, key=lambda pair: pair[0])]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Welcome: what there is, how it works, where to begin."""
    resources = list(open_resources())
    context = {
        "steps": steps(current_portal()),
        "resources": one_of_each(resources)[:TILES],
        "resources_total": len(resources),
        "libraries_total": open_libraries().count(),
        "picks": published_picks()[:PICKS],
    }
    return render(request, "site/home.html", context)


# ---- pages of text
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Explain everything to readers, as the portal's settings have it."""
    portal = current_portal()
    return render(request, "site/help.html", {"delay": decision_time(portal), "steps": steps(portal)})


# ---- for machines
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer « ok » where the database answers; 503 and a word otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Send an uploaded picture; 404 for whatever else is asked for."""
    try:
        answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    except OSError as error:  # a name too long for the file system
        raise Http404 from error
    patch_cache_control(answer, public=True, max_age=MEDIA_AGE)
    return answer
