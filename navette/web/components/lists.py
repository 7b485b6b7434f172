"""What lists share: their pages, the filter by state, the workbook that holds them."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.files.xlsx import CONTENT_TYPE, Cell, Column, workbook_file

M = TypeVar("M", bound=Model)
ROWS_A_PAGE = 25


def page_of(found: QuerySet[Any, Any] | Sequence[Any], request: HttpRequest, rows: int = ROWS_A_PAGE) -> Page[Any]:
    """Return the page of `found` that the address asks for, the nearest that exists, with `rows` at the most."""
    return Paginator(found, rows).get_page(request.GET.get("page"))


class StateFilter(forms.Form):
    """Narrows a list to the rows in one state, which stands in the address; `at_first` where it names none."""

    etat = forms.ChoiceField(label=_("État"), required=False)

    def __init__(self, request: HttpRequest, states: Iterable[tuple[str, Any]], at_first: str = "") -> None:
        super().__init__(request.GET if "etat" in request.GET else {"etat": at_first})
        self.fields["etat"].choices = [("", _("- Tout -")), *states]  # type: ignore[attr-defined]

    @property
    def state(self) -> str:
        """Return the state chosen; empty for all, and for one that does not exist."""
        return self.cleaned_data["etat"] if self.is_valid() else ""

    def narrow(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Return those of `rows` that are in the state chosen."""
        return rows.filter(state=self.state) if self.state else rows


def workbook(filename: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Return the answer that sends `rows` as the workbook `filename`, read from a temporary file bit by bit."""
    target = workbook_file(title=title, columns=columns, rows=rows)
    answer = FileResponse(target, as_attachment=True, filename=filename, content_type=CONTENT_TYPE)
    answer.headers["Content-Encoding"] = "identity"  # a workbook is a zip: the gzip middleware leaves it alone
    return answer


def dated_workbook(name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """Return the answer that sends `rows` as the workbook `name`-DAY.xlsx."""
    return workbook(f"{name}-{clock.today():%Y-%m-%d}.xlsx", title, columns, rows)
