"""« Contactez-nous »: a question asked by anybody, or by a professional, answered by mail (R8)."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts import throttle
from navette.accounts.models import User
from navette.core.actors import VISITOR
from navette.core.errors import Refusal
from navette.libraries.contact import FOR_EVERYBODY, FOR_PROFESSIONALS, ask_question
from navette.libraries.models import Library, Theme
from navette.web.components.refusals import show_refusal

HOUR = dt.timedelta(hours=1)
QUESTIONS_AN_HOUR = 12  # from one network address, which a library or a school shares
RECEIPTS_AN_HOUR = 3  # mailed to one address: the form is no way to pester somebody


class QuestionForm(forms.Form):
    """A question to the portal's team. `site_web` is a trap: no person sees it, robots fill it in."""

    themes: tuple[Theme, ...] = FOR_EVERYBODY
    is_professional = False

    name = forms.CharField(label=_("Votre nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Votre adresse mail"),
        help_text=_("La réponse y sera envoyée."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    theme = forms.ChoiceField(label=_("Votre question concerne"))
    body = forms.CharField(
        label=_("Votre message"),
        help_text=_("Dites ce que vous faisiez et ce qui s’est affiché. N’écrivez jamais votre mot de passe."),
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    site_web = forms.CharField(
        label=_("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theme = self.fields["theme"]
        assert isinstance(theme, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        theme.choices = [("", _("- Sélectionner -")), *((row.value, row.label) for row in self.themes)]

    def question(self) -> dict[str, Any]:
        """Return what the action takes."""
        return {key: value for key, value in self.cleaned_data.items() if key != "site_web"} | {
            "is_professional": self.is_professional
        }


class ProfessionalQuestionForm(QuestionForm):
    """The same, from somebody who works in a library of the network."""

    themes = FOR_PROFESSIONALS
    is_professional = True

    library = forms.ModelChoiceField(
        label=_("Votre bibliothèque"),
        help_text=_("Tapez les premières lettres de la commune."),
        queryset=Library.objects.none(),
        empty_label=_("- Sélectionner -"),
        widget=forms.Select(attrs={"data-typeahead": ""}),
    )
    field_order = ["library", "name", "email", "theme", "body"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        library = self.fields["library"]
        assert isinstance(library, forms.ModelChoiceField)  # noqa: S101 - tells mypy what is declared above
        library.queryset = Library.objects.filter(closed_at=None).order_by("name")


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Ask a question as a reader or a passer-by."""
    return _page(request, QuestionForm, "site/contact.html")


@require_http_methods(["GET", "HEAD", "POST"])
def contact_professional(request: HttpRequest) -> HttpResponse:
    """Ask a question as a professional of the network."""
    return _page(request, ProfessionalQuestionForm, "site/contact_pro.html")


@require_safe
def contact_sent(request: HttpRequest) -> HttpResponse:
    """Say that the question has come in, and what happens next."""
    return render(request, "site/contact_sent.html")


def _page(request: HttpRequest, kind: type[QuestionForm], template: str) -> HttpResponse:
    person = request.user if isinstance(request.user, User) else None
    form = kind(request.POST if request.method == "POST" else None, initial=_known(person, kind))
    if request.method == "POST" and form.is_valid():
        try:
            return _send(request, form, person)
        except Refusal as refusal:
            show_refusal(form, refusal)
    return render(request, template, {"form": form}, status=400 if form.errors else 200)


def _send(request: HttpRequest, form: QuestionForm, person: User | None) -> HttpResponse:
    """Write the question down, unless a robot sent it: that one is told the same."""
    if not form.cleaned_data["site_web"]:
        throttle.brake("contact", throttle.address_of(request), QUESTIONS_AN_HOUR, HOUR)
        receipt = throttle.allow("contact-receipt", form.cleaned_data["email"].lower(), RECEIPTS_AN_HOUR, HOUR)
        ask_question(acting_user=person or VISITOR, acknowledge=receipt, **form.question())
    return redirect("site:contact_sent")


def _known(person: User | None, kind: type[QuestionForm]) -> dict[str, Any]:
    """Return what the form begins with: what the account of whoever is logged in says."""
    if person is None:
        return {}
    known: dict[str, Any] = {"name": person.name, "email": person.email}
    if kind.is_professional:
        own = Library.objects.filter(memberships__user=person).order_by("name").first()
        known |= {"library": own, "email": person.email or (own.email if own else "")}
    return known
