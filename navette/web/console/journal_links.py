"""Where the objects of the audit log are seen, of those that still exist: one query for each kind on the page."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.urls import reverse

from navette.accounts.models import Kind, User
from navette.core.models import AuditRow
from navette.libraries.models import Library, Territory
from navette.subscriptions.models import Subscription

Link = tuple[str, str]  # what it is called, and its page (empty: it has none)


def links_to(rows: Iterable[AuditRow]) -> dict[tuple[str, int], Link]:
    """Return the name and the page of each object of `rows` that exists, by its type and number."""
    keys: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.object_id is not None:
            keys[row.object_type].add(row.object_id)
    found: dict[tuple[str, int], Link] = {}
    for kind, numbers in keys.items():
        if kind in _FINDERS:
            found |= {(kind, pk): link for pk, link in _FINDERS[kind](numbers).items()}
    return found


def _accounts(keys: set[int]) -> dict[int, Link]:
    rows = User.objects.filter(pk__in=keys).values_list("pk", "name", "kind", "reader__subscription")
    return {pk: (name, _page_of_account(pk, kind, subscription)) for pk, name, kind, subscription in rows}


def _page_of_account(pk: int, kind: str, subscription: int | None) -> str:
    if kind == Kind.READER:
        return reverse("pro:subscriber", args=(subscription,)) if subscription else ""
    return reverse("console:member" if kind == Kind.STAFF else "console:account", args=(pk,))


def _libraries(keys: set[int]) -> dict[int, Link]:
    rows = Library.objects.filter(pk__in=keys).values_list("pk", "name")
    return {pk: (name, reverse("console:library", args=(pk,))) for pk, name in rows}


def _territories(keys: set[int]) -> dict[int, Link]:
    rows = Territory.objects.filter(pk__in=keys).values_list("pk", "name")
    return {pk: (name, reverse("console:territory", args=(pk,))) for pk, name in rows}


def _subscriptions(keys: set[int]) -> dict[int, Link]:
    rows = Subscription.objects.filter(pk__in=keys).values_list("pk", "reader__first_name", "reader__last_name")
    return {pk: (f"{first} {last}", reverse("pro:subscriber", args=(pk,))) for pk, first, last in rows}


_FINDERS: dict[str, Callable[[set[int]], dict[int, Link]]] = {
    "accounts.User": _accounts,
    "libraries.Library": _libraries,
    "libraries.Territory": _territories,
    "subscriptions.Subscription": _subscriptions,
}
