"""When a vendor comes to check a proof: the ticket is spent, the decision is asked again, the opening is counted."""

from navette.core import clock
from navette.readers.models import Reader
from navette.signon import errors, events
from navette.signon.decision import admit
from navette.signon.models import EventKind, Ticket
from navette.signon.opening import record
from navette.signon.tickets import holder_of
from navette.subscriptions.models import Subscription


def confirm(ticket: Ticket) -> Subscription:
    """Return the subscription by which the holder of a ticket, just claimed, may still open its resource.

    The opening is counted, once as the ticket is; a trial's is not. Raises the `Stopped` that says why not any more.
    """
    resource, holder = ticket.access.resource, holder_of(ticket)
    try:
        subscription = admit(holder, resource, clock.today())
    except errors.Stopped as reason:
        events.of_ticket(EventKind.FAILED, ticket, reason.code)
        raise
    if isinstance(holder, Reader):
        record(holder, subscription, resource)
    events.of_ticket(EventKind.CHECKED, ticket)
    return subscription
