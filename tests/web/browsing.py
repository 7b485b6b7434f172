"""A browser in which somebody is logged in."""

import html
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from navette.accounts.models import User
from navette.web.gate import PASSED
from tests import factories


def client_of(user: User | None, **options: Any) -> Client:
    """Return a browser in which `user` is logged in; nobody where it is None."""
    client = Client(**options)
    if user is not None:
        log_in(client, user)
    return client


def log_in(client: Client, user: User) -> None:
    """Log `user` in; a member of the staff has passed a second factor (AUTH-04)."""
    client.force_login(user, backend="navette.accounts.backends.IdentifierBackend")
    if user.is_staff:
        session = client.session
        session[PASSED] = factories.enrol(user).pk
        session.save()


def words(answer: Any) -> str:
    """Return the page as text on one line, entities and unbreakable spaces resolved."""
    return " ".join(html.unescape(answer.content.decode()).split())


def queries_of(act: Callable[..., Any], *args: Any) -> int:
    """Return how many queries `act` makes the second time: what the first leaves behind for good does not count."""
    act(*args)
    with CaptureQueriesContext(connection) as queries:
        act(*args)
    return len(queries)
