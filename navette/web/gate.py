"""Sending somebody to log in, and back to where they were going; when they came in, and by which second factor."""

import datetime as dt
import time
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from navette.accounts.factors import still_has
from navette.accounts.models import User

NEXT = "suite"
AGAIN = "de_nouveau"  # in the address of the login page: asks the password of who is logged in, too
PASSED = "second_factor"  # in the session: the factor by which it came in
CAME_IN = "came_in"  # in the session: when the password was given, in seconds since 1970


def ask_to_log_in(request: HttpRequest, home: str) -> HttpResponse:
    """Send a visitor to log in and come back here; to `home` where this page can’t be asked for again (POST)."""
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse(home)
    return send(request, redirect_to_login(back, redirect_field_name=NEXT).url)


def send(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page to `address`, whether the browser or htmx asked."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(address)
    return HttpResponseRedirect(address)


def ask_password_again(back: str) -> HttpResponse:
    """Send somebody to type their password, logged in or not, and then to `back`, a page of this site."""
    return HttpResponseRedirect(f"{reverse('site:login')}?{urlencode({AGAIN: 1, NEXT: back})}")


def mark_passed(request: HttpRequest, factor: Any) -> None:
    """Note that this session came in by `factor`, or has just added it (AUTH-04)."""
    request.session[PASSED] = factor.pk


def has_passed(request: HttpRequest, user: User) -> bool:
    """Say whether this session of `user` came in by a second factor that they still have."""
    return still_has(user, request.session.get(PASSED))


def note_coming_in(request: HttpRequest) -> None:
    """Note that whoever this session is of has just given their password."""
    request.session[CAME_IN] = time.time()


def came_in(request: HttpRequest) -> dt.datetime | None:
    """Return when the password was given for this session: vendors may ask, or want it given again."""
    moment = request.session.get(CAME_IN)
    return dt.datetime.fromtimestamp(moment, dt.UTC) if moment else None
