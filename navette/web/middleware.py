"""What happens around every request: the idle limit of sessions, and a database that is away."""

import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import logout
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Handler = Callable[[HttpRequest], HttpResponse]
SEEN = "last_seen"
WRITE_EVERY = 60  # seconds: a session's last activity is written once a minute at most
log = structlog.get_logger(__name__)


class IdleLimitMiddleware:
    """End a session 30 minutes after its last request (AUTH-03); the minute of writing is in the reader's favour."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Log out whoever was away too long; note the activity of the others."""
        if request.session.session_key and request.user.is_authenticated:
            self._check(request)
        return self.get_response(request)

    def _check(self, request: HttpRequest) -> None:
        now = int(time.time())
        seen = request.session.get(SEEN, now)
        if now - seen > settings.IDLE_LIMIT + WRITE_EVERY:
            logout(request)
            request.session_is_over = True  # type: ignore[attr-defined]
        elif SEEN not in request.session or now - seen >= WRITE_EVERY:
            request.session[SEEN] = now


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
        log.error("database unavailable", error=type(error).__name__, view=str(request.resolver_match))
        return render(request, "errors/503.html", status=503, headers={"Retry-After": "30"})
