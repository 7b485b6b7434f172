"""Opening a resource from the portal (R4): straight to the vendor, or a page that says why not and what to do."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.opening import open_resource
from navette.signon.sessions import mark_of
from navette.subscriptions.queries import subscription_of
from navette.web.site.readers import ask_terms

# Where each reason leads to: the page's name and the words of its link.
NEXT: dict[type[errors.Stopped], tuple[str, str | Promise]] = {
    errors.NotAReader: ("site:resources", _("Voir les ressources numériques")),
    errors.NoSubscription: ("site:help", _("Comment s’inscrire")),
    errors.ResourceClosed: ("site:resources", _("Voir les autres ressources")),
    errors.ParentAwaited: ("site:account", _("Voir mon compte")),
    errors.Waiting: ("site:account", _("Voir où en est ma demande")),
    errors.RenewalWaiting: ("site:account", _("Voir où en est ma demande")),
    errors.Refused: ("site:account", _("Faire une nouvelle demande")),
    errors.Expired: ("site:account", _("Demander le renouvellement")),
    errors.AddressNotConfirmed: ("site:account", _("Voir mon compte")),
    errors.NotAskedFor: ("site:account_edit", _("Ajouter cette ressource")),
    errors.GrantWaiting: ("site:account", _("Voir mes ressources")),
    errors.SeatAwaited: ("site:account", _("Voir mes ressources")),
    errors.GrantRefused: ("site:account", _("Voir mes ressources")),
    errors.VendorFailed: ("site:resources", _("Voir les ressources numériques")),
}


@never_cache
@require_GET
def open_vendor(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead the reader to the vendor of the resource `slug`; whoever is not logged in logs in first and comes back."""
    resource = get_object_or_404(DigitalResource, slug=slug)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('site:login')}?{urlencode({'suite': request.path})}")
    subscription = subscription_of(request.user)
    asked = ask_terms(request, subscription) if subscription else None
    if asked:
        return asked
    try:
        departure = open_resource(request.user, resource, session=mark_of(request.session.session_key))
    except errors.Stopped as reason:
        return _stopped(request, resource, reason)
    return HttpResponseRedirect(departure.address)


def _stopped(request: HttpRequest, resource: DigitalResource, reason: errors.Stopped) -> HttpResponse:
    page, words = NEXT[type(reason)]
    context = {"resource": resource, "message": reason.message, "next_url": reverse(page), "next_words": words}
    return render(request, "site/opening_stopped.html", context, status=reason.status)
