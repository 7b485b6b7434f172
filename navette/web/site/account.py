"""R4 to R6: the reader's own account: what it says, what it opens, what may be changed and asked for."""

from collections.abc import Set
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.accounts.actions import ask_confirmation, change_password, check_own_password
from navette.accounts.models import User
from navette.accounts.passwords import check_new_password
from navette.core import clock
from navette.core.errors import Refusal
from navette.core.french import library_called
from navette.portal.queries import current_portal, site_terms_in_force
from navette.readers.models import ParentalAgreement
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import (
    Changes,
    ask_again,
    ask_renewal,
    edit_own,
    is_locked,
    renewal_opens_on,
)
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resource_ids
from navette.web import vendor_sessions
from navette.web.components.passwords import PasswordField, explain_password
from navette.web.components.refusals import show_refusal
from navette.web.site.journey import stops_of
from navette.web.site.own_resources import LineMaker
from navette.web.site.people import (
    TYPED_DATE,
    PersonForm,
    library_field,
    offer_libraries,
)
from navette.web.site.readers import reader_page


class AccountForm(PersonForm):
    """One's own account. Mail and library are in it until the first acceptance."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    library = library_field()
    old_password = PasswordField(gettext_lazy("Ancien mot de passe"), "current-password", required=False)
    new_password = PasswordField(gettext_lazy("Nouveau mot de passe"), "new-password", required=False)
    new_password_again = PasswordField(
        gettext_lazy("Confirmation du nouveau mot de passe"), "new-password", required=False
    )
    terms = forms.BooleanField(
        label=gettext_lazy("J’ai lu et j’accepte les conditions générales d’utilisation du site"),
        error_messages={"required": gettext_lazy("Cochez la case pour accepter les conditions et enregistrer.")},
    )

    def __init__(self, *args: Any, subscription: Subscription, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscription = subscription
        self.choose_from(_offered(asked_resource_ids(subscription)))
        explain_password(self.fields["new_password"])
        if is_locked(subscription):
            del self.fields["email"], self.fields["library"]
        else:
            offer_libraries(self.fields["library"], keep=subscription.library)

    def clean(self) -> dict[str, Any]:
        """Check the three password fields together, where any is filled."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        old, new, again = (data.get(f"{name}") for name in ("old_password", "new_password", "new_password_again"))
        if not (old or new or again):
            return data
        self._check_old(old or "")
        if new != again:
            self.add_error("new_password_again", _("Les deux mots de passe ne sont pas les mêmes."))
        self._judge(new or "")
        return data

    def _check_old(self, password: str) -> None:
        try:
            check_own_password(self.subscription.reader.user, password)
        except Refusal as refusal:
            self.add_error("old_password", refusal.message)

    def _judge(self, password: str) -> None:
        reader = self.subscription.reader
        try:
            check_new_password(password, reader.user, [reader.first_name, reader.last_name])
        except ValidationError as error:
            self.add_error("new_password", error)


@never_cache
@require_safe
@reader_page
def account(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Show the account, read-only, with the resources that open from it."""
    return render(request, "site/account.html", _shown(subscription))


@sensitive_post_parameters("old_password", "new_password", "new_password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def account_edit(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Change the account; saving asks to accept the site's terms."""
    form = AccountForm(request.POST or None, initial=_initial(subscription), subscription=subscription)
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, form, subscription)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Vos modifications sont enregistrées."))
            return redirect("site:account")
    shown = _shown(subscription) | {"form": form, "terms": site_terms_in_force()}
    return render(request, "site/account_edit.html", shown)


@require_POST
@reader_page
def renewal(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Ask the library for the renewal."""
    return _ask(request, subscription, ask_renewal)


@require_POST
@reader_page
def again(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Ask again after a refusal."""
    return _ask(request, subscription, ask_again)


@require_POST
@reader_page
def resend_confirmation(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Mail the link that confirms the reader's address once more (SUB-13)."""
    user = subscription.reader.user
    try:
        ask_confirmation(user, acting_user=user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Le mail est reparti à %(email)s.") % {"email": user.email})
    return redirect("site:account")


def _ask(request: HttpRequest, subscription: Subscription, action: Any) -> HttpResponse:
    try:
        fresh = action(subscription, acting_user=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            _("Votre demande est transmise à la %(library)s.") % {"library": library_called(fresh.library.name)},
        )
    return redirect("site:account")


def _save(request: HttpRequest, form: AccountForm, subscription: Subscription) -> None:
    data = form.cleaned_data
    changes = Changes(
        first_name=data["first_name"],
        last_name=data["last_name"],
        birth_date=data["birth_date"],
        resources=list(data["resources"]),
        email=data.get("email"),
        library=data.get("library"),
    )
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - `reader_page` lets nobody else in
    edit_own(subscription, acting_user=user, changes=changes)
    if data["new_password"]:
        change_password(user, acting_user=user, old=data["old_password"], new=data["new_password"])
        with vendor_sessions.kept(request):
            update_session_auth_hash(request, user)


def _offered(held: Set[int]) -> QuerySet[DigitalResource]:
    """Return the open resources and, so that a closed one is not dropped unseen, those `held` by their ids."""
    offered = DigitalResource.objects.filter(Q(is_open=True) | Q(pk__in=held))
    return offered.order_by("category__position", "category__name", "name")


def _initial(subscription: Subscription) -> dict[str, Any]:
    reader = subscription.reader
    return {
        "first_name": reader.first_name,
        "last_name": reader.last_name,
        "birth_date": reader.birth_date.strftime(TYPED_DATE),
        "email": reader.user.email,
        "library": subscription.library_id,
        "resources": list(asked_resource_ids(subscription)),
    }


def _shown(subscription: Subscription) -> dict[str, Any]:
    """Return what both views of the account show."""
    today = clock.today()
    portal = current_portal()
    maker = LineMaker(subscription, portal)
    opens_on = renewal_opens_on(subscription)
    return {
        "portal": portal,
        "subscription": subscription,
        "status": subscription.current_status.value,
        "stops": stops_of(subscription, portal, today),
        "lines": [maker.line(resource) for resource in _offered(asked_resource_ids(subscription))],
        "full": maker.full,
        "new_terms": maker.new_terms,
        "agreement": ParentalAgreement.objects.filter(reader=subscription.reader).first(),
        "may_ask_renewal": opens_on is not None and opens_on <= today and not subscription.waits,
        "days_left": (subscription.ends_on - today).days if subscription.ends_on else None,
    }
