"""Permissions that come from a membership in a library; logging in is `accounts.backends`' affair."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import prefetch_related_objects

from navette.accounts.models import User
from navette.accounts.queries import roles_of
from navette.accounts.roles import BOUND_TO_TERRITORY, ROLE_PERMISSIONS
from navette.libraries.models import Library, Profile

_VIEW = frozenset({"subscriptions.view"})
PROFILE_PERMISSIONS: dict[str, frozenset[str]] = {
    Profile.VIEWER: _VIEW,
    Profile.MANAGER: _VIEW
    | {
        "subscriptions.decide",
        "subscriptions.edit",
        "subscriptions.register",
        "libraries.choose_mail_rhythm",
        "libraries.edit_page",
        "accounts.manage_professionals",  # the library's own colleagues
        "editorial.write",
    },
}


class MembershipBackend(BaseBackend):
    """Answers `user.has_perm(perm, library)` from the user's profile in it, or from being its territory's officer."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Say whether `user_obj` holds `perm` in the library `obj`; anything else than a library is refused."""
        if not isinstance(user_obj, User) or not user_obj.is_active or not isinstance(obj, Library):
            return False
        return _as_officer(user_obj, perm, obj) or any(
            perm in PROFILE_PERMISSIONS[membership.profile]
            for membership in user_obj.memberships.all()
            if membership.library_id == obj.pk
        )


def _as_officer(user: User, perm: str, library: Library) -> bool:
    """Say whether `user` looks after the library's territory, in a role that gives `perm` there."""
    if not any(perm in ROLE_PERMISSIONS[role] for role in roles_of(user) & BOUND_TO_TERRITORY):
        return False
    prefetch_related_objects([user], "territories")
    return any(territory.pk == library.territory_id for territory in user.territories.all())
