"""Passkeys (WebAuthn): what the browser is asked, and whether its answer proves what was asked for (AUTH-04).

What was asked is kept in the session between the two, so that an answer serves once.
"""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from allauth.core.context import request_context
from allauth.mfa.webauthn.internal import auth
from django.db import DatabaseError

from navette.accounts.errors import WrongPasskey
from navette.accounts.models import User

Session = MutableMapping[str, Any]


def ask_to_create(user: User, session: Session) -> dict[str, Any]:
    """Return the options by which a browser makes a passkey for `user`."""
    with _judging(session):
        return dict(auth.begin_registration(user, passwordless=False))


def check_created(credential: Any, session: Session) -> None:
    """Raise WrongPasskey unless `credential` is what was asked for, from this site."""
    with _judging(session):
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)


def ask_to_prove(user: User, session: Session) -> dict[str, Any]:
    """Return the options by which a browser proves that it holds a passkey of `user`."""
    with _judging(session):
        return dict(auth.begin_authentication(user))


def proved(user: User, credential: Any, session: Session) -> Any:
    """Return the passkey of `user` (a row of `Authenticator`) that `credential` proves; WrongPasskey if none."""
    with _judging(session):
        auth.parse_authentication_response(credential)
        return auth.complete_authentication(user, credential)


@contextmanager
def _judging(session: Session) -> Iterator[None]:
    try:
        with request_context(SimpleNamespace(session=session)):
            yield
    except DatabaseError:
        raise
    except Exception as fault:  # the answer is a stranger's: parsing it fails in more ways than anybody lists
        raise WrongPasskey from fault
