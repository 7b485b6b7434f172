"""A person's session at the portal, as the proofs of OpenID Connect hang on it."""

import datetime as dt
import hashlib
import hmac
from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import constant_time_compare

from navette.accounts.models import User
from navette.core import clock
from navette.core.fields import InvalidToken, decrypt, encrypt
from navette.signon.models import VendorAccess
from navette.signon.sessions import mark_of

SID_LENGTH = 32  # hexadecimal digits


@dataclass(frozen=True)
class Presence:
    """Somebody's session: its key, empty in a trial, and when they logged in (aware)."""

    session_key: str
    since: dt.datetime

    @property
    def mark(self) -> str:
        """Return what stands for the session in tickets."""
        return mark_of(self.session_key)

    @property
    def sealed(self) -> str:
        """Return the session's key encrypted, to look later whether the session still lives."""
        return encrypt(self.session_key) if self.session_key else ""

    def is_older_than(self, seconds: int) -> bool:
        """Say whether the login is more than `seconds` ago."""
        return (clock.now() - self.since).total_seconds() > seconds


def sid_of(mark: str, access: VendorAccess) -> str:
    """Return the session's name at the vendor of `access`: each vendor gets another, so that they can't compare."""
    if not mark:
        return ""
    message = f"sid:{access.pk}:{mark}".encode()
    return hmac.new(settings.SECRETS_KEY.encode(), message, hashlib.sha256).hexdigest()[:SID_LENGTH]


def still_lives(sealed: str, user: User) -> bool:
    """Say whether the session that `Presence.sealed` gave is still that of `user`; a trial has none, and it lives.

    It is over when the person logs out, stays away too long (AUTH-03) or changes the password.
    """
    if not sealed:
        return True
    try:
        key = decrypt(sealed)
    except InvalidToken:  # SECRETS_KEY has been replaced since
        return False
    kept = import_module(settings.SESSION_ENGINE).SessionStore(key).load()
    same_person = str(kept.get(SESSION_KEY, "")) == str(user.pk)
    same_password = constant_time_compare(kept.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    return same_person and same_password and user.is_active
