"""The rows of an exported list: 50,000 of them while holding only a few hundred."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.files.xlsx import Cell, Column
from navette.resources.models import DigitalResource
from navette.subscriptions.models import ResourceGrant, Subscription
from navette.subscriptions.queries import ASKED_STATES, SubscriptionQuerySet
from navette.web.components.lists import dated_workbook
from navette.web.pro.access import Workspace

CHUNK = 1_000
_TITLES: tuple[tuple[Any, int, bool], ...] = (
    (_("Prénom"), 18, False),
    (_("Nom"), 22, False),
    (_("Adresse mail"), 34, False),
    (_("Date de naissance"), 18, True),
    (_("Statut"), 14, False),
    (_("Date de demande"), 17, True),
    (_("À décider avant le"), 18, True),
    (_("Début d’abonnement"), 20, True),
    (_("Fin de validité"), 16, True),
    (_("Bibliothèque"), 28, False),
    (_("Ressources"), 60, False),
)
_FIELDS = (
    "pk",
    "reader__first_name",
    "reader__last_name",
    "reader__user__email",
    "reader__birth_date",
    "status",
    "requested_at",
    "deadline",
    "starts_on",
    "ends_on",
    "library__name",
)


def export_response(workspace: Workspace, found: SubscriptionQuerySet) -> FileResponse:
    """Return the answer that sends `found` as a workbook, read from a temporary file bit by bit."""
    name = f"abonnes-{workspace.only_library.slug}" if workspace.only_library else "abonnes"
    return dated_workbook(name, str(_("Abonnés")), export_columns(), export_rows(found))


def export_columns() -> list[Column]:
    """Return the columns of the workbook, with French headers."""
    return [Column(str(title), width, days) for title, width, days in _TITLES]


def export_rows(found: SubscriptionQuerySet) -> Iterator[Sequence[Cell]]:
    """Yield a row for each of `found`, in its order; the resources are those granted or asked for, by name."""
    today = clock.today()
    names = dict(DigitalResource.objects.order_by("name").values_list("pk", "name"))
    records = found.values_list(*_FIELDS).iterator(chunk_size=CHUNK)
    while chunk := list(islice(records, CHUNK)):
        held = _resources_of([record[0] for record in chunk])
        for record in chunk:
            yield _row(record, today, ", ".join(name for key, name in names.items() if key in held[record[0]]))


def _row(record: tuple[Any, ...], today: dt.date, resources: str) -> Sequence[Cell]:
    _pk, first, last, email, born, status, requested_at, deadline, starts_on, ends_on, library = record
    word = _word(status, ends_on, deadline, today)
    return first, last, email, born, word, clock.day_of(requested_at), deadline, starts_on, ends_on, library, resources


@lru_cache(maxsize=4_096)
def _word(status: str, ends_on: dt.date | None, deadline: dt.date | None, today: dt.date) -> str:
    """Return the word of the status that holds today, as the list shows it."""
    return str(Subscription(status=status, ends_on=ends_on, deadline=deadline).status_on(today).label)


def _resources_of(keys: Sequence[int]) -> dict[int, set[int]]:
    held: dict[int, set[int]] = defaultdict(set)
    kept = ResourceGrant.objects.filter(subscription_id__in=keys, state__in=ASKED_STATES)
    for subscription, resource in kept.values_list("subscription_id", "resource_id"):
        held[subscription].add(resource)
    return held
