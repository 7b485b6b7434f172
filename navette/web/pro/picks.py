"""« Mes coups de cœur », « Mes contributions »: a library writes, proposes, and sees what became of it (L9, E7)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.editorial.actions import PickText, edit_pick, propose, write_pick
from navette.editorial.models import Pick, PickState
from navette.editorial.queries import picks_of
from navette.editorial.states import EDITABLE
from navette.resources.models import DigitalResource
from navette.web.components.lists import StateFilter, page_of
from navette.web.components.refusals import refusals_on, refusals_told
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.writing import WorkForm, must_write, writes_for

FIELDS = ("kind", "title", "creator", "isbn", "resource", "review")


class PickForm(WorkForm):
    """A work, and why others should come to know it."""

    resource = forms.ModelChoiceField(
        label=gettext_lazy("Ressource numérique"),
        queryset=DigitalResource.objects.none(),
        required=False,
        empty_label=gettext_lazy("- Aucune -"),
        help_text=gettext_lazy("Si l’œuvre se trouve dans l’une d’elles."),
    )
    review = forms.CharField(
        label=gettext_lazy("Votre critique"),
        max_length=4_000,
        help_text=gettext_lazy("Quelques phrases suffisent : ce que c’est, ce qui vous a plu, à qui le conseiller."),
        widget=forms.Textarea(attrs={"rows": 9}),
    )
    field_order = ("library", "kind", "title", "creator", "isbn", "resource", "review")

    def __init__(self, *args: Any, named: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The resource that the pick already names may have closed since: it stays until somebody chooses another.
        offered = DigitalResource.objects.filter(Q(is_open=True) | Q(pk=named))
        self.fields["resource"].queryset = offered  # type: ignore[attr-defined]

    def text(self) -> PickText:
        """Return what was written."""
        return PickText(**{name: self.cleaned_data[name] for name in FIELDS})


@require_safe
@professional
def picks(request: HttpRequest, *, all_writing: bool = False) -> HttpResponse:
    """List the picks of the person's libraries in every state, the latest first."""
    form = StateFilter(request, PickState.choices)
    page = page_of(form.narrow(picks_of(workspace_of(request).user)), request)
    context: dict[str, Any] = {
        "form": form,
        "page": page,
        "state": form.state,
        "may_write": bool(writes_for(request)),
        "title": _("Mes contributions") if all_writing else _("Mes coups de cœur"),
        "editable": EDITABLE,
    }
    return show(request, "pro/picks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def pick_new(request: HttpRequest) -> HttpResponse:
    """Write a pick; one button keeps it as a draft, the other proposes it too."""
    form = PickForm(must_write(request), request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            user = workspace_of(request).user
            return _kept(request, write_pick(form.library_chosen, acting_user=user, text=form.text()))
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a pick of one's own; while it is a draft or was sent back, change it."""
    row = _own(request, pk)
    may_edit = row.state in EDITABLE and workspace_of(request).user.has_perm("editorial.write", row.library)
    if request.method != "POST":
        initial = {name: getattr(row, name) for name in FIELDS}
        form = PickForm([row.library], named=row.resource_id, initial=initial) if may_edit else None
        return _form_page(request, form, row)
    if not workspace_of(request).user.has_perm("editorial.write", row.library):
        raise PermissionDenied
    form = PickForm([row.library], request.POST, named=row.resource_id)
    if form.is_valid():
        with refusals_on(form):
            return _kept(request, edit_pick(row, acting_user=workspace_of(request).user, text=form.text()))
    return _form_page(request, form, row)


@require_POST
@professional
def propose_pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a pick as it stands."""
    return _propose(request, _own(request, pk))


def _own(request: HttpRequest, pk: int) -> Pick:
    return get_object_or_404(picks_of(workspace_of(request).user).select_related("resource"), pk=pk)


def _kept(request: HttpRequest, row: Pick) -> HttpResponse:
    if "proposer" in request.POST:
        return _propose(request, row)
    messages.success(request, _("« %(title)s » est gardé comme brouillon.") % {"title": row.title})
    return redirect("pro:picks")


def _propose(request: HttpRequest, row: Pick) -> HttpResponse:
    with refusals_told(request):
        propose(row, acting_user=workspace_of(request).user)
        told = _("« %(title)s » est proposé : l’équipe départementale le relit, puis vous écrit.")
        messages.success(request, told % {"title": row.title})
    return redirect("pro:picks")


def _form_page(request: HttpRequest, form: PickForm | None, row: Pick | None) -> HttpResponse:
    status = 400 if form is not None and form.errors else 200
    return show(request, "pro/pick.html", {"form": form, "pick": row}, status=status)
