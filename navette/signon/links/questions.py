"""What the portal answers to a vendor that asks about a token (`links/callback`)."""

from navette.signon import errors, events
from navette.signon.checking import confirm
from navette.signon.links.callback import family_of
from navette.signon.models import EventKind, TicketKind, VendorAccess
from navette.signon.release import released_to
from navette.signon.tickets import TicketRefused, claim_of_family

VALID, READER = "valid", "uid"


def answer(access: VendorAccess, uid: str, token: str) -> dict[str, str | bool]:
    """Return what the vendor of `access` is told about the reader `uid` who brought `token`.

    `valid` says whether the reader may open the resource; what is released goes with it only if they may. Raises
    TicketRefused where nobody has just been sent there with that token.
    """
    ticket = claim_of_family(family_of(access, uid, token), TicketKind.CALLBACK)
    try:
        subscription = confirm(ticket)
    except errors.Stopped:
        return {VALID: False, READER: uid}
    told: dict[str, str | bool] = {row.name: row.value for row in released_to(access, subscription)}
    return {**told, VALID: True, READER: uid}


def note_refusal(access: VendorAccess, refusal: TicketRefused) -> None:
    """Record that the vendor of `access`, or somebody in its name, showed a token that proves nobody."""
    if refusal.ticket is None:
        events.of_access(EventKind.FAILED, access, None, refusal.reason)
    else:
        events.of_ticket(EventKind.FAILED, refusal.ticket, refusal.reason)
