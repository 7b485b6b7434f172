"""Logging in by identifier and password, and what the staff's roles permit."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from navette.accounts import throttle
from navette.accounts.models import Kind, User
from navette.accounts.passwords import is_right
from navette.accounts.queries import find_accounts, kinds_let_in, roles_of
from navette.accounts.roles import BOUND_TO_TERRITORY, ROLE_PERMISSIONS
from navette.core.text import fold_identifier
from navette.portal.queries import current_portal

EVERY_KIND = frozenset(Kind)


class IdentifierBackend(BaseBackend):
    """Lets a person in by the one folded identifier: a mail, a commune's name or a card number."""

    def authenticate(  # type: ignore[override]  # Django passes by a backend whose named credentials differ
        self,
        request: HttpRequest | None,
        identifier: str | None = None,
        password: str | None = None,
        kinds: frozenset[Kind] = EVERY_KIND,
        username: str | None = None,
    ) -> User | None:
        """Return the one account of `kinds` that identifier and password name; None for none, or for several.

        Raises throttle.TooManyAttempts, as `who_may_come_in` does.
        """
        identifier = identifier if identifier is not None else username
        if identifier is None or password is None:
            return None
        found = who_may_come_in(request, identifier, password, kinds)
        return found[0] if len(found) == 1 else None

    def get_user(self, user_id: int) -> User | None:
        """Return the account of a session; a deactivated one is gone at once."""
        return User.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Say whether a role of the staff gives `perm`, on whatever `obj`; libraries answer for their own people.

        A role bound to territories answers here only where no object is asked about.
        """
        if not isinstance(user_obj, User):
            return False
        roles = roles_of(user_obj) if obj is None else roles_of(user_obj) - BOUND_TO_TERRITORY
        return any(perm in ROLE_PERMISSIONS[role] for role in roles)


@sensitive_variables("password")
def who_may_come_in(
    request: HttpRequest | None, identifier: str, password: str, kinds: frozenset[Kind] = EVERY_KIND
) -> list[User]:
    """Return the accounts of `kinds` that identifier and password name: several where a household shares both.

    Raises throttle.TooManyAttempts, a refusal to show, if the person must wait first. An unknown identifier takes
    the work of a known one, and counts like it; each person of a household takes that work once.
    """
    attempt = throttle.reserve(_folded(identifier), throttle.address_of(request))
    named = find_accounts(identifier, kinds & kinds_let_in(current_portal()))
    found = [user for user in named if is_right(user, password) and user.is_active]
    if not named:
        is_right(None, password)
    if found:
        throttle.succeeded(attempt)
    return found


def _folded(identifier: str) -> str:
    # Normalising may multiply the length of a hostile text: what no account can be called needs no exact count.
    return fold_identifier(identifier[:1000])
