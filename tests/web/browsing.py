"""A browser in which somebody is logged in."""

from typing import Any

from django.test import Client

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
