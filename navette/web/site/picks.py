"""« Coups de cœur »: what the network's libraries recommend (L9, E7)."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from navette.editorial.models import WorkKind
from navette.editorial.queries import published_picks
from navette.web.components.lists import page_of

PICKS_A_PAGE = 12
MORE = 3  # of the same library, under a pick


class PickFilter(forms.Form):
    """Narrows the picks to a kind of work."""

    type = forms.ChoiceField(
        label=_("Type"), required=False, choices=[("", _("Tous")), *WorkKind.choices], widget=forms.RadioSelect
    )


@require_safe
def picks(request: HttpRequest) -> HttpResponse:
    """List the published picks, the latest first."""
    form = PickFilter(request.GET if "type" in request.GET else {"type": ""})
    kind = form.cleaned_data["type"] if form.is_valid() else ""
    found = published_picks()
    page = page_of(found.filter(kind=kind) if kind else found, request, PICKS_A_PAGE)
    return render(request, "site/picks.html", {"form": form, "kind": kind, "page": page})


@require_safe
def pick(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one published pick, and others of its library."""
    row = get_object_or_404(published_picks(), pk=pk)
    context: dict[str, Any] = {
        "pick": row,
        "others": published_picks().filter(library=row.library).exclude(pk=pk)[:MORE],
    }
    return render(request, "site/pick.html", context)
