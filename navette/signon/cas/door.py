"""The door of CAS: a vendor has sent a reader to the portal, and gets them back with a ticket."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db import transaction

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors, events, tickets
from navette.signon.cas.services import without_query
from navette.signon.decision import admit
from navette.signon.models import EventKind, TicketKind, VendorAccess
from navette.signon.trials import Trial
from navette.signon.ways import Departure, Visit

PREFIX = "ST-"


@dataclass(frozen=True)
class Asked:
    """What a vendor asks of the door: the address to come back to, by a form or by a redirect."""

    service: str
    by_post: bool = False


@dataclass(frozen=True)
class CameIn:
    """How the reader came in here: the mark of their session, when they gave their password, whether just for this."""

    session: str = ""
    at: dt.datetime | None = None
    fresh: bool = False


class CasWay:
    """Leads to the vendor's own address: the vendor sends the reader to our door, and gets a ticket there."""

    counts_at_departure = False

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address, with nothing of the reader in it."""
        return Departure(access.address)


def enter(access: VendorAccess, holder: Reader | Trial, asked: Asked, came_in: CameIn = CameIn()) -> Departure:
    """Return how `holder` goes back to the vendor of `access`, with a ticket good once within a minute (SSO-02).

    The service must have been found to be that vendor's (`services.find`). Raises the `Stopped` that says why the
    holder may not open the resource. Either way it is recorded.
    """
    reader, trial = (None, True) if isinstance(holder, Trial) else (holder, False)
    try:
        admit(holder, access.resource, clock.today())
    except errors.Stopped as reason:
        events.of_access(
            EventKind.STOPPED, access, reader, reason.code, trial=trial, service=without_query(asked.service)
        )
        raise
    with transaction.atomic():
        ticket = tickets.issue(
            TicketKind.CAS,
            access,
            holder,
            asked.service,
            prefix=PREFIX,
            session=came_in.session,
            fresh_login=came_in.fresh,
            facts={"came_in": (came_in.at or clock.now()).isoformat()},
        )
        events.of_access(EventKind.SENT, access, reader, trial=trial, service=without_query(asked.service))
    return _with_ticket(asked, ticket)


def _with_ticket(asked: Asked, ticket: str) -> Departure:
    if asked.by_post:
        return Departure(asked.service, {"ticket": ticket})
    return Departure(with_parameter(asked.service, "ticket", ticket))


def with_parameter(address: str, name: str, value: str) -> str:
    """Return `address` with one more parameter at the end of its query, before its fragment; all else as it was."""
    base, hash_sign, fragment = address.partition("#")
    joint = "?" if "?" not in base else "" if base.endswith(("?", "&")) else "&"
    return f"{base}{joint}{urlencode({name: value})}{hash_sign}{fragment}"
