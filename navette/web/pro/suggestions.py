"""« Mes suggestions »: what a library asks the département to buy, and what was answered (L9)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.editorial.actions import Suggestion, suggest
from navette.editorial.models import SuggestionState
from navette.editorial.queries import suggestions_of
from navette.web.components.lists import StateFilter, page_of
from navette.web.components.refusals import refusals_on
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.writing import WorkForm, must_write, writes_for


class SuggestionForm(WorkForm):
    """A work to buy, and why."""

    publisher = forms.CharField(label=gettext_lazy("Éditeur"), max_length=120, required=False)
    comment = forms.CharField(
        label=gettext_lazy("Pourquoi cet achat ?"),
        max_length=1_000,
        required=False,
        help_text=gettext_lazy("Qui le demande, pour quel usage : cela aide à décider."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = ("library", "kind", "title", "creator", "publisher", "isbn", "comment")


@require_safe
@professional
def suggestions(request: HttpRequest) -> HttpResponse:
    """List the suggestions of the person's libraries with their answers, the latest first."""
    form = StateFilter(request, SuggestionState.choices)
    page = page_of(form.narrow(suggestions_of(workspace_of(request).user)), request)
    context: dict[str, Any] = {"form": form, "page": page, "state": form.state, "may_write": bool(writes_for(request))}
    return show(request, "pro/suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def suggestion_new(request: HttpRequest) -> HttpResponse:
    """Write a suggestion."""
    libraries = must_write(request)
    form = SuggestionForm(libraries, request.POST if request.method == "POST" else None)
    if form.is_valid() and _suggest(request, form):
        return redirect("pro:suggestions")
    return show(request, "pro/suggestion_new.html", {"form": form}, status=400 if form.errors else 200)


def _suggest(request: HttpRequest, form: SuggestionForm) -> bool:
    values = {name: value for name, value in form.cleaned_data.items() if name != "library"}
    with refusals_on(form):
        row = suggest(form.library_chosen, acting_user=workspace_of(request).user, suggestion=Suggestion(**values))
        told = _("Merci ! « %(title)s » est suggéré : la réponse arrivera par mail et s’affichera ici.")
        messages.success(request, told % {"title": row.title})
        return True
    return False
