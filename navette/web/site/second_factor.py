"""AUTH-04: the pages between a right password and being in: who of a household comes, and the second factor."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from navette.accounts import passkeys, throttle
from navette.accounts.errors import WrongPasskey
from navette.accounts.factors import Factors, factors_of
from navette.accounts.models import User
from navette.accounts.second_factor import use_code, use_passkey, use_recovery_code
from navette.core.errors import Refusal
from navette.readers.models import Reader
from navette.web.components.refusals import show_refusal
from navette.web.site.halfway import UnderWay, destination, lead_in, let_in, start_again, under_way

LONGEST_ANSWER = 20_000  # characters of a browser's answer about a passkey


class BrowserAnswer(forms.CharField):
    """What the browser answers about a passkey, as JSON: `passkeys` judges what it holds."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_ANSWER, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the parsed answer."""
        try:
            return json.loads(super().clean(value))
        except (ValueError, RecursionError) as fault:
            raise forms.ValidationError(str(WrongPasskey())) from fault


class AnswerForm(forms.Form):
    """One way to prove the second factor."""

    way = ""
    wait: int | None = None  # seconds, where one must wait before trying again

    def use(self, request: HttpRequest, user: User) -> Any:
        """Return the factor that the answer proves; raises Refusal."""
        raise NotImplementedError


class CodeForm(AnswerForm):
    """The code that the application shows now."""

    code = forms.CharField(
        label=gettext_lazy("Code à six chiffres"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "control-short", "autofocus": True}
        ),
    )
    way = "application"

    def use(self, request: HttpRequest, user: User) -> Any:
        """Return the factor that the answer proves; raises Refusal."""
        return use_code(user, self.cleaned_data["code"], address=throttle.address_of(request))


class RecoveryForm(AnswerForm):
    """One of the codes put aside."""

    code = forms.CharField(
        label=gettext_lazy("Code de secours"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "control-short"}),
    )
    way = "secours"

    def use(self, request: HttpRequest, user: User) -> Any:
        """Return the factor that the answer proves; raises Refusal."""
        address = throttle.address_of(request)
        return use_recovery_code(user, self.cleaned_data["code"], acting_user=user, address=address)


class PasskeyForm(AnswerForm):
    """What the browser answers about a passkey."""

    credential = BrowserAnswer()
    way = "cle"

    def use(self, request: HttpRequest, user: User) -> Any:
        """Return the factor that the answer proves; raises Refusal."""
        return use_passkey(user, self.cleaned_data["credential"], session=request.session)


WAYS: dict[str, type[AnswerForm]] = {form.way: form for form in (CodeForm, RecoveryForm, PasskeyForm)}


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of the account whose password was right, and let its owner in."""
    coming = under_way(request)
    if isinstance(request.user, User) and coming is None:
        return HttpResponseRedirect(destination(request.user, ""))
    if coming is None or len(coming.users) != 1:
        return start_again(request)
    have = factors_of(coming.users[0])
    if not have.any:  # taken away in the meantime, by a colleague of the staff
        return lead_in(request, coming.users, coming.page)
    tried = WAYS.get(request.POST.get("moyen", "")) if request.method == "POST" else None
    form = tried(request.POST, prefix=tried.way) if tried else None
    answer = _try(request, form, coming) if form and form.is_valid() else None
    return answer or _show(request, coming, have, form)


def _try(request: HttpRequest, form: AnswerForm, coming: UnderWay) -> HttpResponse | None:
    user = coming.users[0]
    try:
        factor = form.use(request, user)
    except Refusal as refusal:
        show_refusal(form, refusal)
        form.wait = refusal.seconds if isinstance(refusal, throttle.TooManyAttempts) else None
        return None
    return let_in(request, user, coming.page, factor)


def _show(request: HttpRequest, coming: UnderWay, have: Factors, tried: AnswerForm | None) -> HttpResponse:
    user = coming.users[0]
    shown = {way: tried if tried and tried.way == way else form(prefix=way) for way, form in WAYS.items()}
    context = {
        "account": user,
        "have": have,
        "tried": tried,
        "code_form": shown["application"],
        "recovery_form": shown["secours"],
        "options": json.dumps(passkeys.ask_to_prove(user, request.session)) if have.passkeys else "",
        "demo_secret": getattr(settings, "DEMO_TOTP_SECRET", "") if settings.DEMO else "",
    }
    wait = tried.wait if tried else None
    answer = render(request, "site/second_factor.html", context, status=429 if wait else 200)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose_person(request: HttpRequest) -> HttpResponse:
    """« Qui vient ? »: the people of a household who share address and password say who is coming."""
    coming = under_way(request)
    if isinstance(request.user, User) and coming is None:
        return HttpResponseRedirect(destination(request.user, ""))
    if coming is None:
        return start_again(request)
    chosen = [user for user in coming.users if str(user.pk) == request.POST.get("personne")]
    if request.method == "POST" and chosen:
        return lead_in(request, chosen, coming.page)
    return render(request, "site/choose_person.html", {"people": _named(coming.users)})


def _named(users: list[User]) -> list[tuple[User, str]]:
    """Return each account with its reader's first name; with the whole name where two share the first one."""
    readers = {row.user_id: row for row in Reader.objects.filter(user__in=users)}
    first = {user.pk: readers[user.pk].first_name if user.pk in readers else user.name for user in users}
    names = list(first.values())
    return [(user, first[user.pk] if names.count(first[user.pk]) == 1 else user.name) for user in users]
