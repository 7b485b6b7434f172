"""The columns of the list of subscribers, in the order that the portal's setting gives, and one page of its rows."""

from collections.abc import Sequence
from typing import Any

import django_tables2 as tables
from django.core.paginator import Page, Paginator
from django.utils.translation import gettext_lazy as _

from navette.subscriptions.queries import SubscriptionQuerySet

PER_PAGE = 25


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

    def page_of_rows(self, number: str) -> Page[Any]:
        """Return the page `number` (the nearest that exists), its rows in full.

        The count and the place of the page are found on the bare table by an index; only then are 25 rows fetched.
        """
        ordered: SubscriptionQuerySet = self.data.data
        page: Page[Any] = Paginator(ordered.values_list("pk", flat=True), PER_PAGE).get_page(number)
        keys: list[int] = list(page.object_list)
        rows = SubscriptionQuerySet(ordered.model).filter(pk__in=keys).for_list().in_bulk()
        page.object_list = [rows[key] for key in keys if key in rows]
        return page


def _known_order(asked: str, columns: Sequence[str]) -> tuple[str, ...] | None:
    return (asked,) if asked.removeprefix("-") in columns else None
