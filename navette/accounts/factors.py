"""What second factors an account has (AUTH-04), kept in the table of `allauth.mfa`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from navette.accounts.models import User

APPLICATION, PASSKEY, CODES = (
    Authenticator.Type.TOTP,
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.RECOVERY_CODES,
)
FACTORS = (APPLICATION, PASSKEY)  # recovery codes stand in for one of these; alone they are none


@dataclass(frozen=True)
class Factors:
    """The second factors of one account; rows of `Authenticator`."""

    application: Any
    passkeys: list[Any]
    codes: Any

    @property
    def any(self) -> bool:
        """Say whether logging in asks for a second factor."""
        return bool(self.application or self.passkeys)

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.passkeys) + (1 if self.application else 0)

    @property
    def codes_left(self) -> int:
        """Return how many recovery codes have not served yet."""
        return len(unused_codes(self.codes)) if self.codes else 0


def factors_of(user: User) -> Factors:
    """Return what `user` has, in one query."""
    rows = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    application, codes = _only(rows, APPLICATION), _only(rows, CODES)
    return Factors(application, [row for row in rows if row.type == PASSKEY], codes)


def has_second_factor(user: User) -> bool:
    """Say whether logging in as `user` asks for a second factor."""
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists())


def still_has(user: User, factor_id: Any) -> bool:
    """Say whether the factor by which a session of `user` came in is still theirs."""
    return isinstance(factor_id, int) and bool(Authenticator.objects.filter(pk=factor_id, user_id=user.pk).exists())


def unused_codes(codes: Any) -> list[str]:
    """Return the recovery codes that have not served yet, in the clear."""
    return list(RecoveryCodes(codes).get_unused_codes())


def name_of(factor: Any) -> str:
    """Return the name that its owner gave a passkey; empty for another factor."""
    return str(factor.data.get("name", "")) if factor.type == PASSKEY else ""


def _only(rows: Iterable[Any], kind: str) -> Any:
    return next((row for row in rows if row.type == kind), None)
