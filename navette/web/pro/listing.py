"""The list of subscribers as its address describes it: shared by the page, the export and the bulk actions."""

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from navette.libraries.queries import libraries_seen_by
from navette.portal.models import Portal
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet
from navette.web.pro.access import workspace_of
from navette.web.pro.filters import SubscriberFilter
from navette.web.pro.tables import SubscriberTable

BACK = "retour"
_KEPT = ("q", "statut", "bibliotheque", "attente", "tri", "page")
_LONGEST = 200


def filter_of(request: HttpRequest) -> SubscriberFilter:
    """Return the filter that the address holds, bound to what the person may see."""
    return _filter(request, request.GET)


def filter_carried(request: HttpRequest) -> SubscriberFilter:
    """Return the filter of the list that the page was given to carry, as `filter_of` does."""
    return _filter(request, QueryDict(carried(request)))


def _filter(request: HttpRequest, asked: QueryDict) -> SubscriberFilter:
    workspace = workspace_of(request)
    libraries = None
    if workspace.only_library is None:
        libraries = libraries_seen_by(workspace.user).order_by("name")
    return SubscriberFilter(asked, queryset=workspace.subscriptions, libraries=libraries, words=workspace.words)


def table_of(request: HttpRequest, chosen: SubscriberFilter, portal: Portal) -> SubscriberTable:
    """Return the table of what `chosen` selects, in the order that the address holds."""
    return SubscriberTable(chosen.found, columns=portal.subscriber_columns, order_by=request.GET.get("tri", ""))


def titles_of(portal: Portal) -> list[tuple[str, str]]:
    """Return the names and titles of the list's columns."""
    empty = SubscriberTable(SubscriptionQuerySet(Subscription).none(), columns=portal.subscriber_columns, order_by="")
    return [(column.name, str(column.header)) for column in empty.columns]


def address_without_order(request: HttpRequest) -> str:
    """Return the address of the list as it stands, from its first page, to be completed by an order (`tri=`)."""
    kept = {
        name: request.GET[name][:_LONGEST] for name in _KEPT if name not in {"tri", "page"} and request.GET.get(name)
    }
    return f"{reverse('pro:subscribers')}?{urlencode(kept | {'tri': ''})}"


def way_back(state: str) -> str:
    """Return the query by which a link carries the list's state along."""
    return "?" + urlencode({BACK: state}) if state else ""


def state_of(request: HttpRequest) -> str:
    """Return the list's state as a query string, to be carried by the pages that come back to it."""
    return _clean(request.GET)


def back_to_list(request: HttpRequest) -> str:
    """Return the list's address, in the state that the page carried along (`retour`)."""
    carried = request.POST.get(BACK) or request.GET.get(BACK) or ""
    state = _clean(QueryDict(carried[: _LONGEST * len(_KEPT)]))
    return reverse("pro:subscribers") + (f"?{state}" if state else "")


def carried(request: HttpRequest) -> str:
    """Return the state that the page was given to carry, cleaned, for its own forms."""
    return back_to_list(request).partition("?")[2]


def _clean(values: QueryDict) -> str:
    return urlencode({name: values[name][:_LONGEST] for name in _KEPT if values.get(name)})
