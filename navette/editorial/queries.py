"""Who may read which texts."""

from django.db.models import QuerySet

from navette.accounts.models import User
from navette.editorial.models import Page, Pick, PickState, PurchaseSuggestion


def published_picks() -> QuerySet[Pick]:
    """Return the picks that everybody reads, the latest first, with their library and resource."""
    found = Pick.objects.filter(state=PickState.PUBLISHED, library__closed_at__isnull=True)
    return found.select_related("library", "resource").order_by("-published_at", "-id")


def picks_of(user: User) -> QuerySet[Pick]:
    """Return the picks of the libraries that `user` is a member of, the latest first."""
    return Pick.objects.filter(library__memberships__user=user).select_related("library").order_by("-created_at", "-id")


def suggestions_of(user: User) -> QuerySet[PurchaseSuggestion]:
    """Return the suggestions of the libraries that `user` is a member of, the latest first."""
    found = PurchaseSuggestion.objects.filter(library__memberships__user=user)
    return found.select_related("library").order_by("-created_at", "-id")


def picks_to_moderate(user: User) -> QuerySet[Pick]:
    """Return the picks that `user` of the staff may look after: all but the drafts, or none."""
    if not user.has_perm("editorial.moderate"):
        return Pick.objects.none()
    found = Pick.objects.exclude(state=PickState.DRAFT)
    return found.select_related("library", "author").order_by("-created_at", "-id")


def suggestions_to_answer(user: User) -> QuerySet[PurchaseSuggestion]:
    """Return the suggestions that `user` of the staff may answer: all of them, or none."""
    if not user.has_perm("editorial.moderate"):
        return PurchaseSuggestion.objects.none()
    return PurchaseSuggestion.objects.select_related("library", "author").order_by("-created_at", "-id")


def _reads_professional(user: object) -> bool:
    return isinstance(user, User) and user.is_active and user.is_professional


def pages_for(user: object) -> QuerySet[Page]:
    """Return the département's pages that `user` may read; an anonymous visitor those for everybody."""
    pages = Page.objects.order_by("title")
    return pages if _reads_professional(user) else pages.filter(readers=Page.Readers.EVERYBODY)
