"""Tickets: proofs that are good once, for one vendor and one address, for a minute (SSO-02).

Only their SHA-256 is kept. They are claimed by a guarded UPDATE, so that of many simultaneous checks one succeeds,
whatever the number of processes; a ticket is spent by its first check, whether that check succeeds or not.
"""

import datetime as dt
import hashlib
import secrets
import uuid
from typing import Any

from navette.core import clock
from navette.readers.models import Reader
from navette.signon.models import Ticket, TicketKind, VendorAccess
from navette.signon.trials import Trial

GOOD_FOR = dt.timedelta(seconds=60)
RANDOM_BYTES = 32  # written in hexadecimal: 64 characters, letters and digits only as CAS 3.0.3 asks


class TicketRefused(Exception):
    """A ticket opens nothing; `reason` is a code of `events.REASONS`, and `ticket` the row where there is one."""

    def __init__(self, reason: str, ticket: Ticket | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.ticket = ticket


def issue(
    kind: TicketKind,
    access: VendorAccess,
    holder: Reader | Trial,
    service: str,
    *,
    prefix: str = "",
    good_for: dt.timedelta = GOOD_FOR,
    **columns: Any,
) -> str:
    """Return the text of a new ticket that proves `holder` to the vendor of `access` at the address `service`.

    `prefix` is what a protocol wants it to begin with. `columns` are others of `Ticket`: `session` (the mark of the
    session that asked), `fresh_login`, `facts`, `family`.
    """
    text = prefix + secrets.token_hex(RANDOM_BYTES)
    now = clock.now()
    Ticket.objects.create(
        digest=digest_of(text),
        kind=kind,
        access=access,
        reader=None if isinstance(holder, Trial) else holder,
        trial=holder.value if isinstance(holder, Trial) else "",
        service=service,
        issued_at=now,
        expires_at=now + good_for,
        **columns,
    )
    return text


def claim(text: str, kind: TicketKind) -> Ticket:
    """Spend the ticket `text` and return it with its access, resource and reader; one caller only ever gets it.

    What the ticket was issued for (`service`, `access`) is for the caller to compare: by then it is spent. Raises
    TicketRefused: `ticket_unknown`, `ticket_used` or `ticket_expired`.
    """
    digest, now = digest_of(text), clock.now()
    claimed = Ticket.objects.filter(digest=digest, kind=kind, used_at__isnull=True).update(used_at=now)
    found = Ticket.objects.select_related("access__resource", "reader__user").filter(digest=digest, kind=kind).first()
    if found is None:
        raise TicketRefused("ticket_unknown")
    if not claimed:
        raise TicketRefused("ticket_used", found)
    if found.expires_at <= now:
        raise TicketRefused("ticket_expired", found)
    return found


def claim_of_family(family: uuid.UUID, kind: TicketKind) -> Ticket:
    """Spend one ticket of `family` that is still good, and return it as `claim` does; each serves one caller only.

    For proofs whose text is the same at each opening. Raises TicketRefused as `claim` does, about the latest of them.
    """
    now = clock.now()
    found = Ticket.objects.select_related("access__resource", "reader__user").filter(family=family, kind=kind)
    good = found.filter(used_at__isnull=True, expires_at__gt=now)
    for ticket in good.order_by("pk"):
        if Ticket.objects.filter(pk=ticket.pk, used_at__isnull=True).update(used_at=now):
            return ticket
    latest = found.order_by("-pk").first()
    if latest is None:
        raise TicketRefused("ticket_unknown")
    raise TicketRefused("ticket_used" if latest.used_at else "ticket_expired", latest)


def look(text: str, kind: TicketKind) -> Ticket:
    """Return the ticket `text` without spending it, for the kinds that serve more than once (ACCESS).

    Raises TicketRefused: `ticket_unknown`, `ticket_used` (revoked) or `ticket_expired`.
    """
    found = Ticket.objects.select_related("access__resource", "reader__user").filter(digest=digest_of(text), kind=kind)
    ticket = found.first()
    if ticket is None:
        raise TicketRefused("ticket_unknown")
    if ticket.used_at is not None:
        raise TicketRefused("ticket_used", ticket)
    if ticket.expires_at <= clock.now():
        raise TicketRefused("ticket_expired", ticket)
    return ticket


def revoke_family(ticket: Ticket) -> int:
    """Spend all that came of the same opening as `ticket`, and return how many: a proof shown twice was stolen once."""
    return Ticket.objects.filter(family=ticket.family, used_at__isnull=True).update(used_at=clock.now())


def revoke_session(mark: str) -> int:
    """Spend all tickets of the session `mark`, which is over, and return how many."""
    return Ticket.objects.filter(session=mark, used_at__isnull=True).update(used_at=clock.now()) if mark else 0


def holder_of(ticket: Ticket) -> Reader | Trial:
    """Return whom `ticket` proves: a reader, or the reader of a trial."""
    return Trial(ticket.trial) if ticket.reader is None else ticket.reader


def forget_old(before: dt.datetime) -> int:
    """Delete the tickets that ended before a moment, and return how many: kept a while, they explain failures."""
    deleted, _by_model = Ticket.objects.filter(expires_at__lt=before).delete()
    return deleted


def digest_of(text: str) -> str:
    """Return what is kept of the ticket `text`: 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
