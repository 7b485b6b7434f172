"""The libraries' picks: the staff publish what is proposed, or send it back with a note (L9, E7)."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.editorial.actions import overtaken, pick_fingerprint, publish, send_back
from navette.editorial.models import Pick, PickState
from navette.editorial.queries import picks_to_moderate
from navette.editorial.states import PICK_MOVES
from navette.web.components.lists import StateFilter, page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of

STATES = [(row.value, row.label) for row in PickState if row != PickState.DRAFT]  # drafts are their library's alone


class NoteForm(forms.Form):
    """What the library is to take up again."""

    note = forms.CharField(
        label=gettext_lazy("Mot à la bibliothèque"),
        max_length=500,
        help_text=gettext_lazy("Ce qui est à reprendre, avec tact : c’est souvent un bénévole qui a écrit."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_safe
@staff_with("editorial.moderate")
def picks(request: HttpRequest) -> HttpResponse:
    """List the picks but for the drafts, the latest first; at first those to read."""
    form = StateFilter(request, STATES, at_first=PickState.PROPOSED)
    page = page_of(form.narrow(picks_to_moderate(user_of(request))), request)
    return render(request, "console/picks.html", {"form": form, "page": page, "state": form.state})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("editorial.moderate")
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a pick; publish it, or send it back."""
    row = get_object_or_404(picks_to_moderate(user_of(request)), pk=pk)
    if request.method != "POST":
        return _page(request, row, NoteForm())
    asked, form, seen = request.POST.get("suite"), NoteForm(request.POST), request.POST.get("seen", "")
    if asked not in {"publier", "renvoyer"}:
        raise BadRequest
    if asked == "renvoyer" and not form.is_valid():
        return _page(request, row, form)
    if seen != pick_fingerprint(row):
        # Another of the team was first, or the library wrote it again: a page that shows it as it was decides nothing.
        messages.warning(request, overtaken(row, seen).message)
        return _page(request, row, NoteForm(initial={"note": request.POST.get("note", "")}), status=409)
    if asked == "publier":
        return _done(request, lambda: publish(row, acting_user=user_of(request)))
    return _done(request, lambda: send_back(row, acting_user=user_of(request), note=form.cleaned_data["note"]))


def _done(request: HttpRequest, act: Callable[[], Pick]) -> HttpResponse:
    with refusals_told(request):
        row = act()
        told = _("« %(title)s » : %(state)s. La bibliothèque est prévenue par mail.")
        messages.success(request, told % {"title": row.title, "state": row.get_state_display().lower()})
    return redirect("console:picks")


def _page(request: HttpRequest, row: Pick, form: NoteForm, status: int = 200) -> HttpResponse:
    context = {
        "pick": row,
        "seen": pick_fingerprint(row),
        "form": form,
        "may_publish": row.state in PICK_MOVES[PickState.PUBLISHED],
        "may_send_back": row.state in PICK_MOVES[PickState.DECLINED],
    }
    return render(request, "console/pick.html", context, status=400 if form.errors else status)
