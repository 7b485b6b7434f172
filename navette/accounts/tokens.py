"""What the links in mails carry: to choose a password (AUTH-05), and to confirm an address (SUB-13)."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.encoding import force_bytes, force_str
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode

from navette.accounts.models import User

_CONFIRM = "navette.accounts.confirm_email"
_LARGEST_ID = 2**63 - 1  # what a database's id column holds


class PasswordTokens(PasswordResetTokenGenerator):
    """Django's tokens, which also tell one that is merely too old from one that never was good, or no longer is."""

    def is_late(self, user: User, token: str) -> bool:
        """Say whether `token` is one of ours for `user` as they are now, and only its hour is over."""
        try:
            moment = base36_to_int(token.split("-")[0])
        except ValueError:
            return False
        secrets = [self.secret, *self.secret_fallbacks]
        made = [self._make_token_with_timestamp(user, moment, secret) for secret in secrets]
        return any(constant_time_compare(ours, token) for ours in made) and not self.check_token(user, token)


# Valid for settings.PASSWORD_RESET_TIMEOUT; made from the password's hash, so that it dies with it.
password_tokens = PasswordTokens()


def encode_id(user: User) -> str:
    """Return the account's id as a link carries it."""
    return urlsafe_base64_encode(force_bytes(user.pk))


def decode_id(text: str) -> int | None:
    """Return the id that a link carries; None if it carries none."""
    try:
        number = int(force_str(urlsafe_base64_decode(text)))
    except ValueError:
        return None
    return number if 0 < number <= _LARGEST_ID else None


def confirmation_token(user: User) -> str:
    """Return a signed token for the account and its present address; the address itself can't be read from it."""
    return signing.dumps([user.pk, _mark(user)], salt=_CONFIRM)


def user_of_confirmation(token: str) -> User | None:
    """Return the account whose present address `token` confirms; None for any other text."""
    try:
        pk, mark = signing.loads(token, salt=_CONFIRM)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and constant_time_compare(_mark(user), mark) else None


def _mark(user: User) -> str:
    return salted_hmac(_CONFIRM, user.email.casefold(), algorithm="sha256").hexdigest()[:32]
