"""Sending somebody to log in, and back to where they were going."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

NEXT = "suite"


def ask_to_log_in(request: HttpRequest, home: str) -> HttpResponse:
    """Send a visitor to log in and come back here; to `home` where this page can’t be asked for again (POST)."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse(home)
    answer = redirect_to_login(back, redirect_field_name=NEXT)
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(answer.url)
    return answer
