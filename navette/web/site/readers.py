"""Who comes to a page of the reader's account."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from navette.accounts.models import User
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import subscription_of
from navette.web.gate import NEXT
from navette.web.leaving import ask_terms, back_to

LONGEST_ADDRESS = 2_000  # characters of a page to go back to

Page = Callable[[HttpRequest, Subscription], HttpResponse]
View = Callable[[HttpRequest], HttpResponse]


def reader_page(page: Page) -> View:
    """Give `page` the subscription of the reader who asks for it; others log in, or are told it is not for them.

    Whoever has not accepted the site's terms in force reads them first, and comes back (SUB-10).
    """

    def asked(request: HttpRequest, subscription: Subscription) -> HttpResponse:
        return ask_terms(request, subscription.reader) or page(request, subscription)

    return wraps(page)(reader_page_before_terms(asked))


def reader_page_before_terms(page: Page) -> View:
    """As `reader_page`, for what a reader may do without accepting new terms: read them, take their data, leave."""

    @wraps(page)
    def view(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return redirect_to_login(back_to(request), redirect_field_name=NEXT)
        subscription = subscription_of(request.user)
        if subscription is None:
            raise PermissionDenied
        return page(request, subscription)

    return view


def next_page(request: HttpRequest) -> str:
    """Return the page of this site that the person was going to, or their account."""
    asked = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=None, require_https=request.is_secure())
    plain = asked.startswith("/") and asked.isprintable() and len(asked) <= LONGEST_ADDRESS
    return asked if ours and plain else reverse("site:account")
