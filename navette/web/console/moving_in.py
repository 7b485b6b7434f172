"""« Reprise d’un ancien portail »: send a file, check its columns, try, then take it over, with a report."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.files.xlsx import CONTENT_TYPE, Column, workbook_file
from navette.lifecycle import jobs
from navette.lifecycle.models import Job, JobState
from navette.lifecycle.moving_in.actions import first_rows, read_file, start, start_for_real
from navette.lifecycle.moving_in.running import IMPORTERS, importer_of, kind_of
from navette.web.components.columns import ColumnsForm
from navette.web.components.uploads import SheetField
from navette.web.console.access import staff_with, user_of

FILES_A_PAGE, REJECTS_A_PAGE, ROWS_SHOWN, NOTES_SHOWN = 25, 50, 3, 50
PERM = "moving_in.run"


class UploadForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Ce que le fichier contient"),
        choices=[(row.name, row.label) for row in IMPORTERS.values()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Dites ce que le fichier contient.")},
    )
    file = SheetField()


def _jobs() -> QuerySet[Job]:
    return Job.objects.filter(kind__in=[kind_of(importer) for importer in IMPORTERS.values()])


def _fetch(pk: int) -> Job:
    job = _jobs().filter(pk=pk).first()
    if job is None:
        raise Http404
    return job


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with(PERM)
def overview(request: HttpRequest) -> HttpResponse:
    """Take a file, and list those sent before."""
    if request.method != "POST":
        return _overview(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _overview(request, form)
    upload = form.cleaned_data["file"]
    importer = IMPORTERS[form.cleaned_data["kind"]]
    try:
        job = read_file(importer, acting_user=user_of(request), file=upload, name=upload.name)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Invalid as refusal:
        form.add_error("file", refusal.message)
        return _overview(request, form)
    return redirect("console:moving_in_file", job.pk)


def _overview(request: HttpRequest, form: UploadForm) -> HttpResponse:
    sent = _jobs().defer("headers", "columns", "options")
    page: Page[Any] = Paginator(sent, FILES_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [{"job": job, "label": jobs.label_of(job)} for job in page.object_list]
    context = {"form": form, "page": page, "importers": list(IMPORTERS.values())}
    return render(request, "console/moving_in.html", context, status=400 if form.errors else 200)


@require_safe
@staff_with(PERM)
def model(request: HttpRequest, kind: str) -> FileResponse:
    """Send the model file of one kind: the titles, and one line as an example."""
    if kind not in IMPORTERS:
        raise Http404
    importer = IMPORTERS[kind]
    columns = [Column(str(wanted.label), 22) for wanted in importer.wanted]
    example = [str(text) for text in importer.example]
    return _workbook(str(importer.label), columns, [example], f"modele-{kind}.xlsx")


def _workbook(title: str, columns: list[Column], rows: Any, filename: str) -> FileResponse:
    written = workbook_file(title=title, columns=columns, rows=rows)
    return FileResponse(written, as_attachment=True, filename=filename, content_type=CONTENT_TYPE)


@require_safe
@staff_with(PERM)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one file: its columns before, its progress during, its report after."""
    job = _fetch(pk)
    return _draft(request, job) if job.state == JobState.DRAFT else _report(request, job)


def _draft(request: HttpRequest, job: Job, form: ColumnsForm | None = None) -> HttpResponse:
    form = form or _columns_form(job)
    context = {"job": job, "label": jobs.label_of(job), "form": form, "rows": first_rows(job, ROWS_SHOWN)}
    return render(request, "console/moving_in_draft.html", context, status=400 if form.errors else 200)


def _columns_form(job: Job, data: Any = None) -> ColumnsForm:
    return ColumnsForm(data, headers=job.headers, wanted=importer_of(job).wanted, chosen=job.columns)


def _report(request: HttpRequest, job: Job) -> HttpResponse:
    page: Page[Any] = Paginator(job.rejects.filter(taken=False), REJECTS_A_PAGE).get_page(request.GET.get("page"))
    tried = job.dry_run and job.state == JobState.DONE and bool(job.path)  # the night removes files after some days
    may_follow = tried and not job.options.get("followed_by")
    notes = job.rejects.filter(taken=True)
    context = {"job": job, "label": jobs.label_of(job), "page": page, "may_follow": may_follow}
    context |= {"notes": notes[:NOTES_SHOWN], "notes_count": notes.count()}
    return render(request, "console/moving_in_report.html", context)


@require_POST
@staff_with(PERM)
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Try the file, or take it over at once, with the columns chosen."""
    job = _fetch(pk)
    if job.state != JobState.DRAFT:
        messages.warning(request, _("Ce fichier est déjà lancé."))
        return redirect("console:moving_in_file", pk)
    form = _columns_form(job, request.POST)
    if not form.is_valid():
        return _draft(request, job, form)
    dry_run = request.POST.get("suite") != "reprendre"
    try:
        start(job, acting_user=user_of(request), columns=form.columns, dry_run=dry_run)
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return _draft(request, job, form)
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    return redirect("console:moving_in_file", pk)


@require_POST
@staff_with(PERM)
def for_real(request: HttpRequest, pk: int) -> HttpResponse:
    """Take over the file that was tried."""
    job = _fetch(pk)
    try:
        pk = start_for_real(job, acting_user=user_of(request)).pk
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        pk = job.options.get("followed_by", pk)
    return redirect("console:moving_in_file", pk)


@require_safe
@staff_with(PERM)
def rejects(request: HttpRequest, pk: int) -> FileResponse:
    """Send the rows left out, and those taken with something to tell: line, column, reason, whether it was taken."""
    found = _fetch(pk).rejects.values_list("line", "column", "reason", "taken")
    yes, no = _("oui"), _("non")
    rows = ((str(line), column, reason, yes if taken else no) for line, column, reason, taken in found.iterator())
    columns = [Column(_("Ligne"), 10), Column(_("Colonne"), 24), Column(_("Raison"), 80), Column(_("Reprise"), 10)]
    return _workbook(_("Rejets"), columns, rows, "rejets.xlsx")
