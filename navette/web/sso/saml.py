"""SAML's doors: the portal's metadata, the vendor's request, and its answer once the reader has logged in."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from navette.signon import errors, events
from navette.signon.saml import doors
from navette.signon.saml.metadata import our_metadata
from navette.signon.saml.names import NO_PASSIVE, REQUEST_DENIED
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.requests import Asked
from navette.signon.sessions import mark_of
from navette.signon.ways import Departure
from navette.web.gate import ask_password_again, came_in
from navette.web.leaving import again, leave, reader_at_door, stopped, trial_at_door
from navette.web.site.readers import LONGEST_ADDRESS

MARGIN = 50  # characters that the way through the login page may add to the address
ASKED = "demande"  # in the address: what `doors.carried` gave


@require_safe
@cache_control(public=True, max_age=3600)
def metadata(request: HttpRequest) -> HttpResponse:
    """Show the portal's metadata, which vendors read by themselves or import once."""
    return HttpResponse(our_metadata(), content_type="application/samlmetadata+xml")


@csrf_exempt  # another site posts here, by the standard: nothing is done but to read its request and lead on
@never_cache
@require_http_methods(["GET", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    """Read a vendor's request, by redirect or by POST, and lead on to its answer.

    The browser comes back by GET: it sends no session with a form that another site posts (SameSite).
    """
    try:
        if request.method == "POST":
            asked = doors.receive_form(dict(request.POST.lists()))
        else:
            asked = doors.receive_query(request.META.get("QUERY_STRING", ""))
        return HttpResponseRedirect(_address_of(asked))
    except SamlRefused as refused:
        return _refused(request, refused)


@never_cache
@require_GET
def answer(request: HttpRequest) -> HttpResponse:
    """Answer a request that `sso` has read: log in first where need be, leave with an assertion, or be told why."""
    try:
        asked = doors.restored(request.GET.get(ASKED, ""))
        return _answered(request, asked)
    except SamlRefused as refused:
        doors.note_refused(refused)
        return _refused(request, refused)


def _answered(request: HttpRequest, asked: Asked) -> HttpResponse:
    resource = asked.access.resource
    if asked.fault:
        return leave(request, doors.decline(asked, asked.fault), resource)
    if asked.force and not asked.passive and request.user.is_authenticated and not _is_fresh(request, asked):
        return ask_password_again(again(request))
    try:
        departure = _departure(request, asked)
    except errors.Stopped as reason:
        return stopped(request, resource, reason)
    return departure if isinstance(departure, HttpResponse) else leave(request, departure, resource)


def _departure(request: HttpRequest, asked: Asked) -> Departure | HttpResponse:
    """Return how to leave with the answer, or the page where the reader goes first; raise the `Stopped` they read."""
    if asked.passive and asked.force:
        return doors.decline(asked, NO_PASSIVE)
    try:
        reader = trial_at_door(request, asked.access) or reader_at_door(request)
    except errors.NotAReader as reason:
        if asked.passive:
            return doors.decline(asked, REQUEST_DENIED)
        events.stopped(asked.access.resource, asked.access.way, None, reason)
        raise
    if not isinstance(reader, HttpResponse):
        mark = mark_of(request.session.session_key)
        return doors.answer(asked, reader, session=mark, came_in=came_in(request))
    return doors.decline(asked, NO_PASSIVE) if asked.passive else reader


def _is_fresh(request: HttpRequest, asked: Asked) -> bool:
    moment = came_in(request)
    return moment is not None and moment >= asked.at


def _address_of(asked: Asked) -> str:
    address = f"{reverse('saml:answer')}?{urlencode({ASKED: doors.carried(asked)})}"
    if len(address) > LONGEST_ADDRESS - MARGIN:
        refused = SamlRefused("bad_request", "RelayState too long", asked.access)
        doors.note_refused(refused)
        raise refused
    return address


def _refused(request: HttpRequest, refused: SamlRefused) -> HttpResponse:
    resource = refused.access.resource if refused.access else None
    context = {"resource": resource, "reason": events.REASONS[refused.reason]}
    return render(request, "site/saml_refused.html", context, status=400)
