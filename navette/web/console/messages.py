"""« Messages reçus »: the questions asked by the contact forms, and their answers (R8)."""

from typing import Any

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core.errors import Invalid
from navette.libraries.contact import LONGEST_ANSWER, answer, close, reopen
from navette.libraries.models import ContactMessage, MessageState, Theme
from navette.libraries.queries import messages_seen_by
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told, show_refusal
from navette.web.console.access import staff_with, user_of

EVERY = [("", gettext_lazy("- Tout -"))]


class MessageFilter(forms.Form):
    """Narrows the list down; its state stands in the address."""

    theme = forms.ChoiceField(label=gettext_lazy("Thème"), required=False, choices=EVERY + Theme.choices)
    de = forms.ChoiceField(
        label=gettext_lazy("De la part"),
        required=False,
        choices=[*EVERY, ("public", gettext_lazy("du public")), ("pro", gettext_lazy("des professionnels"))],
    )

    def condition(self) -> Q:
        """Return what the rows must meet; an unknown choice narrows nothing."""
        self.is_valid()
        chosen, found = self.cleaned_data, Q()
        if chosen.get("theme"):
            found &= Q(theme=chosen["theme"])
        if chosen.get("de"):
            found &= Q(is_professional=chosen["de"] == "pro")
        return found


class AnswerForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Votre réponse"),
        help_text=gettext_lazy("Elle part par mail, suivie de la question. « Bonjour » et le nom sont déjà écrits."),
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


@require_safe
@staff_with("contact.view")
def messages(request: HttpRequest) -> HttpResponse:
    """List the questions in one state, the newest first; at first those to deal with."""
    asked = request.GET.get("etat", "")
    state = asked if asked in MessageState.values else MessageState.NEW
    seen = messages_seen_by(user_of(request))
    form = MessageFilter(request.GET)
    found = seen.filter(form.condition(), state=state).select_related("library").order_by("-received_at", "-id")
    context = {
        "page": page_of(found, request),
        "form": form,
        "state": state,
        "choices": _choices(dict(seen.order_by().values_list("state").annotate(count=Count("pk"))), state),
    }
    return render(request, "console/messages.html", context)


def _choices(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    return [
        {"value": row.value, "label": row.label, "count": counts.get(row.value, 0), "here": row.value == chosen}
        for row in MessageState
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("contact.view")
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question with its answers; answer it, close it, or put it back."""
    found = get_object_or_404(messages_seen_by(user_of(request)).select_related("library"), pk=pk)
    if request.method != "POST":
        return _page(request, found, AnswerForm())
    if not user_of(request).has_perm("contact.answer"):
        raise PermissionDenied
    if request.POST.get("suite") == "answer":
        return _answer(request, found)
    return _put(request, found)


def _answer(request: HttpRequest, found: ContactMessage) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.is_valid():
        with refusals_told(request):
            try:
                answer(found, acting_user=user_of(request), body=form.cleaned_data["body"])
            except Invalid as refusal:
                show_refusal(form, refusal)
                return _page(request, found, form)
            notices.success(request, _("La réponse part par mail à %(name)s.") % {"name": found.name})
            return redirect("console:messages")
        return redirect("console:message", pk=found.pk)
    return _page(request, found, form)


def _put(request: HttpRequest, found: ContactMessage) -> HttpResponse:
    what = {"close": close, "reopen": reopen}.get(request.POST.get("suite", ""))
    if what is None:
        raise BadRequest
    with refusals_told(request):
        fresh = what(found, acting_user=user_of(request))
        notices.success(request, _("C’est noté : %(state)s.") % {"state": fresh.get_state_display()})
    return redirect("console:message", pk=found.pk)


def _page(request: HttpRequest, found: ContactMessage, form: AnswerForm) -> HttpResponse:
    context = {
        "question": found,
        "answers": found.answers.all(),
        "form": form,
        "may_answer": user_of(request).has_perm("contact.answer"),
    }
    return render(request, "console/message.html", context, status=400 if form.errors else 200)
