"""Who gets into the professionals' workspace, and what they may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, wraps
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render

from navette.accounts.models import Kind, User
from navette.accounts.queries import roles_of
from navette.core import clock
from navette.libraries.models import Library, Membership
from navette.portal.models import DecisionScreen, Portal
from navette.portal.queries import current_portal
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import (
    SubscriptionQuerySet,
    shown_subscriptions,
    subscriptions_seen_by,
    waiting_summary,
)
from navette.web.gate import ask_to_log_in
from navette.web.pro.list_words import ListWords, words_of

View = Callable[..., HttpResponseBase]


class Pencil(Enum):
    """Whether a row of the list has a pencil, and what it opens: the page of the three tabs, or a window with them."""

    NONE = 0
    PAGE = 1
    WINDOW = 2


@dataclass(frozen=True)
class Workspace:
    """The workspace of one person: their libraries, and what those may see and do."""

    user: User

    @cached_property
    def memberships(self) -> list[Membership]:
        """Return the person's memberships with their libraries, by name; none for the département's staff."""
        if self.user.is_staff:
            return []
        own = Prefetch("memberships", Membership.objects.select_related("library"))
        prefetch_related_objects([self.user], own)  # permissions are read from the same rows
        return sorted(self.user.memberships.all(), key=lambda row: row.library.name)

    @cached_property
    def libraries(self) -> list[Library]:
        """Return the libraries that the person is a member of."""
        return [row.library for row in self.memberships]

    @property
    def only_library(self) -> Library | None:
        """Return the person's library where there is but one."""
        return self.libraries[0] if len(self.libraries) == 1 else None

    @property
    def is_open(self) -> bool:
        """Say whether there is anything here for the person."""
        if self.user.kind == Kind.STAFF:
            return bool(roles_of(self.user))
        return self.user.is_professional and bool(self.memberships)

    @property
    def title(self) -> str:
        """Return whose workspace this is: the library's name, or the person's own where there are several."""
        return self.only_library.name if self.only_library else self.user.name

    @property
    def account_name(self) -> str:
        """Return whose account this is, as on the site: a person's name, or that of the library which shares it."""
        return self.title if self.user.kind == Kind.LIBRARY else self.user.name

    @property
    def subscriptions(self) -> SubscriptionQuerySet:
        """Return what the person may see. One library is named as such, so that its indexes give the order."""
        if self.only_library:
            return shown_subscriptions().filter(library_id=self.only_library.pk)
        return subscriptions_seen_by(self.user)

    @cached_property
    def waiting(self) -> dict[str, Any]:
        """Return how many subscriptions wait, and the nearest deadline: `waiting` and `deadline`."""
        return dict(waiting_summary(self.subscriptions))

    @property
    def is_late(self) -> bool:
        """Say whether something waits over its deadline."""
        deadline = self.waiting["deadline"]
        return deadline is not None and deadline < clock.today()

    @cached_property
    def portal(self) -> Portal:
        """Return the site's settings."""
        return current_portal()

    @property
    def words(self) -> ListWords:
        """Return what the list of subscribers is called here."""
        return words_of(self.portal)

    @property
    def has_tabs(self) -> bool:
        """Say whether subscribers are decided in three tabs."""
        return self.portal.decision_screen == DecisionScreen.TABS

    @property
    def pencil(self) -> Pencil:
        """Return how the list opens a subscriber: the staff's pages have more scripts than a window bears."""
        if not self.has_tabs:
            return Pencil.NONE
        return Pencil.PAGE if self.user.is_staff else Pencil.WINDOW

    @cached_property
    def decides_for(self) -> frozenset[int]:
        """Return the ids of the libraries in whose name the person may decide."""
        return frozenset(row.pk for row in self.libraries if self.user.has_perm("subscriptions.decide", row))

    @cached_property
    def registers_for(self) -> list[Library]:
        """Return the libraries in which the person registers readers; none where the portal leaves that to readers."""
        if not self.libraries or not self.portal.librarians_register_readers:
            return []
        return [row for row in self.libraries if self.user.has_perm("subscriptions.register", row)]

    def may(self, perm: str, subscription: Subscription) -> bool:
        """Say whether the person holds `perm` on `subscription`."""
        return self.user.has_perm(perm, subscription.library)


def workspace_of(request: HttpRequest) -> Workspace:
    """Return the workspace that `professional` has opened for this request."""
    return cast("Workspace", request.workspace)  # type: ignore[attr-defined]


def professional(view: View) -> View:
    """Let professional accounts in: visitors go to log in first, readers are told that this is not for them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_log_in(request, "pro:dashboard")
        workspace = Workspace(request.user)
        if not workspace.is_open:
            raise PermissionDenied
        request.workspace = workspace  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


def fetch_subscription(request: HttpRequest, pk: int) -> Subscription:
    """Return the subscription `pk` if this person may see it, with its reader and library; 404 otherwise (SUB-08)."""
    seen = workspace_of(request).subscriptions.select_related("reader__user", "library")
    return get_object_or_404(seen, pk=pk)


def show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Answer with a page of the workspace."""
    return render(request, template, context | {"workspace": workspace_of(request)}, status=status)
