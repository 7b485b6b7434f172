"""A login under way: the password was right, and something is asked before the person is in (AUTH-04).

Until then nobody is logged in: the session, of a new id, only remembers for ten minutes who may come in, bound to
the password that they gave.
"""

import time
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from navette.accounts.factors import has_second_factor
from navette.accounts.models import Kind, User
from navette.web import vendor_sessions
from navette.web.gate import mark_passed, note_coming_in

KEY = "login_under_way"
WITHIN = 10 * 60  # seconds
BACKEND = "navette.accounts.backends.IdentifierBackend"
HOMES = {Kind.READER: "site:account", Kind.STAFF: "console:dashboard"}
READERS_STAY_OUT_OF = ("/pro/", "/console/")


@dataclass(frozen=True)
class UnderWay:
    """Who may come in, and the page that they were going to."""

    users: list[User]
    page: str


def lead_in(request: HttpRequest, users: list[User], page: str) -> HttpResponse:
    """Log in the one of `users` whose password was right, or ask what must be known first."""
    if len(users) > 1:
        _remember(request, users, page)
        return redirect("site:choose_person")
    if has_second_factor(users[0]):
        _remember(request, users, page)
        return redirect("site:second_factor")
    return let_in(request, users[0], page)


def let_in(request: HttpRequest, user: User, page: str, factor: Any = None) -> HttpResponse:
    """Log `user` in, having passed `factor` where they have one, and lead them to `page`."""
    request.session.pop(KEY, None)
    _log_in(request, user)
    note_coming_in(request)
    if factor is not None:
        mark_passed(request, factor)
    return HttpResponseRedirect(destination(user, page))


def _log_in(request: HttpRequest, user: User) -> None:
    """Log `user` in. Whoever was logged in keeps their vendors' sessions if it is they again; else these end."""
    if request.user == user:
        with vendor_sessions.kept(request):
            login(request, user, backend=BACKEND)
        return
    if request.user.is_authenticated:
        vendor_sessions.end(request)
    login(request, user, backend=BACKEND)


def under_way(request: HttpRequest) -> UnderWay | None:
    """Return the login under way in this session; None if there is none, or it is over."""
    kept = request.session.get(KEY)
    if not kept or not 0 <= time.time() - kept["at"] <= WITHIN:
        return None
    found = User.objects.filter(pk__in=[int(pk) for pk in kept["people"]], is_active=True).order_by("pk")
    users = [
        user for user in found if constant_time_compare(user.get_session_auth_hash(), kept["people"][str(user.pk)])
    ]
    return UnderWay(users, kept["page"]) if users else None


def start_again(request: HttpRequest) -> HttpResponse:
    """Send to the login page somebody who has no login under way, or no longer."""
    request.session.pop(KEY, None)
    messages.warning(request, _("La connexion a attendu trop longtemps : tapez de nouveau votre mot de passe."))
    return redirect("site:login")


def destination(user: User, page: str) -> str:
    """Return the address where `user`, just logged in, goes: `page` if they may, else their home."""
    stays_out = user.kind == Kind.READER and page.startswith(READERS_STAY_OUT_OF)
    here = page.startswith((reverse("site:login"), reverse("site:logout")))
    return home_of(user) if not page or stays_out or here else page


def home_of(user: User) -> str:
    """Return the address of the page that opens first for `user`."""
    return reverse(HOMES.get(Kind(user.kind), "pro:dashboard"))


def _remember(request: HttpRequest, users: list[User], page: str) -> None:
    with vendor_sessions.kept(request):
        request.session.cycle_key()
    people = {str(user.pk): user.get_session_auth_hash() for user in users}
    request.session[KEY] = {"people": people, "at": int(time.time()), "page": page}
