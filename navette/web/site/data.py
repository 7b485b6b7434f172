"""R9: one's own data, to read and to take away, and closing one's account."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from navette.core import clock
from navette.core.errors import Refusal
from navette.lifecycle.closing import close_own
from navette.lifecycle.takeout import Fact, Gathered, as_json, takeout
from navette.portal.queries import current_portal
from navette.subscriptions.models import Subscription
from navette.web import vendor_sessions
from navette.web.components.passwords import PasswordField
from navette.web.site.readers import reader_page_before_terms

LONG = frozenset({"text", "message", "question", "answers"})  # facts that the page folds up


class CloseForm(forms.Form):
    """The password, typed again before the account goes."""

    password = PasswordField(
        gettext_lazy("Votre mot de passe"),
        "current-password",
        help_text=gettext_lazy("Pour être sûr que c’est bien vous qui le demandez."),
    )


@never_cache
@require_safe
@reader_page_before_terms
def my_data(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Show everything that is kept about the reader."""
    parts = takeout(subscription.reader.user)
    shown = {
        "parts": [_shown(row) for row in parts if row.entries],
        "empty": [row.part.title for row in parts if not row.entries],
        "portal": current_portal(),
    }
    return render(request, "site/my_data.html", shown)


@never_cache
@require_safe
@reader_page_before_terms
def my_data_file(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Send everything that is kept about the reader as a JSON file."""
    data = as_json(takeout(subscription.reader.user))
    answer = JsonResponse(data, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer.headers["Content-Disposition"] = f'attachment; filename="mes-donnees-{clock.today()}.json"'
    return answer


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page_before_terms
def close_account(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Say what closing the account does and, once the password is typed, close it."""
    user, form = subscription.reader.user, CloseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            close_own(user, acting_user=user, password=form.cleaned_data["password"])
        except Refusal as refusal:
            form.add_error("password", refusal.message)
        else:
            return _farewell(request)
    shown = {"form": form, "subscription": subscription, "portal": current_portal(), "user": user}
    return render(request, "site/close_account.html", shown)


def _farewell(request: HttpRequest) -> HttpResponse:
    vendor_sessions.end(request)
    logout(request)
    messages.success(
        request, _("Votre compte est fermé et vos données sont effacées. Un dernier mail vous le confirme.")
    )
    return redirect("site:home")


def _shown(row: Gathered) -> dict[str, Any]:
    """Return a part as the page shows it; a list has the columns of which some entry knows something."""
    known = {fact.key for entry in row.entries for fact in entry if fact.value not in {None, ""}}
    entries = [[_cell(fact) for fact in entry if fact.key in known] for entry in row.entries]
    return {"part": row.part, "entries": entries, "columns": [cell["label"] for cell in entries[0]]}


def _cell(fact: Fact) -> dict[str, Any]:
    return {"label": fact.label, "text": _in_words(fact.value), "is_long": fact.key in LONG}


def _in_words(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return date_format(timezone.localtime(value), _("d/m/Y à H:i"))
    if isinstance(value, dt.date):
        return date_format(value, "d/m/Y")
    return "" if value is None else str(value)
