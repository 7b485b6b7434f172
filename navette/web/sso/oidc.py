"""OpenID Connect's door for browsers: a vendor asks who comes, and the reader goes back to it with a code."""

import datetime as dt
import hashlib

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from navette.accounts.models import User
from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors
from navette.signon.oidc.authorize import KNOWN, Asked, authorize, read
from navette.signon.oidc.errors import NowhereToGo, TurnedBack
from navette.signon.oidc.presence import Presence
from navette.signon.opening import reader_of
from navette.signon.trials import Trial
from navette.signon.ways import Departure
from navette.web.gate import NEXT, ask_password_again, came_in
from navette.web.leaving import FROM_FORM, ask_terms, leave, stopped, trial_at_door
from navette.web.site.readers import LONGEST_ADDRESS
from navette.web.sso.pairs import encoded, pairs_of

SINCE = "depuis"  # in this door's address: the password was asked for at this moment, signed
SALT = "navette.web.sso.oidc"
WITHIN = 10 * 60  # seconds that logging in may take, where the vendor wants the password typed
LONG_AGO = dt.datetime.fromtimestamp(0, dt.UTC)


@csrf_exempt  # another site posts here, by the standard: nothing is done before the browser comes again by GET
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Answer a vendor's request: with a code, with an error of the standard, or by a page that says why not.

    What is posted comes again by GET: a browser gives the person's session to no form of another site.
    """
    pairs = pairs_of(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST":
        kept = [pair for pair in pairs if pair[0] in KNOWN]
        return HttpResponseRedirect(f"{request.path}?{encoded(kept)}", status=303)
    try:
        asked = read(pairs)
        return _silent(request, asked) if asked.is_silent else _asked(request, asked)
    except NowhereToGo as refusal:
        return render(request, "sso/oidc_nowhere.html", {"message": refusal.message}, status=refusal.status)
    except TurnedBack as back:
        return leave(request, Departure(back.address), back.access.resource)


def _asked(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Let the person in, who may be asked to log in or to accept terms before."""
    back = _again(request, asked)
    if not isinstance(request.user, User):
        return redirect_to_login(back, redirect_field_name=NEXT)
    presence = _presence(request)
    if asked.wants_login(presence) and not _has_just_logged_in(request, asked, presence):
        return ask_password_again(back)
    try:
        trial = trial_at_door(request, asked.access)
        if trial is not None:
            return _gone(request, asked, trial, Presence("", presence.since))
        reader = reader_of(request.user)
        return ask_terms(request, reader, back=back) or _gone(request, asked, reader, presence)
    except errors.Stopped as reason:
        return stopped(request, asked.access.resource, reason)


def _silent(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Answer without a page: whatever would need one is an error that the vendor gets."""
    presence = _presence(request)
    if not isinstance(request.user, User) or asked.wants_login(presence):
        raise asked.turned_back("login_required")
    try:
        reader = reader_of(request.user)
        if ask_terms(request, reader) is not None:
            raise asked.turned_back("interaction_required")
        return _gone(request, asked, reader, presence)
    except errors.Stopped as reason:
        raise asked.turned_back("access_denied") from reason


def _gone(request: HttpRequest, asked: Asked, reader: Reader | Trial, presence: Presence) -> HttpResponse:
    return leave(request, authorize(asked, reader, presence), asked.access.resource)


def _presence(request: HttpRequest) -> Presence:
    return Presence(request.session.session_key or "", came_in(request) or LONG_AGO)


# ---- coming back from the login page
def _again(request: HttpRequest, asked: Asked) -> str:
    """Return this door's address for who is sent to log in: it says since when a login counts as made for it.

    Raises TurnedBack where it would be too long to come back to.
    """
    since = signing.dumps([int(clock.now().timestamp()), _print(asked)], salt=SALT)
    address = f"{request.path}?{encoded([*asked.pairs, (FROM_FORM, '1'), (SINCE, since)])}"
    if len(address) > LONGEST_ADDRESS:
        raise asked.turned_back("invalid_request")
    return address


def _has_just_logged_in(request: HttpRequest, asked: Asked, presence: Presence) -> bool:
    """Say whether the password was typed since this very request asked for it."""
    try:
        since, of_request = signing.loads(request.GET.get(SINCE, ""), salt=SALT, max_age=WITHIN)
    except signing.BadSignature:
        return False
    return bool(of_request == _print(asked) and int(presence.since.timestamp()) >= since)


def _print(asked: Asked) -> str:
    return hashlib.sha256(encoded(sorted(asked.pairs)).encode()).hexdigest()[:32]
