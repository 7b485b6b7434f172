"""Registering somebody of one's household: the same mail address, an account and a subscription of their own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from navette.accounts import throttle
from navette.accounts.models import User
from navette.core.errors import Refusal
from navette.core.french import library_called, of_name
from navette.portal.queries import current_portal
from navette.subscriptions.actions import Registration, register_household
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import full_resource_ids
from navette.web.components.refusals import show_refusal
from navette.web.site.people import NewReaderForm
from navette.web.site.readers import reader_page
from navette.web.site.registration import AN_HOUR, REQUESTS_AN_HOUR

FIELDS = ("first_name", "last_name", "birth_date", "library", "resources", "parent_name", "parent_email")


class HouseholdForm(NewReaderForm):
    """Everything that a request needs of somebody whose mail address is known."""

    terms = forms.BooleanField(
        label=gettext_lazy("J’ai lu et j’accepte les conditions générales d’utilisation du site"),
        error_messages={"required": gettext_lazy("Cochez la case pour accepter les conditions et enregistrer.")},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Son mot de passe")
        self.email = email

    def _judge_password(self, data: dict[str, Any]) -> None:
        super()._judge_password(data | {"email": self.email})


@sensitive_post_parameters("password", "password_again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def household(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Register somebody of the household; where readers don't register themselves, their library does it."""
    user = subscription.reader.user
    if not current_portal().readers_register_themselves:
        return render(request, "site/register_closed.html")
    form = HouseholdForm(request.POST or None, email=user.email, initial={"library": subscription.library_id})
    if request.method == "POST" and form.is_valid():
        try:
            made = _register(request, form, user)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _told(made))
            return redirect("site:account")
    shown = {"form": form, "subscription": subscription, "full": full_resource_ids()}
    return render(request, "site/household.html", shown)


def _register(request: HttpRequest, form: HouseholdForm, user: User) -> Subscription:
    throttle.brake("register", throttle.address_of(request), limit=REQUESTS_AN_HOUR, per=AN_HOUR)
    data = form.cleaned_data
    asked = Registration(
        email=user.email, password_hash=make_password(data["password"]), **{name: data[name] for name in FIELDS}
    )
    return register_household(request=asked, acting_user=user)


def _told(made: Subscription) -> str:
    if made.waits:
        words = _("La demande %(of_name)s est transmise à la %(library)s.")
    else:
        words = _("La demande %(of_name)s attend l’accord d’un parent, à qui un mail vient d’être envoyé.")
    return words % {"of_name": of_name(made.reader.first_name), "library": library_called(made.library.name)}
