"""The list of subscribers as its address describes it: shared by the page, the export and the bulk actions."""

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from navette.libraries.models import Library
from navette.libraries.queries import libraries_seen_by
from navette.portal.queries import current_portal
from navette.web.pro.access import workspace_of
from navette.web.pro.filters import SubscriberFilter
from navette.web.pro.tables import SubscriberTable

BACK = "retour"
_KEPT = ("q", "statut", "bibliotheque", "attente", "tri", "page")
_LONGEST = 200


def filter_of(request: HttpRequest) -> SubscriberFilter:
    """Return the filter that the address holds, bound to what the person may see."""
    workspace = workspace_of(request)
    libraries = None
    if len(workspace.libraries) != 1:
        libraries = libraries_seen_by(workspace.user).order_by("name")
    return SubscriberFilter(request.GET, queryset=workspace.subscriptions, libraries=libraries)


def table_of(request: HttpRequest, chosen: SubscriberFilter) -> SubscriberTable:
    """Return the table of what `chosen` selects, in the order that the address holds."""
    columns = current_portal().subscriber_columns
    return SubscriberTable(chosen.found, columns=columns, order_by=request.GET.get("tri", ""))


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


def library_choices(request: HttpRequest) -> list[Library]:
    """Return the libraries that the person may see, by name."""
    return list(libraries_seen_by(workspace_of(request).user).order_by("name"))
