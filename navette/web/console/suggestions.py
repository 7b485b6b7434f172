"""The libraries' purchase suggestions, and the staff's answers (L9)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core.errors import Invalid
from navette.core.french import library_called
from navette.editorial.actions import answer
from navette.editorial.models import PurchaseSuggestion, SuggestionState
from navette.editorial.queries import suggestions_to_answer
from navette.editorial.states import answers_to
from navette.web.components.lists import StateFilter, page_of
from navette.web.components.refusals import refusals_told, show_refusal
from navette.web.console.access import staff_with, user_of


class AnswerForm(forms.Form):
    """The answer to a suggestion seen in the state `seen`."""

    seen = forms.ChoiceField(choices=SuggestionState.choices, widget=forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("Décision"), widget=forms.RadioSelect)
    answer = forms.CharField(
        label=gettext_lazy("Réponse à la bibliothèque"),
        max_length=1_000,
        help_text=gettext_lazy("Elle est envoyée par mail telle quelle, et s’affiche dans « Mes suggestions »."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, suggestion: PurchaseSuggestion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"seen": suggestion.state}} | kwargs)
        states = [(row.value, row.label) for row in answers_to(suggestion.state)]
        self.fields["state"].choices = states  # type: ignore[attr-defined]


@require_safe
@staff_with("editorial.moderate")
def suggestions(request: HttpRequest) -> HttpResponse:
    """List the suggestions, the latest first; at first those to answer."""
    form = StateFilter(request, SuggestionState.choices, at_first=SuggestionState.RECEIVED)
    page = page_of(form.narrow(suggestions_to_answer(user_of(request))), request)
    return render(request, "console/suggestions.html", {"form": form, "page": page, "state": form.state})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("editorial.moderate")
def suggestion(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a suggestion, and take the answer to it."""
    row = get_object_or_404(suggestions_to_answer(user_of(request)), pk=pk)
    form = AnswerForm(row, request.POST if request.method == "POST" else None)
    seen = request.POST.get("seen")
    if request.method == "POST" and seen in SuggestionState.values and seen != row.state:
        told = _("Quelqu’un a déjà répondu : l’état est maintenant « %(state)s ».")
        messages.warning(request, told % {"state": row.get_state_display()})
        return redirect("console:suggestion", row.pk)
    if form.is_valid() and _answer(request, row, form):
        return redirect("console:suggestions")
    context = {"suggestion": row, "form": form, "may_answer": bool(answers_to(row.state))}
    return render(request, "console/suggestion.html", context, status=400 if form.errors else 200)


def _answer(request: HttpRequest, row: PurchaseSuggestion, form: AnswerForm) -> bool:
    """Answer as the form says; say whether the page is done with."""
    data = form.cleaned_data
    with refusals_told(request):
        try:
            answer(row, acting_user=user_of(request), state=data["state"], answer=data["answer"])
        except Invalid as refusal:
            show_refusal(form, refusal)
            return False
        told = _("La réponse part à la %(library)s.")
        messages.success(request, told % {"library": library_called(row.library.name)})
    return True
