"""« Journal »: everything that was changed, by whom, when. The newest first, by a key and not by a count.

The log of a large network holds hundreds of thousands of rows: a page asks the index for the rows that come before a
moment, whatever came since, and counts nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from navette.accounts.models import Kind, User
from navette.core.models import AuditRow
from navette.files.xlsx import LAST_ROW, Cell, Column
from navette.web.components.fields import QuickSelect
from navette.web.components.lists import ROWS_A_PAGE, dated_workbook
from navette.web.console.access import staff_with
from navette.web.console.audit_details import detail_words
from navette.web.console.audit_words import ACTIONS, OBJECTS, action_label, object_label
from navette.web.console.journal_links import links_to

AUTOMATIC = "0"
CHUNK = 1_000
_EXPORTED = (
    (gettext_lazy("Date et heure"), 20, False),
    (gettext_lazy("Qui"), 28, False),
    (gettext_lazy("Opération"), 38, False),
    (gettext_lazy("Objet"), 22, False),
    (gettext_lazy("Numéro"), 10, False),
    (gettext_lazy("Détail"), 60, False),
)


def _actors() -> list[tuple[str, Any]]:
    staff = User.objects.filter(kind=Kind.STAFF).order_by("name").values_list("pk", "name")
    return [
        ("", _("- Tout le monde -")),
        *((str(pk), name) for pk, name in staff),
        (AUTOMATIC, _("Navette (automatique)")),
    ]


def _choices(labels: dict[str, Any], everything: Any) -> list[tuple[str, Any]]:
    return [("", everything), *sorted(labels.items(), key=lambda row: str(row[1]))]


class FilterForm(forms.Form):
    """What the log can be narrowed to; all of it stands in the address. People stand there as numbers."""

    qui = forms.IntegerField(label=gettext_lazy("Qui"), required=False, min_value=0, max_value=2**63 - 1)
    action = forms.CharField(label=gettext_lazy("Opération"), required=False, max_length=80)
    objet = forms.CharField(label=gettext_lazy("Objet"), required=False, max_length=80)
    numero = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput, label=gettext_lazy("Numéro")
    )
    du = forms.DateField(label=gettext_lazy("Du"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    au = forms.DateField(label=gettext_lazy("Au"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        actors = _actors()
        asked = str(self.data.get("qui", ""))
        if asked.isdecimal() and asked not in dict(actors):
            actors.append((asked[:20], _("Compte n° %(number)s") % {"number": asked[:20]}))
        self.fields["qui"].widget = QuickSelect(choices=actors)
        self.fields["action"].widget = QuickSelect(choices=_choices(ACTIONS, _("- Toutes -")))
        self.fields["objet"].widget = QuickSelect(choices=_choices(OBJECTS, _("- Tous -")))

    def found(self) -> QuerySet[AuditRow]:
        """Return the rows that the form selects, the newest first; none where it has an error."""
        if not self.is_valid():
            return AuditRow.objects.none()
        values = self.cleaned_data
        asked = Q()
        if values["qui"] is not None:
            asked &= Q(actor_id=values["qui"]) if values["qui"] else Q(actor_id__isnull=True)
        for name, field in (("action", "action"), ("objet", "object_type"), ("numero", "object_id")):
            if values[name]:
                asked &= Q(**{field: values[name]})
        if values["du"]:
            asked &= Q(at__gte=_midnight(values["du"]))
        if values["au"] and values["au"] < dt.date.max:
            asked &= Q(at__lt=_midnight(values["au"] + dt.timedelta(days=1)))
        return AuditRow.objects.filter(asked).order_by("-at", "-id")


def _midnight(day: dt.date) -> dt.datetime:
    """Return the day's first moment; in the first year of all, one that a zone still reaches."""
    return timezone.make_aware(dt.datetime.combine(max(day, dt.date(1970, 1, 1)), dt.time()))


@require_safe
@staff_with("audit.view")
def journal(request: HttpRequest) -> HttpResponse:
    """Show the rows that the address selects, from the moment that it names backwards."""
    form = FilterForm(request.GET)
    found = form.found()
    before = _moment(request.GET.get("avant", ""))
    if before is not None:
        at, pk = before
        found = found.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk), at__lte=at)
    rows = list(found[: ROWS_A_PAGE + 1])
    shown = rows[:ROWS_A_PAGE]
    links = links_to(shown)
    context = {
        "form": form,
        "lines": [_line(row, links) for row in shown],
        "older": _key(shown[-1]) if len(rows) > ROWS_A_PAGE else "",
        "is_newest": before is None,
    }
    return render(request, "console/journal.html", context)


def _line(row: AuditRow, links: dict[tuple[str, int], tuple[str, str]]) -> dict[str, Any]:
    label, href = links.get((row.object_type, row.object_id or 0), ("", ""))
    return {
        "row": row,
        "action": action_label(row.action),
        "object": object_label(row.object_type),
        "label": label,
        "href": href,
        "detail": detail_words(row.detail, row.object_type),
    }


def _key(row: AuditRow) -> str:
    return f"{row.at.timestamp():.6f}-{row.pk}"


def _moment(text: str) -> tuple[dt.datetime, int] | None:
    """Return the moment and the row that a page's key names; None for any other text."""
    seconds, _dash, pk = text.partition("-")
    if len(text) > 40 or not pk.isascii() or not pk.isdecimal():
        return None
    try:
        return dt.datetime.fromtimestamp(float(seconds), tz=dt.UTC), min(int(pk), 2**63 - 1)
    except (ValueError, OverflowError, OSError):
        return None


@require_safe
@staff_with("audit.view")
def export(request: HttpRequest) -> HttpResponseBase:
    """Send the rows that the address selects as a workbook."""
    found = FilterForm(request.GET).found()
    if found.order_by()[LAST_ROW:].exists():
        messages.warning(request, _("Cela fait trop de lignes pour un classeur : choisissez une période plus courte."))
        return redirect("console:journal")
    columns = [Column(str(title), width, days) for title, width, days in _EXPORTED]
    return dated_workbook("journal", _("Journal"), columns, _exported(found.iterator(chunk_size=CHUNK)))


def _exported(rows: Iterable[AuditRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield (
            f"{timezone.localtime(row.at):%d/%m/%Y %H:%M:%S}",
            row.actor_label,
            action_label(row.action),
            object_label(row.object_type),
            str(row.object_id or ""),
            detail_words(row.detail, row.object_type),
        )
