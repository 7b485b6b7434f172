"""« Sécurité du compte » (AUTH-04): the second factors of one's own account, whatever its kind."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from navette.accounts import passkeys
from navette.accounts.actions import check_own_password
from navette.accounts.factors import Factors, factors_of, name_of, unused_codes
from navette.accounts.models import Kind, User
from navette.accounts.second_factor import (
    LONGEST_NAME,
    Enrolment,
    add_application,
    add_passkey,
    propose_application,
    remove_factor,
    renew_recovery_codes,
)
from navette.core import clock
from navette.core.errors import Invalid, Refusal
from navette.portal.queries import current_portal
from navette.web.components.passwords import PasswordField
from navette.web.gate import ask_to_log_in, mark_passed
from navette.web.site.second_factor import BrowserAnswer

View = Callable[..., HttpResponse]
BASES = {Kind.READER: "site/base.html", Kind.STAFF: "console/base.html"}
BLAMED = {"old": "password", "code": "code", "name": "name"}  # a refusal's field: the form's
SHOWS_CODES = "shows_recovery_codes"  # in the session: until when
SHOWN_FOR = 10 * 60  # seconds


class PasswordForm(forms.Form):
    """The password again: a session left open must not change how one logs in."""

    password = PasswordField(gettext_lazy("Votre mot de passe"), "current-password")
    field_order = ["code", "name", "password"]

    def __init__(self, *args: Any, asks: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks:
            del self.fields["password"]


class ApplicationForm(PasswordForm):
    """The first code of the application that took the secret in."""

    token = forms.CharField(max_length=1_000, widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code affiché par l’application"),
        help_text=gettext_lazy("Six chiffres, qui changent toutes les trente secondes."),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "control-short"}
        ),
    )


class PasskeyForm(PasswordForm):
    """A passkey's name, and what the browser answers."""

    name = forms.CharField(
        label=gettext_lazy("Nom de la clé"),
        help_text=gettext_lazy("Pour la reconnaître : « Téléphone », « Clé bleue »…"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = BrowserAnswer(label=gettext_lazy("Clé d’accès"))


def owner(view: View) -> View:
    """Let in whoever is logged in; these pages are never kept by a cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not isinstance(request.user, User):
            return ask_to_log_in(request, "site:security")
        return view(request, *args, **kwargs)

    return never_cache(guarded)


@require_GET
@owner
def security(request: HttpRequest) -> HttpResponse:
    """Show what the account has. Coming back here ends the showing of recovery codes."""
    request.session.pop(SHOWS_CODES, None)
    return _show(request, "site/security.html", {})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@owner
def application(request: HttpRequest) -> HttpResponse:
    """Show a secret to take into an application, and add it once its first code is right."""
    user, have = _owner(request), _have(request)
    if have.application:
        return redirect("site:security")
    form = ApplicationForm(request.POST if request.method == "POST" else None, asks=_asks(user, have))
    if form.is_valid() and _done(request, form, lambda data: _add_application(user, data)):
        return _added(request, have, _("L’application est ajoutée."))
    shown = _proposed(user, form)
    return _show(request, "site/security_application.html", {"form": form, "enrolment": shown})


def _add_application(user: User, data: dict[str, Any]) -> Any:
    return add_application(user, acting_user=user, token=data["token"], code=data["code"])


def _proposed(user: User, form: forms.Form) -> Enrolment:
    """Return the secret that the form carries; a new one where it carries none that is good."""
    try:
        return propose_application(user, form.data.get("token", ""))
    except Refusal:
        return propose_application(user)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@owner
def passkey(request: HttpRequest) -> HttpResponse:
    """Have the browser make a passkey, and add it."""
    user, have = _owner(request), _have(request)
    form = PasskeyForm(request.POST if request.method == "POST" else None, asks=_asks(user, have))
    if form.is_valid() and _done(request, form, lambda data: _add_passkey(request, user, data)):
        return _added(request, have, _("La clé d’accès est ajoutée."))
    options = json.dumps(passkeys.ask_to_create(user, request.session))
    return _show(request, "site/security_passkey.html", {"form": form, "options": options})


def _add_passkey(request: HttpRequest, user: User, data: dict[str, Any]) -> Any:
    name, credential = data["name"], data["credential"]
    return add_passkey(user, acting_user=user, name=name, credential=credential, session=request.session)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@owner
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the password, then take a factor away."""
    user, have = _owner(request), _have(request)
    factor = next((row for row in [have.application, *have.passkeys] if row and row.pk == pk), None)
    if factor is None:
        raise Http404
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(request, form, lambda data: remove_factor(user, acting_user=user, factor_id=pk)):
        _mark_again(request, user)
        messages.success(request, _("C’est retiré."))
        return redirect("site:security")
    return _show(request, "site/security_remove.html", {"form": form, "factor": factor, "name": name_of(factor)})


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@owner
def codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes once, when they are new; otherwise offer to make new ones."""
    user, have = _owner(request), _have(request)
    if not have.any:
        return redirect("site:security")
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _done(request, form, lambda data: renew_recovery_codes(user, acting_user=user)):
        _mark_again(request, user)
        _show_codes(request)
        return redirect("site:security_codes")
    shown = unused_codes(have.codes) if _shows_codes(request) and have.codes else []
    return _show(request, "site/security_codes.html", {"form": form, "codes": shown})


@require_GET
@owner
def codes_file(request: HttpRequest) -> HttpResponse:
    """Give the recovery codes as a text file, while they are shown."""
    have = _have(request)
    if not _shows_codes(request) or not have.codes:
        raise Http404
    head = _("Codes de secours du compte « %(name)s » pour %(portal)s. Chacun sert une fois.")
    words = head % {"name": _owner(request).name, "portal": current_portal().name}
    text = "\r\n".join([words, "", *unused_codes(have.codes), ""])
    answer = HttpResponse(text, content_type="text/plain; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
    return answer


# ---- pieces
def _owner(request: HttpRequest) -> User:
    return cast("User", request.user)


def _have(request: HttpRequest) -> Factors:
    return factors_of(_owner(request))


def _asks(user: User, have: Factors) -> bool:
    """Say whether a change asks for the password: not of staff led here by the login that they have just done."""
    return have.any or not user.is_staff


def _done(request: HttpRequest, form: forms.Form, action: Callable[[dict[str, Any]], Any]) -> bool:
    """Do `action` once the password is right; where it is refused, say why in the form."""
    try:
        if "password" in form.fields:
            check_own_password(_owner(request), form.cleaned_data["password"])
        made = action(form.cleaned_data)
    except Refusal as refusal:
        field = BLAMED.get(refusal.field or "") if isinstance(refusal, Invalid) else None
        form.add_error(field if field in form.fields else None, refusal.message)
        return False
    if hasattr(made, "wrap"):
        mark_passed(request, made)
    return True


def _added(request: HttpRequest, before: Factors, words: str) -> HttpResponse:
    """Lead on after adding a factor: to the recovery codes that came with the first one."""
    messages.success(request, words)
    if before.codes:
        return redirect("site:security")
    _show_codes(request)
    return redirect("site:security_codes")


def _mark_again(request: HttpRequest, user: User) -> None:
    """Have this session stand on a factor that remains, where the one it came in by may be gone."""
    have = factors_of(user)
    left = have.application or next(iter(have.passkeys), None)
    if left:
        mark_passed(request, left)


def _show_codes(request: HttpRequest) -> None:
    request.session[SHOWS_CODES] = int(clock.now().timestamp()) + SHOWN_FOR


def _shows_codes(request: HttpRequest) -> bool:
    return bool(request.session.get(SHOWS_CODES, 0) > clock.now().timestamp())


def _show(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Answer with a page in the look of the person's own space."""
    user, have = _owner(request), _have(request)
    form = context.get("form")
    whole = {
        "base": BASES.get(Kind(user.kind), "pro/base.html"),
        "button": "btn-pro" if user.is_professional else "btn-primary",
        "have": have,
        "named_passkeys": [(row, name_of(row)) for row in have.passkeys],
        "must_enrol": user.is_staff and not have.any,
        "may_remove": not user.is_staff or have.count > 1,
    }
    return render(request, template, whole | context, status=400 if form is not None and form.errors else 200)
