"""« Inscrire plusieurs usagers »: the file, its columns, its rows with their errors, then all the good ones at once."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.core.errors import Invalid, Refusal
from navette.files.columns import Wanted, checked
from navette.files.xlsx import Column
from navette.libraries.models import Library
from navette.lifecycle.undoing import undo_batch
from navette.portal.queries import current_portal
from navette.subscriptions.actions import apply_batch, choose_columns, may_undo, read_batch
from navette.subscriptions.actions.batch import MOST_ROWS
from navette.subscriptions.batch_rows import OF_PARENT, WANTED, Checked, checked_rows, wanted_at
from navette.subscriptions.models import BatchState, RegistrationBatch
from navette.subscriptions.states import Status
from navette.web.components.columns import ColumnsForm
from navette.web.components.lists import page_of, workbook
from navette.web.components.refusals import refusals_told
from navette.web.components.uploads import SheetField
from navette.web.pro.access import professional, show, workspace_of

LINES_A_PAGE = 50
View = Callable[..., HttpResponseBase]


def _model_columns() -> list[Column]:
    widths = {"email": 34, "resources": 40, "parent_email": 34}
    return [Column(str(wanted.label), widths.get(wanted.name, 20)) for wanted in wanted_at(current_portal())]


class UploadForm(forms.Form):
    file = SheetField()

    def __init__(self, data: Any = None, files: Any = None, *, libraries: list[Library]) -> None:
        super().__init__(data, files)
        if len(libraries) > 1:
            choices = [(str(row.pk), row.name) for row in libraries]
            self.fields["library"] = forms.ChoiceField(label=_("Bibliothèque"), choices=choices)
            self.order_fields(["library", "file"])


def registering(view: View) -> View:
    """Let in those who register readers for a library, where the portal has libraries do so."""

    @professional
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not workspace_of(request).registers_for:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _seen(request: HttpRequest) -> QuerySet[RegistrationBatch]:
    return RegistrationBatch.objects.filter(library__in=workspace_of(request).registers_for).select_related("library")


def _fetch(request: HttpRequest, pk: int) -> RegistrationBatch:
    return get_object_or_404(_seen(request), pk=pk)


# ---- the file
@require_http_methods(["GET", "HEAD", "POST"])
@registering
def batches(request: HttpRequest) -> HttpResponse:
    """Take a file of readers, and list the files sent before."""
    if request.method != "POST":
        return _first_page(request, UploadForm(libraries=workspace_of(request).registers_for))
    libraries = workspace_of(request).registers_for
    form = UploadForm(request.POST, request.FILES, libraries=libraries)
    if not form.is_valid():
        return _first_page(request, form)
    library = next((row for row in libraries if str(row.pk) == form.cleaned_data.get("library")), libraries[0])
    upload = form.cleaned_data["file"]
    try:
        batch = read_batch(library, acting_user=workspace_of(request).user, file=upload, name=upload.name)
    except Invalid as refusal:
        form.add_error("file", refusal.message)
        return _first_page(request, form)
    return redirect("pro:batch", batch.pk)


def _first_page(request: HttpRequest, form: UploadForm) -> HttpResponse:
    sent = _seen(request).defer("rows", "headers", "columns")
    page = page_of(sent, request)
    context = {
        "form": form,
        "page": page,
        "model_columns": [column.title for column in _model_columns()],
        "most_rows": MOST_ROWS,
        "parental_age": current_portal().parental_age,
    }
    return show(request, "pro/batches.html", context, status=400 if form.errors else 200)


@require_safe
@registering
def model(request: HttpRequest) -> FileResponse:
    """Send an empty file with the right titles, and one line as an example."""
    columns = _model_columns()
    example = (_("Durand"), _("Camille"), "camille.durand@example.org", "13/03/1990", _("toutes"), "", "")
    return workbook("modele-inscriptions.xlsx", _("Inscriptions"), columns, [example[: len(columns)]])


# ---- its columns and its rows
@require_safe
@registering
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a file: its columns and rows before, what came of it after."""
    return _page(request, _fetch(request, pk))


def _page(
    request: HttpRequest, found: RegistrationBatch, form: ColumnsForm | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"batch": found, "may_undo": may_undo(found)}
    if found.state != BatchState.DRAFT:
        context["asks_parents"] = found.subscriptions.filter(status=Status.UNCONFIRMED).count()
        return show(request, "pro/batch_done.html", context, status=status)
    context["form"] = form or _columns_form(found)
    context |= _preview(request, found) if _is_matched(found) else {"rows": None, "page": None}
    return show(request, "pro/batch.html", context, status=status)


def _columns_form(found: RegistrationBatch, data: Any = None) -> ColumnsForm:
    return ColumnsForm(data, headers=found.headers, wanted=wanted_at(current_portal()), chosen=found.columns)


def _is_matched(found: RegistrationBatch) -> bool:
    try:
        return bool(checked(found.columns, found.headers, WANTED))
    except Invalid:
        return False


def _preview(request: HttpRequest, found: RegistrationBatch) -> dict[str, Any]:
    rows = checked_rows(found)
    parents = any(row.needs_parent for row in rows)  # their columns take room: only where a row is a minor's
    wanted = [column for column in WANTED if parents or column.name not in OF_PARENT]
    wrong = [row for row in rows if row.errors]
    only_wrong = request.GET.get("voir") == "erreurs" and bool(wrong)
    page = page_of(wrong if only_wrong else rows, request, LINES_A_PAGE)
    return {
        "page": page,
        "rows": [_drawn(row, wanted) for row in page.object_list],
        "titles": [column.label for column in wanted],
        "parents": parents,
        "ready": len(rows) - len(wrong),
        "wrong": len(wrong),
        "total": len(rows),
        "only_wrong": only_wrong,
    }


def _drawn(row: Checked, wanted: Sequence[Wanted]) -> dict[str, Any]:
    cells = [
        {"label": column.label, "text": _shown(row, column.name), "error": row.errors.get(column.name, "")}
        for column in wanted
    ]
    return {"line": row.line, "cells": cells, "is_ready": not row.errors}


def _shown(row: Checked, name: str) -> str:
    if name == "resources" and not row.texts[name]:
        return _("toutes")
    return row.texts[name]


@require_POST
@registering
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Change in which column each thing stands."""
    found = _fetch(request, pk)
    form = _columns_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=400)
    with refusals_told(request):
        choose_columns(found, acting_user=workspace_of(request).user, columns=form.columns)
    return redirect("pro:batch", pk)


@require_safe
@registering
def errors(request: HttpRequest, pk: int) -> FileResponse:
    """Send the rows that have a fault, as they came, with a column that says what is wrong."""
    found = _fetch(request, pk)
    if found.state == BatchState.DRAFT:
        if not _is_matched(found):
            raise Http404
        rows = [[*row.cells, row.fault] for row in checked_rows(found) if row.errors]
    else:
        rows = [row[1:] for row in found.rows]
    titles = [Column(title[:100], 22) for title in found.headers]
    return workbook("lignes-a-corriger.xlsx", _("À corriger"), [*titles, Column(_("Erreur"), 60)], rows)


# ---- registering, and taking back
@require_POST
@registering
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Register all the rows that are ready."""
    found = _fetch(request, pk)
    seen = request.POST.get("pretes", "")
    with refusals_told(request):
        apply_batch(
            found, acting_user=workspace_of(request).user, ready=int(seen) if seen.isdecimal() and len(seen) < 6 else -1
        )
    return redirect("pro:batch", pk)


@require_POST
@registering
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the registrations of a file back."""
    found = _fetch(request, pk)
    try:
        outcome = undo_batch(found, acting_user=workspace_of(request).user)
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        return redirect("pro:batch", pk)
    told = ngettext("%d inscription est annulée.", "%d inscriptions sont annulées.", outcome.count)
    messages.success(request, told % outcome.count if outcome.count else _("Ces inscriptions sont annulées."))
    if outcome.kept:
        names = ", ".join(outcome.kept[:20]) + ("..." if len(outcome.kept) > 20 else "")
        messages.warning(request, _("Restent inscrits, car leur compte a déjà servi : %(names)s.") % {"names": names})
    return redirect("pro:batch", pk)
