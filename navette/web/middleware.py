"""What happens around every request: the idle limit of sessions, the staff's second factor, a database that is away."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from navette.accounts.factors import has_second_factor
from navette.accounts.models import User
from navette.web.gate import ask_to_log_in, has_passed, send

Handler = Callable[[HttpRequest], HttpResponse]
SEEN = "last_seen"
WRITE_EVERY = 60  # seconds: a session's last activity is written once a minute at most
IS_OVER = "fin_de_session"  # in the address of the login page, which then says why it is shown
# What staff reach before their second factor: the way out, what everybody reads, and adding one.
OPEN_TO_ALL = frozenset({"site:logout", "cas:logout", "site:login", "site:health", "site:media", "site:second_factor"})
READ_BY_ALL = frozenset(
    {
        *("site:home", "site:resources", "site:resource", "site:resource_terms", "site:help", "site:libraries"),
        *("site:contact", "site:contact_sent", "site:legal", "site:accessibility", "site:privacy", "site:theme"),
    }
)
ADDING_ONE = frozenset({"site:security", "site:security_application", "site:security_passkey"})
log = structlog.get_logger(__name__)


class IdleLimitMiddleware:
    """End a session 30 minutes after its last request (AUTH-03); the minute of writing is in the reader's favour.

    Whose session is over, for that or because the account was closed or its password changed, is told so by the
    login page: `request.session_is_over` is set, and a redirect to that page carries IS_OVER.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log out whoever was away too long; note the activity of the others."""
        try:
            is_over = bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and self._is_over(request)
        except (OperationalError, InterfaceError) as error:
            return database_is_away(request, error)
        request.session_is_over = is_over  # type: ignore[attr-defined]
        answer = self.get_response(request)
        if is_over:
            _tell_why(answer)
        if request.session.modified and not request.session.keys():
            # A visitor's message has been shown: nothing is left that a later visit could find expired.
            request.session.flush()
        return answer

    def _is_over(self, request: HttpRequest) -> bool:
        """Say whether the cookie's session has ended, and end it where it has; its activity is noted otherwise."""
        if not request.user.is_authenticated:
            # Loading the user has emptied a session that the store no longer holds, or whose password has changed.
            is_stale = request.session.is_empty() or SESSION_KEY in request.session
        else:
            # The clock of the machine, not the portal's: a command's set day ends nobody's session.
            now = int(time.time())
            seen = request.session.get(SEEN, now)
            is_stale = now - seen > settings.IDLE_LIMIT + WRITE_EVERY
            if not is_stale and (SEEN not in request.session or now - seen >= WRITE_EVERY):
                request.session[SEEN] = now
        if is_stale:
            logout(request)
        return is_stale


class SecondFactorMiddleware:
    """Keep members of the staff out of everything until their session has passed a second factor (AUTH-04).

    Whoever has none is led to add one; whose session came in otherwise than by one that they have, logs in again.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Answer in the view's place where it is not for this session yet."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in OPEN_TO_ALL or name.startswith("demo:"):
            return None
        if name in READ_BY_ALL and request.method in {"GET", "HEAD"}:
            return None
        try:
            return self._answer(request, name)
        except (OperationalError, InterfaceError) as error:
            return database_is_away(request, error)

    def _answer(self, request: HttpRequest, name: str) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or not user.is_staff or has_passed(request, user):
            return None
        if has_second_factor(user):
            logout(request)
            return ask_to_log_in(request, "console:dashboard")
        return None if name in ADDING_ONE else send(request, reverse("site:security"))


def _tell_why(answer: HttpResponse) -> None:
    """Have a redirect to the login page, an ordinary one or htmx's, say that a session is over."""
    login = reverse("site:login")
    for name in ("Location", "HX-Redirect"):
        path, _mark, query = answer.headers.get(name, "").partition("?")
        if path == login:
            answer.headers[name] = f"{path}?{IS_OVER}=1&{query}".rstrip("&")


def database_is_away(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 503 with a page that says so, and asks nothing of the database."""
    match = request.resolver_match  # its name only: an address may hold a token
    log.error("database unavailable", error=type(error).__name__, view=match.view_name if match else None)
    answer = render(request, "errors/503.html", status=503)
    answer.headers["Retry-After"] = "30"
    return answer


class BadDatabaseMiddleware:
    """Answer 503 with a page that says so when the database is locked for too long, or lost."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a database's failure into an honest page; leave every other error alone."""
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        return database_is_away(request, error)
