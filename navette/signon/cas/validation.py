"""A vendor comes to validate a ticket: spent whatever is answered, then compared, then the decision is asked again."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from navette.signon import events, sessions, tickets
from navette.signon.cas.services import without_query
from navette.signon.checking import confirm
from navette.signon.errors import Stopped
from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind, Ticket, TicketKind, WayName
from navette.signon.release import Released, released_to
from navette.subscriptions.models import Subscription

# The protocol's codes (2.5.3).
INVALID_REQUEST = "INVALID_REQUEST"
INVALID_TICKET_SPEC = "INVALID_TICKET_SPEC"
INVALID_TICKET = "INVALID_TICKET"
INVALID_SERVICE = "INVALID_SERVICE"

# What is answered to the vendor's software, for its technicians, by the reason that is recorded; English as the codes.
MEANINGS = {
    "ticket_unknown": "The ticket is not one that this server has issued",
    "ticket_used": "The ticket has been presented before: it is good for one attempt",
    "ticket_expired": "The ticket was presented more than 60 seconds after it was issued",
    "not_fresh": "renew was asked for, and the ticket does not come from a password just given",
    "wrong_service": "The ticket was issued for another service address",
    "bad_request": "service and ticket are both required, once each",
    "proxy_ticket": "Proxy tickets are not supported by this server",
}
STOPPED = "The reader may not open this resource any more"


@dataclass(frozen=True)
class Asked:
    """What a vendor presents; `service` and `ticket` are empty where they are missing or doubled."""

    service: str
    ticket: str
    renew: bool = False


@dataclass(frozen=True)
class Confirmed:
    """Who the ticket proves: their identifier at this vendor, what it is told, and how they came in."""

    user: str
    released: tuple[Released, ...]
    came_in: dt.datetime
    fresh: bool


@dataclass(frozen=True)
class Failed:
    """Why a validation fails: the protocol's code, and a sentence."""

    code: str
    message: str


@transaction.atomic
def validate(asked: Asked) -> Confirmed | Failed:
    """Return what is answered to `asked`. The ticket is spent by it, whatever the answer (SSO-02)."""
    if asked.ticket.startswith(("PT-", "PGT-")):
        return _unknown(INVALID_TICKET_SPEC, "proxy_ticket")
    if not asked.ticket:
        return _unknown(INVALID_REQUEST, "bad_request")
    try:
        ticket = tickets.claim(asked.ticket, TicketKind.CAS)
    except tickets.TicketRefused as refused:
        return _refused(refused)
    return _compare(asked, ticket)


def _unknown(code: str, reason: str) -> Failed:
    events.note(EventKind.FAILED, WayName.CAS, reason=reason)
    return Failed(code, MEANINGS[reason])


def _refused(refused: tickets.TicketRefused) -> Failed:
    if refused.ticket is None:
        return _unknown(INVALID_TICKET, refused.reason)
    return _fail(INVALID_TICKET, refused.ticket, refused.reason)


def _fail(code: str, ticket: Ticket, reason: str, **detail: str) -> Failed:
    events.of_ticket(EventKind.FAILED, ticket, reason, **detail)
    return Failed(code, MEANINGS[reason])


def _compare(asked: Asked, ticket: Ticket) -> Confirmed | Failed:
    """Judge a ticket that has just been spent by what it was presented with."""
    if not asked.service:
        return _fail(INVALID_REQUEST, ticket, "bad_request")
    if asked.service != ticket.service:
        facts = {"sent_to": without_query(ticket.service), "checked_with": without_query(asked.service)}
        return _fail(INVALID_SERVICE, ticket, "wrong_service", **facts)
    if asked.renew and not ticket.fresh_login:
        return _fail(INVALID_TICKET, ticket, "not_fresh")
    try:
        subscription = confirm(ticket)
    except Stopped:
        return Failed(INVALID_TICKET, STOPPED)
    sessions.remember(ticket.access, ticket.session, service=ticket.service, index=asked.ticket)
    return _confirmed(ticket, subscription)


def _confirmed(ticket: Ticket, subscription: Subscription) -> Confirmed:
    return Confirmed(
        user=pairwise_id(subscription.reader, ticket.access.resource),
        released=tuple(released_to(ticket.access, subscription)),
        came_in=dt.datetime.fromisoformat(ticket.facts["came_in"]),
        fresh=ticket.fresh_login,
    )
