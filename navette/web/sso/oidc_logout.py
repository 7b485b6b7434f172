"""OpenID Connect's way out: a vendor sends somebody to log out of the portal too."""

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from navette.signon.oidc.logout import KNOWN, Leaving, query_of, read_logout
from navette.signon.sessions import mark_of
from navette.web import vendor_sessions
from navette.web.leaving import origin_of


@csrf_exempt  # another site posts here, by the standard: nothing is done before the browser comes again by GET
@never_cache
@require_http_methods(["GET", "POST"])
def way_out(request: HttpRequest) -> HttpResponse:
    """Log out whom the vendor's proof names, and lead back to the vendor; ask anybody else first."""
    if request.method == "POST":
        return HttpResponseRedirect(f"{request.path}?{query_of(request.POST.dict())}", status=303)
    leaving = _leaving(request)
    if not request.user.is_authenticated:
        return _over(leaving)
    if leaving.is_sure:
        return _end(request, leaving)
    if not leaving.back:
        return _ask(request, leaving)
    page = csp_update({"form-action": [origin_of(leaving.back)]})(_ask)  # type: ignore[arg-type]  # more is given
    answer: HttpResponse = page(request, leaving)  # type: ignore[call-arg,assignment]
    return answer


@never_cache
@require_POST
def confirmed(request: HttpRequest) -> HttpResponse:
    """Log out who says yes, and lead back to the vendor."""
    leaving = _leaving(request)
    return _end(request, leaving) if request.user.is_authenticated else _over(leaving)


def _leaving(request: HttpRequest) -> Leaving:
    sent = request.POST if request.method == "POST" else request.GET
    return read_logout(sent.dict(), mark_of(request.session.session_key))


def _ask(request: HttpRequest, leaving: Leaving) -> HttpResponse:
    fields = {name: request.GET[name] for name in KNOWN if request.GET.get(name)}
    return render(request, "sso/oidc_logout.html", {"vendor": leaving.access, "fields": fields})


def _end(request: HttpRequest, leaving: Leaving) -> HttpResponse:
    vendor_sessions.end(request)
    logout(request)
    if not leaving.back:
        messages.success(request, _("Vous êtes déconnecté(e)."))
    return _over(leaving)


def _over(leaving: Leaving) -> HttpResponse:
    return HttpResponseRedirect(leaving.back) if leaving.back else redirect(reverse("site:home"))
