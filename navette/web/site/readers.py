"""Who comes to a page of the reader's account."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from navette.accounts.models import User
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import site_terms_due, subscription_of
from navette.web.gate import NEXT

LONGEST_ADDRESS = 2_000  # characters of a page to go back to

Page = Callable[[HttpRequest, Subscription], HttpResponse]
View = Callable[[HttpRequest], HttpResponse]


def reader_page(page: Page) -> View:
    """Give `page` the subscription of the reader who asks for it; others log in, or are told it is not for them.

    Whoever has not accepted the site's terms in force reads them first, and comes back (SUB-10).
    """

    def asked(request: HttpRequest, subscription: Subscription) -> HttpResponse:
        return ask_terms(request, subscription) or page(request, subscription)

    return wraps(page)(reader_page_before_terms(asked))


def reader_page_before_terms(page: Page) -> View:
    """As `reader_page`, for what a reader may do without accepting new terms: read them, take their data, leave."""

    @wraps(page)
    def view(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(_back_to(request), redirect_field_name=NEXT)
        subscription = subscription_of(request.user)
        if subscription is None:
            raise PermissionDenied
        return page(request, subscription)

    return view


def ask_terms(request: HttpRequest, subscription: Subscription) -> HttpResponse | None:
    """Return the way to the terms that the reader has to accept before going on; None where there are none."""
    if site_terms_due(subscription.reader) is None:
        return None
    return redirect(f"{reverse('site:terms')}?{urlencode({NEXT: _back_to(request)})}")


def next_page(request: HttpRequest) -> str:
    """Return the page of this site that the person was going to, or their account."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None, require_https=request.is_secure())
    plain = asked.startswith("/") and asked.isprintable() and len(asked) <= LONGEST_ADDRESS
    return asked if ours and plain else reverse("site:account")


def _back_to(request: HttpRequest) -> str:
    """Return this page's address, or the account's where it can't be asked for again (POST)."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("site:account")
