"""R3, R7, L1: logging in by one of the page's three blocks, and logging out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from navette.accounts.backends import who_may_come_in
from navette.accounts.models import Kind, User
from navette.accounts.queries import IDENTIFIER_LENGTH, READER_KINDS, find_account, professional_kinds
from navette.accounts.throttle import TooManyAttempts
from navette.portal.models import Portal, ProIdentifier
from navette.portal.queries import current_portal
from navette.web import vendor_sessions
from navette.web.components.passwords import PasswordField
from navette.web.gate import AGAIN, NEXT
from navette.web.middleware import IS_OVER
from navette.web.site.halfway import destination, lead_in
from navette.web.site.wording import sentences

LONGEST_ADDRESS = 2_000  # characters of a page to go back to
IDENTIFIER_LABELS = {
    ProIdentifier.COMMUNE: (
        gettext_lazy("Nom de la commune"),
        gettext_lazy("Ou l’adresse mail, pour un compte individuel."),
    ),
    ProIdentifier.INDIVIDUAL: (gettext_lazy("Mail"), gettext_lazy("Celui de votre compte individuel.")),
    ProIdentifier.EITHER: (
        gettext_lazy("Identifiant"),
        gettext_lazy("L’adresse mail de votre compte individuel, ou l’identifiant de la bibliothèque."),
    ),
    ProIdentifier.CARD: (
        gettext_lazy("Numéro de carte de prêt"),
        gettext_lazy("Ou l’adresse mail, pour un compte individuel."),
    ),
}


class LoginForm(forms.Form):
    """An identifier and a password. Whatever is wrong, « Nom d'utilisateur » is what the list of errors names."""

    identifier = forms.CharField(
        label=gettext_lazy("Mail"),
        max_length=IDENTIFIER_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = PasswordField(gettext_lazy("Mot de passe"), "current-password")
    block = "abonne"
    wait: int | None = None  # seconds, where one must wait before trying again

    def __init__(self, portal: Portal, data: Any = None) -> None:
        super().__init__(data, prefix=self.block)
        self.portal = portal
        self.fields["identifier"].error_label = _("Nom d'utilisateur")  # type: ignore[attr-defined]

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the kinds of account that this block lets in."""
        return READER_KINDS

    def who(self, request: HttpRequest) -> list[User]:
        """Return whom identifier and password name, several in a household; if nobody, the form says why."""
        if not self.is_valid():
            return []
        try:
            found = who_may_come_in(request, kinds=self.kinds, **self.cleaned_data)
        except TooManyAttempts as refusal:
            self.wait = refusal.seconds
            self.add_error("identifier", refusal.message)
            return []
        if not found:
            self.add_error("identifier", self.wrong())
        return found

    def wrong(self) -> SafeString:
        """Return what a person reads whose identifier or password is not right, with the ways out as links."""
        registers = self.portal.readers_register_themselves
        here = (_("Vous pouvez aussi vous inscrire."), reverse("site:register")) if registers else None
        if self.portal.tells_unknown_mail and not find_account(self.cleaned_data["identifier"], self.kinds):
            return sentences(_("Votre identifiant est inconnu."), here or _("Adressez-vous à votre bibliothèque."))
        forgotten = (_("Avez-vous oublié votre mot de passe ?"), reverse("site:password_forgotten"))
        return sentences(_("Vos identifiants sont erronés."), forgotten, here)


class ProfessionalForm(LoginForm):
    """The orange block: a library's shared account, a librarian's or a member of the staff's own one."""

    block = "pro"

    def __init__(self, portal: Portal, data: Any = None) -> None:
        super().__init__(portal, data)
        label, help_text = IDENTIFIER_LABELS[ProIdentifier(portal.pro_identifier)]
        self.fields["identifier"].label, self.fields["identifier"].help_text = label, help_text

    @property
    def kinds(self) -> frozenset[Kind]:
        """Return the kinds of account that this block lets in."""
        return professional_kinds(self.portal)

    def wrong(self) -> SafeString:
        """Return what a professional reads; how to recover the password stands beneath the button."""
        return sentences(_("Vos identifiants sont erronés."), _("Avez-vous oublié votre mot de passe ?"))


BLOCKS = {form.block: form for form in (LoginForm, ProfessionalForm)}


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login_page(request: HttpRequest) -> HttpResponse:
    """Show the three blocks; let in whom one of them knows, and lead them where they were going."""
    if isinstance(request.user, User) and not _again(request):
        return HttpResponseRedirect(destination(request.user, _next_page(request)))
    forms_shown = _forms(request)
    tried = forms_shown.get(request.POST.get("bloc", "")) if request.method == "POST" else None
    found = tried.who(request) if tried else []
    if found:
        return lead_in(request, found, _next_page(request))
    answer = render(request, "site/login.html", _shown(request, forms_shown, tried))
    if tried and tried.wait:
        answer.status_code, answer.headers["Retry-After"] = 429, str(tried.wait)
    return answer


@require_POST
def logout_page(request: HttpRequest) -> HttpResponse:
    """End the session; the vendors opened from it are told by the worker."""
    vendor_sessions.end(request)
    logout(request)
    messages.success(request, _("Vous êtes déconnecté(e)."))
    return redirect("site:home")


def _forms(request: HttpRequest) -> dict[str, LoginForm]:
    portal = current_portal()
    posted = request.POST.get("bloc") if request.method == "POST" else None
    return {name: form(portal, request.POST if name == posted else None) for name, form in BLOCKS.items()}


def _shown(request: HttpRequest, forms_shown: dict[str, LoginForm], tried: LoginForm | None) -> dict[str, Any]:
    portal = current_portal()
    return {
        "reader_form": forms_shown["abonne"],
        "pro_form": forms_shown["pro"],
        "tried": tried,
        "next_page": _next_page(request),
        "again": AGAIN if _again(request) else "",
        "is_over": getattr(request, "session_is_over", False) or IS_OVER in request.GET,
        "has_shared_accounts": Kind.LIBRARY in professional_kinds(portal),
        "demo_accounts": getattr(settings, "DEMO_ACCOUNTS", []) if settings.DEMO else [],
    }


def _again(request: HttpRequest) -> bool:
    """Say whether the password is asked for although somebody is logged in."""
    return AGAIN in request.GET or AGAIN in request.POST


def _next_page(request: HttpRequest) -> str:
    """Return the page of this site that the person was going to, or an empty text."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None, require_https=request.is_secure())
    plain = asked.startswith("/") and asked.isprintable() and len(asked) <= LONGEST_ADDRESS
    return asked if ours and plain else ""
