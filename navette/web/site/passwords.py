"""R3, AUTH-05, SUB-13: recovering a password by mail, choosing one from the link, confirming one's address."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from navette.accounts import throttle
from navette.accounts.actions import (
    choose_password,
    confirm_email,
    renew_link,
    request_password_reset,
    user_of_late_link,
    user_of_link,
)
from navette.accounts.errors import LinkIsOver, SharedAccount, UnknownIdentifier
from navette.accounts.models import User
from navette.accounts.passwords import check_new_password
from navette.accounts.tokens import user_of_confirmation
from navette.core.errors import Invalid, Refusal
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.web.components.passwords import PasswordField, explain_password
from navette.web.site.halfway import home_of
from navette.web.site.wording import sentences

RENEW = "renouveler"  # the button by which the owner of a link whose hour is over asks for another


class ForgottenForm(forms.Form):
    """The mail of the account whose password is forgotten."""

    email = forms.EmailField(
        label=gettext_lazy("Mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class ChooseForm(forms.Form):
    """A new password, twice."""

    new = PasswordField(gettext_lazy("Nouveau mot de passe"), "new-password")
    again = PasswordField(gettext_lazy("Confirmation du nouveau mot de passe"), "new-password")

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user
        explain_password(self.fields["new"])

    def clean(self) -> dict[str, Any]:
        """Compare both, and judge the password knowing the person."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("Les deux mots de passe ne sont pas les mêmes."))
        if data.get("new"):
            try:
                check_new_password(data["new"], self.user)
            except ValidationError as fault:
                self.add_error("new", fault)
        return data


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for the mail, and send the link there."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            request_password_reset(form.cleaned_data["email"], address=throttle.address_of(request))
        except Refusal as refusal:
            form.add_error("email", _why_no_link(refusal, current_portal()))
            status = refusal.status if isinstance(refusal, throttle.TooManyAttempts) else 200
        else:
            messages.success(request, _("Des instructions ont été envoyées à votre adresse de courriel"))
            return redirect("site:password_forgotten")
    return render(request, "site/password_forgotten.html", {"form": form}, status=status)


def _why_no_link(refusal: Refusal, portal: Portal) -> str | SafeString:
    if isinstance(refusal, SharedAccount):
        words = _("Appelez le %(phone)s ou écrivez à %(email)s.")
        return f"{refusal.message} {words % {'phone': portal.contact_phone, 'email': portal.contact_email}}"
    if not isinstance(refusal, UnknownIdentifier):
        return refusal.message
    if not portal.readers_register_themselves:
        return sentences(refusal.message, _("Adressez-vous à votre bibliothèque."))
    words = _("Vous pouvez vous inscrire avec le formulaire d’inscription.")
    return sentences(refusal.message, (words, reverse("site:register")))


@sensitive_variables("token")
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password_choose(request: HttpRequest, uidb64: str, token: str) -> HttpResponse:
    """Choose a password from a mailed link, which then is used up; a click brings another where its hour is over."""
    if request.method == "POST" and RENEW in request.POST:
        return _secret(_renewed(request, uidb64, token))
    try:
        form = ChooseForm(user_of_link(uidb64, token), request.POST if request.method == "POST" else None)
        if form.is_valid():
            choose_password(uidb64, token, form.cleaned_data["new"])
            messages.success(request, _("Votre mot de passe est enregistré. Vous pouvez vous connecter."))
            return _secret(redirect("site:login"))
    except LinkIsOver as refusal:
        return _secret(_link_is_over(request, uidb64, token, refusal))
    except Invalid as refusal:
        form.add_error("new", refusal.message)
    return _secret(render(request, "site/password_choose.html", {"form": form}))


@sensitive_variables("token")
def _link_is_over(request: HttpRequest, uid: str, token: str, refusal: Refusal) -> HttpResponse:
    can_renew = isinstance(refusal, LinkIsOver) and user_of_late_link(uid, token) is not None
    context = {"refusal": refusal, "can_renew": can_renew, "renew_name": RENEW}
    return render(request, "site/password_link_over.html", context, status=refusal.status)


@sensitive_variables("token")
def _renewed(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Mail a new link in the place of one whose hour is over."""
    try:
        renew_link(uid, token)
    except Refusal as refusal:
        return _link_is_over(request, uid, token, refusal)
    messages.success(request, _("Un nouveau lien vient de partir à votre adresse mail. Il sert pendant une heure."))
    return redirect("site:login")


@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button; pressing it confirms the address. Programs that open links in mails confirm nothing."""
    user = user_of_confirmation(token)
    if user and request.method != "POST":
        return _secret(render(request, "site/confirm_email.html", {"account": user}))
    try:
        confirm_email(token)
    except LinkIsOver as refusal:
        return _secret(render(request, "site/confirm_email_over.html", {"refusal": refusal}, status=refusal.status))
    messages.success(request, _("Votre adresse mail est confirmée."))
    return _secret(redirect(home_of(request.user) if isinstance(request.user, User) else "site:login"))


def _secret(answer: HttpResponse) -> HttpResponse:
    """Keep the address of a page that holds a token out of caches and of other sites."""
    add_never_cache_headers(answer)
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer
