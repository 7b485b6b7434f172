"""« Mes abonnements »: what a library may do on the portal, since when, and what it can offer its readers (L9)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from navette.core import clock
from navette.libraries.models import Library, Membership
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import status_today
from navette.subscriptions.states import Status
from navette.web.pro.access import Workspace, professional, show, workspace_of

RIGHTS = (
    ("subscriptions.decide", _("Accepter, refuser, renouveler ou arrêter les abonnés")),
    ("subscriptions.edit", _("Corriger leur fiche")),
    ("libraries.edit_page", _("Écrire la fiche publique de la bibliothèque")),
    ("editorial.write", _("Proposer des coups de cœur et des achats")),
    ("accounts.manage_professionals", _("Créer les comptes des collègues")),
)


@require_safe
@professional
def rights(request: HttpRequest) -> HttpResponse:
    """Show the rights of the person's libraries, and the network's resources with their subscribers there."""
    workspace = workspace_of(request)
    if not workspace.libraries:
        raise PermissionDenied
    team = Membership.objects.filter(library__in=workspace.libraries).select_related("user", "library")
    context = {
        "rights": [(label, _holds(workspace, perm)) for perm, label in RIGHTS],
        "team": list(team.order_by("library__name", "user__name")[:100]),
        "resources": list(_resources(workspace.libraries)),
        "active": workspace.subscriptions.with_status(Status.ACTIVE).count(),
        "days": current_portal().decision_days,
    }
    return show(request, "pro/rights.html", context)


def _holds(workspace: Workspace, perm: str) -> bool:
    return any(workspace.user.has_perm(perm, row) for row in workspace.libraries)


def _resources(libraries: list[Library]) -> Any:
    """Return the open resources with `subscribers` of `libraries`, and the day of their terms in force."""
    valid = ResourceGrant.objects.filter(
        resource=OuterRef("pk"),
        state=GrantState.GRANTED,
        subscription__in=Subscription.objects.filter(status_today(Status.ACTIVE, clock.today()), library__in=libraries),
    )
    counted = valid.order_by().values("resource").annotate(n=Count("pk")).values("n")
    terms = ResourceTerms.objects.filter(resource=OuterRef("pk")).order_by("-version").values("published_at")[:1]
    found = DigitalResource.objects.filter(is_open=True).select_related("category")
    return found.annotate(subscribers=Subquery(counted), terms_at=Subquery(terms)).order_by("name")
