"""The sessions that a reader has open at vendors, while theirs here goes on under another key, or ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import HttpRequest

from navette.signon import sessions
from navette.signon.notices import WORDINGS


@contextmanager
def kept(request: HttpRequest) -> Iterator[None]:
    """Keep the vendors' sessions with this one, to which the block gives another key."""
    before = _mark(request)
    yield
    sessions.follow(before, _mark(request))


def end(request: HttpRequest) -> int:
    """Queue what tells the vendors that this session is over, and return how many are told (single logout)."""
    return sessions.end(_mark(request), WORDINGS)


def _mark(request: HttpRequest) -> str:
    return sessions.mark_of(request.session.session_key)
