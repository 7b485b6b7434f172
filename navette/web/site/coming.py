"""The public parts that are not built yet."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from navette.web.coming import SITE


@require_safe
def coming(request: HttpRequest, part: str) -> HttpResponse:
    """Say plainly that `part` is still to come."""
    return render(request, "site/coming.html", {"coming": SITE[part]})
