"""The columns of the list of subscribers, in the order that the portal's setting gives, and one page of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from navette.libraries.models import Library
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet

PER_PAGE = 25
NEAR = 20  # pages from the beginning on that one query reads faster than two

# What a row shows and what decides about its buttons. Anything else would be asked for row by row.
_SHOWN = (
    "reader__first_name",
    "reader__last_name",
    "library_id",
    "status",
    "version",
    "requested_at",
    "deadline",
    "ends_on",
)


@dataclass(frozen=True)
class Header:
    """A column's head: its name, its title, the address that sorts by it, and how it is sorted now (for ARIA)."""

    name: str
    title: str
    href: str
    sorted: str


class SubscriberTable(tables.Table):
    """Columns and sorting. A column sorts only by an order that an index gives (`Subscription.Meta.indexes`)."""

    first_name = tables.Column(_("Prénom"), order_by=("by_first_name", "id"), empty_values=())
    last_name = tables.Column(_("Nom"), order_by=("by_last_name", "id"), empty_values=())
    status = tables.Column(_("Statut"), order_by=("status", "by_last_name", "id"))
    ends_on = tables.Column(_("Fin de validité"), order_by=("ends_on", "id"))
    requested_on = tables.Column(_("Inscription"), order_by=("requested_at", "id"), empty_values=())
    library = tables.Column(_("Bibliothèque"), orderable=False)
    resources = tables.Column(_("Ressources"), orderable=False, empty_values=())
    operations = tables.Column(_("Opérations"), orderable=False, empty_values=())

    class Meta:
        order_by_field = "tri"
        order_by = ("last_name",)

    def __init__(self, found: SubscriptionQuerySet, *, columns: Sequence[str], order_by: str) -> None:
        """Take the subscriptions selected, the names of the columns shown and the order asked for.

        Rows always end in what can be done with them, whatever the columns.
        """
        known = [name for name in columns if name in self.base_columns and name != "operations"]
        shown = [*known, "operations"]
        hidden = [name for name in self.base_columns if name not in shown]
        super().__init__(found, exclude=hidden, sequence=shown, order_by=_known_order(order_by, known))

    def headers(self, address: str) -> list[Header]:
        """Return the columns' heads; `address`, followed by an order, is that of the list in it."""
        return [_header(column, address) for column in self.columns]

    def page_of_rows(self, number: str, library: Library | None, *, narrowed: bool) -> Page[Any]:
        """Return the page `number` (the nearest that exists), its rows in full; `library` is that of all, if one is.

        The count is asked of the bare table. Far from the beginning, or of a list that a filter has `narrowed`, so is
        the place of the page: an index alone answers, and only its 25 rows are then joined to anything.
        """
        ordered: SubscriptionQuerySet = self.data.data
        page: Page[Any] = Paginator(ordered, PER_PAGE).get_page(number)
        first = (page.number - 1) * PER_PAGE
        if narrowed or page.number > NEAR:
            keys = list(ordered.values_list("pk", flat=True)[first : first + PER_PAGE])
            near = SubscriptionQuerySet(ordered.model).filter(pk__in=keys).order_by(*ordered.query.order_by)
        else:
            near = ordered[first : first + PER_PAGE]
        page.object_list = self._in_full(near, library)
        return page

    def _in_full(self, found: SubscriptionQuerySet, library: Library | None) -> list[Subscription]:
        if "resources" in self.columns.names():
            return list(found.for_list())
        if library is None:
            return list(found.select_related("reader", "library").only(*_SHOWN, "library__name"))
        rows = list(found.select_related("reader").only(*_SHOWN))
        for row in rows:
            row.library = library
        return rows


def _header(column: Any, address: str) -> Header:
    sorted_as = ""
    if column.is_ordered:
        sorted_as = "descending" if column.order_by_alias.is_descending else "ascending"
    href = f"{address}{column.order_by_alias.next}" if column.orderable else ""
    return Header(column.name, str(column.header), href, sorted_as)


def _known_order(asked: str, columns: Sequence[str]) -> tuple[str, ...] | None:
    return (asked,) if asked.removeprefix("-") in columns else None
