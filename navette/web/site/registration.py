"""R1: a reader asks for access. One form; the site's terms in a dialog, or in a second step without JavaScript."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts import throttle
from navette.accounts.passwords import check_new_password
from navette.core.actors import VISITOR
from navette.core.errors import Refusal
from navette.core.text import fold_identifier
from navette.mail.outbox import filled_body
from navette.portal.queries import current_portal, site_terms_in_force
from navette.subscriptions.actions import Registration, register
from navette.subscriptions.mails import request_values
from navette.web.site.people import PersonForm, explain_password, library_field, offer_libraries, show_refusal

KEPT = "registration"  # what waits for the terms to be accepted, password hashed
SHOWN = "registered"  # what the page after it shows


class RegistrationForm(PersonForm):
    """Everything a request for access needs."""

    email = forms.EmailField(
        label=_("Adresse mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    email_again = forms.EmailField(
        label=_("Confirmation de l’adresse mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Votre mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Confirmation du mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    library = library_field()

    field_order = [
        "last_name",
        "first_name",
        "email",
        "email_again",
        "birth_date",
        "password",
        "password_again",
        "library",
        "resources",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_libraries(self.fields["library"])
        explain_password(self.fields["password"])

    def clean(self) -> dict[str, Any]:
        """Compare what was typed twice, and judge the password knowing the person."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        mails = data.get("email"), data.get("email_again")
        if all(mails) and fold_identifier(str(mails[0])) != fold_identifier(str(mails[1])):
            self.add_error("email_again", _("Les deux adresses mail ne sont pas les mêmes."))
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("Les deux mots de passe ne sont pas les mêmes."))
        if data.get("password"):
            self._judge_password(data)
        return data

    def _judge_password(self, data: dict[str, Any]) -> None:
        known = [data.get(name, "") for name in ("first_name", "last_name", "email")]
        try:
            check_new_password(data["password"], words=[*known, str(data.get("library") or "")])
        except ValidationError as error:
            self.add_error("password", error)


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_page(request: HttpRequest) -> HttpResponse:
    """Show the form; take it: with the terms accepted in the dialog it is the request, else the terms come next."""
    if not current_portal().readers_register_themselves:
        return render(request, "site/register_closed.html")
    if request.user.is_authenticated:
        return redirect("site:account")
    if request.method != "POST":
        return _show_form(request, RegistrationForm(initial=_kept_values(request)))
    form = RegistrationForm(request.POST)
    if not form.is_valid():
        return _show_form(request, form)
    request.session[KEPT] = _to_keep(form)
    return _submit(request) if request.POST.get("terms") == "accepted" else redirect("site:register_terms")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms_step(request: HttpRequest) -> HttpResponse:
    """Without JavaScript, the second step: accept the site's terms, or go back with everything still filled in."""
    if KEPT not in request.session:
        return redirect("site:register")
    if request.method == "POST":
        return _submit(request)
    return render(request, "site/register_terms.html", {"terms": site_terms_in_force()})


@never_cache
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """Show the request that has just been made, read-only, with the confirmation that is also mailed."""
    shown = request.session.get(SHOWN)
    return render(request, "site/registered.html", {"shown": shown}) if shown else redirect("site:register")


def _show_form(request: HttpRequest, form: RegistrationForm, refused: RegistrationForm | None = None) -> HttpResponse:
    """Show `form` with its errors, or with those of the form that was `refused` at the second step."""
    # 200 even with errors: a browser then keeps the form's address for going back and forth.
    return render(request, "site/register.html", {"form": form, "refused": refused or form})


def _to_keep(form: RegistrationForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "first_name": data["first_name"],
        "last_name": data["last_name"],
        "email": data["email"],
        "birth_date": data["birth_date"].strftime("%d/%m/%Y"),
        "library": data["library"].pk,
        "resources": [resource.pk for resource in data["resources"]],
        "password_hash": make_password(data["password"]),
    }


def _kept_values(request: HttpRequest) -> dict[str, Any]:
    kept = dict(request.session.get(KEPT, {}))
    kept.pop("password_hash", None)
    return kept | {"email_again": kept.get("email")}


def _submit(request: HttpRequest) -> HttpResponse:
    """Make the request from what was kept, checked once more as the world may have changed since."""
    kept = request.session[KEPT]
    form = RegistrationForm(kept | {"email_again": kept["email"]})
    for name in ("password", "password_again"):
        del form.fields[name]
    if form.is_valid():
        try:
            throttle.brake("register", throttle.address_of(request), limit=30, per=dt.timedelta(hours=1))
            return _registered(request, form, kept["password_hash"])
        except Refusal as refusal:
            show_refusal(form, refusal)
    fresh = RegistrationForm(initial=_kept_values(request))
    del request.session[KEPT]
    return _show_form(request, fresh, refused=form)


def _registered(request: HttpRequest, form: RegistrationForm, password_hash: str) -> HttpResponse:
    data = form.cleaned_data
    fields = ("first_name", "last_name", "email", "birth_date", "library", "resources")
    asked = Registration(password_hash=password_hash, **{name: data[name] for name in fields})
    register(request=asked, acting_user=VISITOR)
    del request.session[KEPT]
    # The same page for an address that has an account already: nobody learns from it who is registered.
    request.session[SHOWN] = {
        "first_name": asked.first_name,
        "last_name": asked.last_name,
        "email": asked.email,
        "birth_date": asked.birth_date.strftime("%d/%m/%Y"),
        "library": asked.library.name,
        "resources": [resource.name for resource in asked.resources],
        "message": filled_body("request_received", request_values(asked.first_name, asked.last_name, asked.library)),
    }
    return redirect("site:registered")
