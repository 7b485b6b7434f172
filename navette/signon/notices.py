"""Telling the vendors that a reader has logged out: queued with the logout, posted once by the worker.

Whatever a vendor answers changes nothing, and nothing is posted again: the reader has left in any case.
"""

import datetime as dt
from collections.abc import Mapping

from navette.core import clock
from navette.signon.calls import Answer, call
from navette.signon.cas import logout as cas
from navette.signon.models import LogoutNotice, WayName
from navette.signon.saml import logout as saml
from navette.signon.sessions import Notice

SOAP_ACTION = '"http://www.oasis-open.org/committees/security"'  # SAML 2.0 bindings, 3.2.2.1
# How each way words its notice, by its name; the others have no session to end at the vendor.
WORDINGS: Mapping[str, Notice] = {WayName.CAS: cas.notice_of, WayName.SAML: saml.notice_of}


def claim() -> LogoutNotice | None:
    """Return the oldest notice that waits, now the caller's alone; None where none waits."""
    waiting = LogoutNotice.objects.filter(claimed_at__isnull=True)
    for notice in waiting.order_by("queued_at", "pk")[:1]:
        if waiting.filter(pk=notice.pk).update(claimed_at=clock.now()):
            return notice
    return None


def post(notice: LogoutNotice) -> Answer:
    """Post a notice to its vendor, and return the answer, which nobody needs. Asks nothing of the database."""
    kind = "text/xml" if notice.body.startswith("<") else "application/x-www-form-urlencoded"
    headers = {"Content-Type": f"{kind}; charset=utf-8"} | ({"SOAPAction": SOAP_ACTION} if kind == "text/xml" else {})
    return call("POST", notice.url, notice.body, headers)


def forget_old(before: dt.datetime) -> int:
    """Delete the notices queued before a moment, and return how many: they hold tickets, long spent."""
    deleted, _by_model = LogoutNotice.objects.filter(queued_at__lt=before).delete()
    return deleted
