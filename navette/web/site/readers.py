"""Who comes to a page of the reader's account."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from navette.accounts.models import User
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import subscription_of

Page = Callable[[HttpRequest, Subscription], HttpResponse]


def reader_page(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """Give `page` the subscription of the reader who asks for it; others log in, or are told it is not for them."""

    @wraps(page)
    def view(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            after = request.get_full_path() if request.method in {"GET", "HEAD"} else reverse("site:account")
            return redirect_to_login(after, redirect_field_name="suite")
        subscription = subscription_of(request.user)
        if subscription is None:
            raise PermissionDenied
        return page(request, subscription)

    return view
