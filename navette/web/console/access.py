"""Who gets into the département's console: its staff, each with what their roles allow."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from navette.accounts.models import User
from navette.web.gate import ask_to_log_in

View = Callable[..., HttpResponseBase]


def staff_with(perm: str) -> Callable[[View], View]:
    """Let in the staff who hold `perm`, whatever the library; visitors go to log in first."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_to_log_in(request, "console:dashboard")
            if not request.user.is_staff or not request.user.has_perm(perm):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def user_of(request: HttpRequest) -> User:
    """Return the member of the staff whom `staff_with` has let in."""
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    return user
