"""The parts of the workspace that are not built yet."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from navette.web.coming import PRO
from navette.web.pro.access import professional, show


@require_safe
@professional
def coming(request: HttpRequest, part: str) -> HttpResponse:
    """Say plainly that `part` is still to come."""
    return show(request, "pro/coming.html", {"coming": PRO[part]})
