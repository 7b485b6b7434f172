"""Error pages that say what to do next."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from navette.web.middleware import database_is_away


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400: what came in can't be understood."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403: the account does not allow this page."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404, for what does not exist and for what this person may not see alike."""
    return render(request, "errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 where the database failed outside a view (a session's save); asks nothing of the database."""
    error = sys.exception()
    if isinstance(error, OperationalError | InterfaceError):
        return database_is_away(request, error)
    return render(request, "errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403: the form is too old, or the session behind it is over."""
    return render(request, "errors/csrf.html", status=403)
