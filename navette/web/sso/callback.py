"""Where a vendor's server asks about the reader who has just brought it a token (the way « Jeton, puis question »).

The vendor's software is given this address: `/liens/<resource>/verification`. It sends `uid` and `token` as they
arrived, by GET or POST, and reads JSON: `{"valid": true, "uid": …}` with what is released of the reader, or
`{"valid": false}`. Whoever shows no token of this minute learns nothing, whatever is asked.
"""

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from navette.accounts.throttle import address_of, allow
from navette.signon.links.questions import VALID, answer, note_refusal
from navette.signon.models import VendorAccess, WayName
from navette.signon.tickets import TicketRefused

WRONG_AT_MOST = 60  # wrong tokens from one network address
PER = dt.timedelta(minutes=10)


@csrf_exempt  # a vendor's server asks, which has no session here: the token is what lets it
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell the vendor of the resource `slug` whether the reader who brought it a token may open it."""
    accesses = VendorAccess.objects.select_related("resource")
    access = get_object_or_404(accesses, resource__slug=slug, way=WayName.CALLBACK)
    asked = request.POST if request.method == "POST" else request.GET
    try:
        return JsonResponse(answer(access, asked.get("uid", ""), asked.get("token", "")))
    except TicketRefused as refusal:
        return _refused(request, access, refusal)


def _refused(request: HttpRequest, access: VendorAccess, refusal: TicketRefused) -> HttpResponse:
    """Return what a stranger reads, and record it; who goes on guessing is told to wait, and fills no record.

    A good token passes even so: all readers of a vendor come by its server's one address.
    """
    if allow("callback", address_of(request), WRONG_AT_MOST, PER):
        note_refusal(access, refusal)
        return JsonResponse({VALID: False}, status=403)
    answered = JsonResponse({VALID: False}, status=429)
    answered["Retry-After"] = str(int(PER.total_seconds()))
    return answered
