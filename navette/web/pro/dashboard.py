"""« Mon tableau de bord »: what waits first, then where everything is (L2)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from navette.core import clock
from navette.portal.queries import current_portal
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.rows import rows_of

SHOWN = 8


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
    }
    return show(request, "pro/dashboard.html", context)


@require_safe
@professional
def guide(request: HttpRequest) -> HttpResponse:
    """Show the librarians' help: how to accept, refuse, renew; and the questions asked most."""
    return show(request, "pro/help.html", {})
