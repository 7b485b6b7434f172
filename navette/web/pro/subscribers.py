"""The list of subscribers, and its export."""

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from navette.web.pro.access import Pencil, Workspace, professional, show, workspace_of
from navette.web.pro.bulk import operations_of
from navette.web.pro.cells import Drawing
from navette.web.pro.export import export_response
from navette.web.pro.listing import address_without_order, filter_of, state_of, table_of, way_back
from navette.web.pro.rows import rows_of


@require_safe
@professional
def subscribers(request: HttpRequest) -> HttpResponse:
    """Show the subscribers that the address selects, 25 a page (L3)."""
    workspace = workspace_of(request)
    chosen = filter_of(request)
    portal = workspace.portal
    table = table_of(request, chosen, portal)
    page = table.page_of_rows(request.GET.get("page", "1"), workspace.only_library, narrowed=chosen.narrows)
    state = state_of(request)
    headers = table.headers(address_without_order(request))
    rows = rows_of(workspace, portal, list(page.object_list))
    titles = ((head.name, head.title) for head in headers)
    drawing = Drawing(titles, portal.status_colours, way_back(state), pencil=workspace.pencil)
    context = {
        "chosen": chosen,
        "headers": headers,
        "page": page,
        "rows": rows,
        "lines": drawing.draw(rows),
        "total": page.paginator.count,
        "asked": {name: request.GET.get(name, "") for name in ("q", "statut", "tri")},
        "state": state,
    }
    return show(request, "pro/subscribers.html", context | _of_the_workspace(workspace))


def _of_the_workspace(workspace: Workspace) -> dict[str, Any]:
    """Return what the list shows whatever it holds."""
    return {
        "portal": workspace.portal,
        "words": workspace.words,
        "several_libraries": workspace.only_library is None,
        "has_window": workspace.pencil is Pencil.WINDOW,
        "operations": operations_of(workspace),
    }


@require_safe
@professional
def export(request: HttpRequest) -> FileResponse:
    """Send the whole filtered list as a workbook, in the order shown."""
    workspace, chosen = workspace_of(request), filter_of(request)
    return export_response(workspace, table_of(request, chosen, workspace.portal).data.data)
