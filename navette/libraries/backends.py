"""Permissions that come from a membership in a library; logging in is `accounts.backends`' affair."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from navette.accounts.models import User
from navette.libraries.models import Library, Profile

_VIEW = frozenset({"subscriptions.view"})
PROFILE_PERMISSIONS: dict[str, frozenset[str]] = {
    Profile.VIEWER: _VIEW,
    Profile.MANAGER: _VIEW | {"subscriptions.decide", "subscriptions.edit", "libraries.choose_mail_rhythm"},
}


class MembershipBackend(BaseBackend):
    """Answers `user.has_perm(perm, library)` from the user's profile in that very library."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Say whether `user_obj` holds `perm` in the library `obj`; anything else than a library is refused."""
        if not isinstance(user_obj, User) or not user_obj.is_active or not isinstance(obj, Library):
            return False
        return any(
            perm in PROFILE_PERMISSIONS[membership.profile]
            for membership in user_obj.memberships.all()
            if membership.library_id == obj.pk
        )
