"""Sessions opened at vendors from a session here, and telling the vendors when that ends (single logout)."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping

from django.conf import settings
from django.db import transaction

from navette.signon.models import LogoutNotice, Ticket, VendorAccess, VendorSession, WayName
from navette.signon.tickets import revoke_session


def mark_of(session_key: str | None) -> str:
    """Return what stands for the session here, in 64 hexadecimal digits: its key itself is a secret and is not kept."""
    if not session_key:
        return ""
    return hmac.new(settings.SECRETS_KEY.encode(), b"session:" + session_key.encode(), hashlib.sha256).hexdigest()


def remember(access: VendorAccess, mark: str, *, service: str, index: str, name_id: str = "") -> None:
    """Note that the session `mark` has opened one at the vendor of `access`; nothing without a mark."""
    if mark:
        VendorSession.objects.create(access=access, session=mark, service=service, index=index, name_id=name_id)


def follow(before: str, after: str) -> None:
    """Keep with the session `after` what was opened from it while its mark was `before`: its key changes at a login."""
    if before and after and before != after:
        VendorSession.objects.filter(session=before).update(session=after)
        Ticket.objects.filter(session=before).update(session=after)


def forget_old(before: dt.datetime) -> int:
    """Delete the vendors' sessions begun before a moment, and return how many: those here are over long since."""
    deleted, _by_model = VendorSession.objects.filter(started_at__lt=before).delete()
    return deleted


# How each way words its notice of a logout: the address and the body to post, or None where nothing can be told.
Notice = Callable[[VendorSession], tuple[str, str] | None]


@transaction.atomic
def end(mark: str, wordings: Mapping[str, Notice]) -> int:
    """Forget the vendors' sessions that `mark` opened, queue the notice of each, and return how many there are.

    `wordings` gives each way's notice by its name. The worker posts them: a logout never waits for a vendor.
    """
    revoke_session(mark)
    rows = list(VendorSession.objects.select_related("access__resource").filter(session=mark)) if mark else []
    notices = list(_notices(rows, wordings))
    LogoutNotice.objects.bulk_create(notices)
    VendorSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(notices)


def _notices(rows: Iterable[VendorSession], wordings: Mapping[str, Notice]) -> Iterable[LogoutNotice]:
    for row in rows:
        wording = wordings.get(WayName(row.access.way))
        told = wording(row) if wording else None
        if told:
            yield LogoutNotice(url=told[0], body=told[1])
