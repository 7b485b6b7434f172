"""The demo's vendor: another company's site, which knows of the portal only what docs/signed-links.md tells.

It checks links with code of its own, on purpose: were it to share the portal's, both could be wrong together.
"""

import base64
import datetime as dt
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from navette.core import clock
from navette.demo.models import VendorNonce
from navette.signon.models import VendorAccess

EXPECTED = ("resource", "id", "time", "nonce", "signature")
DIGITS = re.compile(r"\d{1,12}")
HEXADECIMAL = re.compile(r"[0-9a-f]{64}")
GOOD_FOR = 60  # seconds
FORGET_AFTER = dt.timedelta(minutes=3)
WANTS_SIGNATURE = "signed"


class BadLink(Exception):
    """The link is refused; `reason` is shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@never_cache
@require_GET
def vendor(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what arrived from the portal, and welcome or refuse the reader."""
    access = get_object_or_404(VendorAccess.objects.select_related("resource"), resource__slug=slug)
    context = {"resource": access.resource, "arrived": list(request.GET.items()), "signed": False, "avatar": ""}
    if access.way == WANTS_SIGNATURE:
        try:
            context |= {"signed": True, "avatar": _check(request.GET, slug, access.key)}
        except BadLink as bad:
            return render(request, "demo/vendor_refused.html", context | {"reason": bad.reason}, status=403)
    return render(request, "demo/vendor.html", context)


def _check(query: QueryDict, slug: str, key: str) -> str:
    """Return the short name of the reader's account here; BadLink where the link must not open it."""
    if any(len(query.getlist(name)) != 1 for name in EXPECTED) or query["resource"] != slug:
        raise BadLink(_("Ce lien n’est pas complet, ou n’est pas pour ce site."))
    link = {name: str(query[name]) for name in EXPECTED}
    _check_signature(link, key)
    _check_time(link["time"])
    _check_first_use(slug, link["nonce"])
    return base64.b32encode(hashlib.sha256(link["id"].encode()).digest())[:6].decode()


def _check_signature(link: dict[str, str], key: str) -> None:
    if not HEXADECIMAL.fullmatch(link["signature"]):
        raise BadLink(_("La signature n’a pas la bonne forme."))
    text = "navette-link-1\n{resource}\n{id}\n{time}\n{nonce}".format(**link)
    expected = HMAC(key.encode("utf-8"), SHA256())
    expected.update(text.encode("utf-8", "surrogatepass"))
    try:
        expected.verify(bytes.fromhex(link["signature"]))
    except InvalidSignature as error:
        raise BadLink(_("La signature ne correspond pas : le lien a été modifié.")) from error


def _check_time(time: str) -> None:
    if not DIGITS.fullmatch(time) or abs(clock.now().timestamp() - int(time)) > GOOD_FOR:
        raise BadLink(_("Ce lien a plus d’une minute : il n’est plus valable."))


def _check_first_use(slug: str, nonce: str) -> None:
    VendorNonce.objects.filter(seen_at__lt=clock.now() - FORGET_AFTER).delete()
    try:
        with transaction.atomic():
            VendorNonce.objects.create(resource=slug, nonce=hashlib.sha256(nonce.encode()).hexdigest())
    except IntegrityError as error:
        raise BadLink(_("Ce lien a déjà servi : il n’ouvre qu’une fois.")) from error
