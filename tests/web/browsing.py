"""A browser in which somebody is logged in."""

from django.test import Client

from navette.accounts.models import User


def client_of(user: User | None) -> Client:
    """Return a browser in which `user` is logged in; nobody where it is None."""
    client = Client()
    if user is not None:
        client.force_login(user, backend="navette.accounts.backends.IdentifierBackend")
    return client
