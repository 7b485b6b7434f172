"""SUB-12: the parent of a young reader answers by the link of a mail, without an account."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from navette.core.errors import Refusal
from navette.readers.models import ParentalAgreement
from navette.readers.tokens import agreement_of
from navette.subscriptions.actions import agree, ask_parent_again, decline
from navette.subscriptions.actions.parents import AgreementIsOver
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resources, subscription_of
from navette.subscriptions.states import Status
from navette.web.components.refusals import show_refusal
from navette.web.site.readers import reader_page


class ParentForm(forms.Form):
    """Whom the agreement is asked of."""

    parent_name = forms.CharField(
        label=gettext_lazy("Nom du parent ou responsable légal"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parent_email = forms.EmailField(
        label=gettext_lazy("Adresse mail du parent ou responsable légal"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page
def ask_parent_page(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Have the mail sent to the parent again, at an address that may be corrected."""
    agreement = ParentalAgreement.objects.filter(reader=subscription.reader).first()
    if agreement is None or subscription.status != Status.UNCONFIRMED:
        return redirect("site:account")
    initial = {"parent_name": agreement.parent_name, "parent_email": agreement.parent_email}
    form = ParentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            ask_parent_again(subscription, acting_user=subscription.reader.user, **form.cleaned_data)
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(
                request, _("Le mail est reparti à %(email)s.") % {"email": form.cleaned_data["parent_email"]}
            )
            return redirect("site:account")
    return render(request, "site/ask_parent.html", {"form": form})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def parental_agreement(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is asked for a child, and take the answer; nothing changes before a button is pressed."""
    agreement = agreement_of(token)
    subscription = subscription_of(agreement.reader.user) if agreement else None
    if agreement is None or subscription is None:
        return _over(request)
    if request.method == "POST":
        return _answer(request, token)
    shown = {"agreement": agreement, "subscription": subscription, "resources": asked_resources(subscription)}
    return render(request, "site/parental_agreement.html", shown)


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    """Do what the button says; a second click finds it done."""
    try:
        if request.POST.get("reponse") == "accord":
            agree(token)
        elif request.POST.get("reponse") == "refus":
            decline(token)
            messages.success(request, _("C’est refusé : la demande et le compte sont effacés."))
            return redirect("site:home")
    except AgreementIsOver:
        return _over(request)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("site:parental_agreement", token)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "site/parental_over.html", status=404)
