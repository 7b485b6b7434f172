"""CAS for browsers: a vendor sends its visitor to `/cas/login`, and gets back a reader with a ticket; `/cas/logout`."""

import time
from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from navette.accounts.models import User
from navette.readers.models import Reader
from navette.signon import errors, events
from navette.signon.cas import door, services
from navette.signon.models import EventKind, VendorAccess, WayName
from navette.signon.sessions import mark_of
from navette.signon.trials import Trial
from navette.web import vendor_sessions
from navette.web.gate import ask_password_again, came_in
from navette.web.leaving import FROM_FORM, leave, reader_at_door, stopped, trial_at_door
from navette.web.site.halfway import home_of
from navette.web.sso.cas_checks import is_set, single

RESUMED = "reprise"  # in the address: what was asked, sealed, while the reader was logging in
SALT = "navette.web.sso.cas"
LOGIN_WITHIN = 10 * 60  # seconds from being asked for the password to coming back with a new login
SPENT = "cas_login_spent"  # in the session: the moment of the login that has already counted as a new one


@dataclass(frozen=True)
class Wish:
    """What a vendor asks of the login door. `since` is when it asked, in seconds since 1970.

    `resumed` says that the reader comes back from a page of ours: a password given since then was given for this.
    """

    service: str
    renew: bool = False
    gateway: bool = False
    by_post: bool = False
    since: float = 0.0
    resumed: bool = False


@never_cache
@require_GET
def login_door(request: HttpRequest) -> HttpResponse:
    """Send the visitor back to the vendor with a ticket, after logging in where they have to; or say why not."""
    wish = _resumed(request) if RESUMED in request.GET else _asked(request)
    if wish is None:
        return _home(request)
    access = services.find(wish.service)
    if access is None:
        return _unknown(request, wish)
    try:
        return _let_through(request, access, wish)
    except errors.Stopped as reason:
        if wish.gateway:
            return HttpResponseRedirect(wish.service)
        return stopped(request, access.resource, reason)


@never_cache
@require_GET
def logout_door(request: HttpRequest) -> HttpResponse:
    """End the session here, tell the vendors by the worker, and lead back to the vendor if its address is registered.

    CAS asks for it by GET. `url` is the older name of `service`.
    """
    was_in = request.user.is_authenticated
    vendor_sessions.end(request)
    logout(request)
    back = single(request.GET, "service") or single(request.GET, "url")
    if back and services.find(back):
        return HttpResponseRedirect(back)
    if was_in:  # a message would give a visitor a session
        messages.success(request, _("Vous êtes déconnecté(e)."))
    return redirect("site:home")


# ---- what is asked
def _asked(request: HttpRequest) -> Wish | None:
    """Return what the vendor asks; None where no service is named. A service named twice is no service."""
    if not any(request.GET.getlist("service")):
        return None
    renew = is_set(request.GET, "renew")
    return Wish(
        service=single(request.GET, "service"),
        renew=renew,
        gateway=is_set(request.GET, "gateway") and not renew,
        by_post=single(request.GET, "method").upper() == "POST",
        since=_now(),
    )


def _resumed(request: HttpRequest) -> Wish | None:
    """Return what was asked before the reader went to log in; None where it was not sealed here."""
    try:
        kept: dict[str, Any] = signing.loads(single(request.GET, RESUMED), salt=SALT)
    except signing.BadSignature:
        return None
    return Wish(**kept | {"resumed": True})


def _sealed(wish: Wish) -> str:
    """Return the address of this door that holds `wish`, short enough for the redirects that carry it."""
    sealed = signing.dumps(asdict(wish), salt=SALT, compress=True)
    return f"{reverse('cas:login')}?{urlencode({RESUMED: sealed, FROM_FORM: 1})}"


# ---- what is answered
def _home(request: HttpRequest) -> HttpResponse:
    """Answer whoever comes without a service: they log in, or are in already."""
    return redirect(home_of(request.user) if isinstance(request.user, User) else "site:login")


def _unknown(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Answer a service that nobody has registered: no redirect, and nothing of it in the page (SSO-04)."""
    events.note(EventKind.STOPPED, WayName.CAS, reason="service_unknown", service=services.without_query(wish.service))
    return render(request, "site/service_unknown.html", status=403)


def _let_through(request: HttpRequest, access: VendorAccess, wish: Wish) -> HttpResponse:
    fresh = _has_just_logged_in(request, wish)
    if wish.renew and request.user.is_authenticated and not fresh:
        return ask_password_again(_sealed(replace(wish, since=_now())))
    reader = _reader(request, access, wish)
    if not isinstance(reader, HttpResponse):
        mark = mark_of(request.session.session_key)
        asked = door.Asked(wish.service, by_post=wish.by_post)
        departure = door.enter(access, reader, asked, door.CameIn(mark, came_in(request), fresh))
        _spend(request, fresh=fresh)
        return leave(request, departure, access.resource)
    return HttpResponseRedirect(wish.service) if wish.gateway else reader


def _reader(request: HttpRequest, access: VendorAccess, wish: Wish) -> Reader | Trial | HttpResponse:
    try:
        return trial_at_door(request, access) or reader_at_door(request, back=_sealed(wish))
    except errors.NotAReader as reason:
        events.stopped(access.resource, access.way, None, reason)
        raise


def _has_just_logged_in(request: HttpRequest, wish: Wish) -> bool:
    """Say whether the password was given for this very wish: since the vendor asked, and for no other ticket yet."""
    moment = came_in(request)
    if moment is None or not wish.resumed or not request.user.is_authenticated:
        return False
    in_time = wish.since <= moment.timestamp() <= wish.since + LOGIN_WITHIN
    return in_time and request.session.get(SPENT) != moment.timestamp()


def _now() -> float:
    """Return the moment by the machine's clock, as sessions note it, down to the millisecond."""
    return int(time.time() * 1000) / 1000


def _spend(request: HttpRequest, *, fresh: bool) -> None:
    moment = came_in(request)
    if fresh and moment:
        request.session[SPENT] = moment.timestamp()
