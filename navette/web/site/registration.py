"""R1: a reader asks for access. One form; the site's terms in a dialog, or in a second step without JavaScript."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts import throttle
from navette.core.actors import VISITOR
from navette.core.errors import Refusal
from navette.core.text import fold_identifier
from navette.libraries.queries import open_libraries
from navette.mail.outbox import filled_body
from navette.portal.queries import current_portal, site_terms_in_force
from navette.subscriptions.actions import Registration, needs_parent, register
from navette.subscriptions.mails import request_values
from navette.subscriptions.queries import full_resource_ids
from navette.web.components.refusals import show_refusal
from navette.web.site.people import TYPED_DATE, NewReaderForm

FIELDS = (
    "first_name",
    "last_name",
    "email",
    "birth_date",
    "library",
    "resources",
    "parent_name",
    "parent_email",
)
REQUESTS_AN_HOUR, AN_HOUR = 30, dt.timedelta(hours=1)  # from one network address, which a library shares
KEPT = "registration"  # what waits for the terms to be accepted, password hashed
SHOWN = "registered"  # what the page after it shows


class RegistrationForm(NewReaderForm):
    """Everything a request for access needs."""

    email = forms.EmailField(
        label=_("Adresse mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    email_again = forms.EmailField(
        label=_("Confirmation de l’adresse mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Compare the address that was typed twice."""
        data = super().clean()
        mails = data.get("email"), data.get("email_again")
        if all(mails) and fold_identifier(str(mails[0])) != fold_identifier(str(mails[1])):
            self.add_error("email_again", _("Les deux adresses mail ne sont pas les mêmes."))
        return data


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
        initial = _asked_library(request) | _kept_values(request)
        return _show_form(request, RegistrationForm(initial=initial))
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
    shown = {"form": form, "refused": refused or form, "full": full_resource_ids()}
    return render(request, "site/register.html", shown)


def _to_keep(form: RegistrationForm) -> dict[str, Any]:
    data = form.cleaned_data
    return {
        "first_name": data["first_name"],
        "last_name": data["last_name"],
        "email": data["email"],
        "birth_date": data["birth_date"].strftime(TYPED_DATE),
        "parent_name": data["parent_name"],
        "parent_email": data["parent_email"],
        "library": data["library"].pk,
        "resources": [resource.pk for resource in data["resources"]],
        "password_hash": make_password(data["password"]),
    }


def _asked_library(request: HttpRequest) -> dict[str, Any]:
    """Return the open library that the address names by its slug: its own page leads here."""
    slug = request.GET.get("bibliotheque", "")[:120]
    key = open_libraries().filter(slug=slug).values_list("pk", flat=True).first() if slug_re.match(slug) else None
    return {"library": key} if key else {}


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
            throttle.brake("register", throttle.address_of(request), limit=REQUESTS_AN_HOUR, per=AN_HOUR)
            return _registered(request, form, kept["password_hash"])
        except Refusal as refusal:
            show_refusal(form, refusal)
    fresh = RegistrationForm(initial=_kept_values(request))
    del request.session[KEPT]
    return _show_form(request, fresh, refused=form)


def _registered(request: HttpRequest, form: RegistrationForm, password_hash: str) -> HttpResponse:
    data = form.cleaned_data
    asked = Registration(password_hash=password_hash, **{name: data[name] for name in FIELDS})
    register(request=asked, acting_user=VISITOR)
    del request.session[KEPT]
    # The same page for an address that has an account already: nobody learns from it who is registered.
    request.session[SHOWN] = {
        "first_name": asked.first_name,
        "last_name": asked.last_name,
        "email": asked.email,
        "birth_date": asked.birth_date.strftime(TYPED_DATE),
        "library": asked.library.name,
        "resources": [resource.name for resource in asked.resources],
        "message": _message(asked),
    }
    return redirect("site:registered")


def _message(asked: Registration) -> str:
    """Return the confirmation that the page shows, the same as is mailed."""
    portal = current_portal()
    kind = "parent_awaited" if needs_parent(asked.birth_date, portal) else "request_received"
    values = request_values(asked.first_name, asked.last_name, asked.library)
    return filled_body(kind, values | {"age": portal.parental_age})
