"""« Mon tableau de bord »: what waits first, then where everything is (L2)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from navette.core import clock
from navette.editorial.models import PickState
from navette.editorial.queries import pages_for, picks_of
from navette.portal.queries import current_portal
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.rows import rows_of

SHOWN = 8
IDEAS = ("ma-mediatheque-numerique", "boite-a-idees-numeriques")  # the pages about mediation, where the staff keep them


@require_safe
@professional
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show the requests that wait, the most pressing first, and the groups of links."""
    workspace = workspace_of(request)
    portal = current_portal()
    waiting = list(
        workspace.subscriptions.waiting().select_related("reader", "library").order_by("deadline", "id")[:SHOWN]
    )
    context = {
        "portal": portal,
        "rows": rows_of(workspace, portal, waiting),
        "more": workspace.waiting["waiting"] - len(waiting),
        "late": workspace.subscriptions.late(clock.today()).count(),
        "picks_back": picks_of(workspace.user).filter(state=PickState.DECLINED).count(),
        "articles": pages_for(workspace.user).filter(slug__in=IDEAS),
    }
    return show(request, "pro/dashboard.html", context)


@require_safe
@professional
def guide(request: HttpRequest) -> HttpResponse:
    """Show the librarians' help: how to accept, refuse, renew; and the questions asked most."""
    context = {
        "portal": current_portal(),
        "articles": pages_for(workspace_of(request).user).filter(slug__in=IDEAS),
    }
    return show(request, "pro/help.html", context)
