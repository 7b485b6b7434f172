"""SUB-10: the site's terms in force, to be accepted before anything of one's own is shown or opened."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from navette.accounts.models import User
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import accept_terms
from navette.subscriptions.models import Subscription, TermsAcceptance
from navette.subscriptions.queries import resource_terms_due, site_terms_due
from navette.web.gate import NEXT
from navette.web.site.readers import next_page, reader_page_before_terms


class TermsForm(forms.Form):
    """The box by which a reader accepts."""

    terms = forms.BooleanField(
        label=gettext_lazy("J’ai lu et j’accepte ces conditions"),
        error_messages={"required": gettext_lazy("Cochez la case pour accepter les conditions et continuer.")},
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reader_page_before_terms
def terms_page(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    """Show the terms to accept, then lead on to the page that was asked for."""
    terms = site_terms_due(subscription.reader)
    if terms is None:
        return redirect(next_page(request))
    form = TermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accept_terms(subscription, acting_user=_own(request))
        messages.success(request, _("Merci : c’est enregistré."))
        return redirect(next_page(request))
    shown: dict[str, Any] = {
        "form": form,
        "terms": terms,
        "is_first": not TermsAcceptance.objects.filter(reader=subscription.reader, site_terms__isnull=False).exists(),
        "resources": DigitalResource.objects.filter(pk__in=resource_terms_due(subscription)),
        "next_name": NEXT,
        "next_page": next_page(request),
    }
    return render(request, "site/terms.html", shown)


def _own(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
