"""At the door between the portal and a vendor: who may come to it, how one leaves, and the page that says why not.

The reader's own pages and the doors of the protocols (`web/sso`) share it. What is asked for is answered in this order:

    try:
        reader = reader_at_door(request)
        if isinstance(reader, HttpResponse):
            return reader
        ...
        return leave(request, departure, resource)
    except errors.Stopped as reason:
        return stopped(request, resource, reason)
"""

import datetime as dt
from urllib.parse import urlencode, urlsplit

from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.models import VendorAccess
from navette.signon.opening import reader_of
from navette.signon.trials import Trial
from navette.signon.ways import Departure
from navette.subscriptions.queries import site_terms_due, subscription_of
from navette.web.gate import NEXT as BACK

FROM_FORM = "retour"  # in a door's address: the person was sent to log in, or to the terms, and is back
TRIAL = "signon_trial"  # in the session: which vendor is tried, through whom, until when
TRIAL_LASTS = dt.timedelta(minutes=10)
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


def reader_at_door(request: HttpRequest, *, back: str = "") -> Reader | HttpResponse:
    """Return the reader who asks, or the page that they go to first and come back from: to log in, to accept terms.

    They come back to this page, or to `back`, which says by FROM_FORM that they do.
    Raises NotAReader for a professional's account. Whether the reader may open anything is not asked here.
    """
    if not isinstance(request.user, User):
        return redirect_to_login(back or again(request), redirect_field_name=BACK)
    reader = reader_of(request.user)
    terms = ask_terms(request, reader, back=back or again(request))
    return terms if terms and subscription_of(request.user) else reader


def trial_at_door(request: HttpRequest, access: VendorAccess) -> Trial | None:
    """Return the reader made up through whom a member of the staff tries this very vendor now; None for all others."""
    kept = request.session.get(TRIAL)
    if not kept or not isinstance(request.user, User) or not request.user.has_perm("resources.manage"):
        return None
    pk, trial, until = kept
    return Trial(trial) if pk == access.pk and clock.now().timestamp() < until else None


def begin_trial(request: HttpRequest, access: VendorAccess, trial: Trial) -> None:
    """Let `trial` through the doors in the place of this member of the staff, for this vendor and some minutes."""
    request.session[TRIAL] = [access.pk, trial.value, int((clock.now() + TRIAL_LASTS).timestamp())]


def ask_terms(request: HttpRequest, reader: Reader, *, back: str = "") -> HttpResponse | None:
    """Return the way to the terms that the reader has to accept before going on (SUB-10); None where there are none.

    They come back to this page, or to `back`.
    """
    if site_terms_due(reader) is None:
        return None
    return redirect(f"{reverse('site:terms')}?{urlencode({BACK: back or back_to(request)})}")


def back_to(request: HttpRequest) -> str:
    """Return this page's address, or the account's where it can't be asked for again (POST)."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("site:account")


def again(request: HttpRequest) -> str:
    """Return this door's address, which says that whoever comes back to it comes from one of our forms."""
    address = back_to(request)
    return address if FROM_FORM in request.GET else f"{address}{'&' if '?' in address else '?'}{FROM_FORM}=1"


def leave(request: HttpRequest, departure: Departure, resource: DigitalResource) -> HttpResponse:
    """Return what sends the browser to the vendor: a redirect, or a page that leads on by itself or by its button.

    Whoever comes from one of our forms gets the page: Chromium holds the redirects that follow a form to the policy of
    the page it stands in, which lets none go elsewhere. A form may go to that vendor's registered origins only. Where
    the vendor trusts the page that it is reached from, the browser tells it the portal's origin, and nothing more.
    """
    if not departure.fields and not departure.show_origin and FROM_FORM not in request.GET:
        return _private(HttpResponseRedirect(departure.address))
    page = csp_update({"form-action": _origins(departure, resource)})(_page)  # type: ignore[arg-type]  # more is given
    answer: HttpResponse = _private(page(request, departure, resource))  # type: ignore[call-arg,arg-type]
    if departure.show_origin:
        answer["Referrer-Policy"] = "origin"
    return answer


def _page(request: HttpRequest, departure: Departure, resource: DigitalResource) -> HttpResponse:
    context = {"resource": resource, "address": departure.address, "fields": dict(departure.fields)}
    return render(request, "site/departure.html", context)


def _origins(departure: Departure, resource: DigitalResource) -> list[str]:
    """Return where a form may go: to where it is posted, and on from there to the vendor's other addresses.

    Chromium holds the vendor's own redirects after the form to this list: a sign-on at one host may end at another.
    """
    access = VendorAccess.objects.filter(resource=resource.pk).first() if departure.fields else None
    others = [access.address, *access.addresses.values_list("url", flat=True)] if access else []
    return sorted({origin_of(address) for address in [departure.address, *others]})


def _private(answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "no-store, private"
    return answer


def origin_of(address: str) -> str:
    """Return the scheme, host and port of a registered address, as a Content-Security-Policy names them."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def stopped(request: HttpRequest, resource: DigitalResource, reason: errors.Stopped) -> HttpResponse:
    """Return the page that says why `resource` does not open, and what to do (SSO-05)."""
    page, words = NEXT[type(reason)]
    context = {"resource": resource, "message": reason.message, "next_url": reverse(page), "next_words": words}
    return _private(render(request, "site/opening_stopped.html", context, status=reason.status))
