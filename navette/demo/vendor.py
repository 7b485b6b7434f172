"""The demo's vendors: other companies' sites, which know of the portal only what their technicians were told."""

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from navette.demo.software import SOFTWARE
from navette.signon import calls
from navette.signon.models import VendorAccess, WayName
from navette.signon.simulators import links
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.signon.trying import Said, known_by

CALL: calls.Call = calls.call
OPEN_TO_ALL = (WayName.PLAIN, WayName.REFERER)  # vendors that look at whoever comes
LONGEST_SHOWN = 300  # characters of what arrived
KEPT_FOR = 600  # seconds


@csrf_exempt  # readers are posted here by the portal, which is another site
@never_cache
@require_http_methods(["GET", "POST"])
def vendor(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the vendor's front page, or welcome or refuse who arrives from the portal and say what that rests on."""
    access = _fetch(slug)
    known = known_by(access, Said())
    if request.method == "POST" and access.way == WayName.POSTED:
        status, text = links.receive(known, request.body.decode("utf-8", "replace"))
        return JsonResponse(json.loads(text), status=status)
    context = {"resource": access.resource, "arrived": _arrived(request, known)}
    if not context["arrived"] and access.way not in OPEN_TO_ALL:
        return render(request, "demo/vendor_front.html", context)
    arrival = Arrival(request.build_absolute_uri(), request.POST.dict(), request.headers.get("Referer", ""))
    welcome = SOFTWARE[access.way].welcome(known, arrival, CALL, _kept(request, slug))
    return _shown(request, welcome, context)


def _shown(request: HttpRequest, welcome: Welcome, context: dict[str, Any]) -> HttpResponse:
    """Return the page of who was let in, or why nobody was."""
    context |= {"welcome": welcome, "avatar": _avatar(welcome.identifier)}
    if welcome.identifier:
        return render(request, "demo/vendor.html", context)
    return render(request, "demo/vendor_refused.html", context | {"reason": welcome.steps[-1].meaning}, status=403)


@never_cache
@require_GET
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Send a visitor to the portal, as « Se connecter par ma bibliothèque » does."""
    access = _fetch(slug)
    begun = SOFTWARE[access.way].start(known_by(access, Said()), CALL)
    if not begun.address:
        return _shown(request, Welcome(begun.steps), {"resource": access.resource, "arrived": []})
    answer = HttpResponseRedirect(begun.address)
    if begun.kept:
        kept = json.dumps(dict(begun.kept))
        answer.set_signed_cookie(_cookie(slug), kept, max_age=KEPT_FOR, httponly=True, samesite="Lax")
    return answer


def _kept(request: HttpRequest, slug: str) -> dict[str, str]:
    """Return what the browser has kept for the vendor since it was sent to the portal."""
    kept: dict[str, str] = json.loads(request.get_signed_cookie(_cookie(slug), default="", max_age=KEPT_FOR) or "{}")
    return kept


def _fetch(slug: str) -> VendorAccess:
    found = VendorAccess.objects.select_related("resource").filter(way__in=SOFTWARE)
    return get_object_or_404(found, resource__slug=slug)


def _cookie(slug: str) -> str:
    return f"vendor-{slug}"


def _arrived(request: HttpRequest, known: Known) -> list[tuple[str, str]]:
    """Return what the browser brought, shortened to be shown, without what the vendor's own address has."""
    own = parse_qsl(urlsplit(known.address).query)
    pairs = [*request.GET.items(), *request.POST.items()]
    return [(str(name), str(value)[:LONGEST_SHOWN]) for name, value in pairs if (name, value) not in own]


def _avatar(identifier: str) -> str:
    """Return the short name of the account that a reader has here."""
    if identifier in {"", links.VISITOR}:
        return ""
    return base64.b32encode(hashlib.sha256(identifier.encode()).digest())[:6].decode()
