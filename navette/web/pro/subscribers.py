"""The list of subscribers, and its export."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from navette.portal.queries import current_portal
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.bulk import operations_of
from navette.web.pro.export import export_response
from navette.web.pro.listing import filter_of, state_of, table_of
from navette.web.pro.rows import rows_of


@require_safe
@professional
def subscribers(request: HttpRequest) -> HttpResponse:
    """Show the subscribers that the address selects, 25 a page (L3)."""
    workspace = workspace_of(request)
    chosen = filter_of(request)
    table = table_of(request, chosen)
    page = table.page_of_rows(request.GET.get("page", "1"))
    context = {
        "chosen": chosen,
        "table": table,
        "page": page,
        "rows": rows_of(workspace, current_portal(), list(page.object_list)),
        "total": page.paginator.count,
        "operations": operations_of(workspace),
        "state": state_of(request),
    }
    return show(request, "pro/subscribers.html", context)


@require_safe
@professional
def export(request: HttpRequest) -> FileResponse:
    """Send the whole filtered list as a workbook, in the order shown."""
    chosen = filter_of(request)
    return export_response(workspace_of(request), table_of(request, chosen).data.data)
