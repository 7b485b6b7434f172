"""What signing on keeps about readers: found when they ask for it, gone when they go (DATA-01, DATA-02)."""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.identifiers import pairwise_id
from navette.signon.models import SignonEvent, Ticket, VendorSession


def vendor_sessions_of(readers: Sequence[Reader]) -> QuerySet[VendorSession]:
    """Return the sessions that `readers` have at vendors: by their tickets, or by the identifiers they bear there.

    A vendor's session names nobody, so it is found by what leads to it. Three queries, whatever the number of readers.
    """
    marks = Ticket.objects.filter(reader__in=readers).exclude(session="").values("session")
    named = VendorSession.objects.exclude(name_id="").values("access__resource")
    resources = list(DigitalResource.objects.filter(pk__in=named))
    names = [pairwise_id(reader, resource) for reader in readers for resource in resources]
    return VendorSession.objects.filter(Q(session__in=marks) | Q(name_id__in=names))


def forget_readers(readers: Iterable[Reader]) -> None:
    """Forget all that signing on keeps about `readers`: what happened stays without them, what proves them goes."""
    people = list(readers)
    vendor_sessions_of(people).delete()
    Ticket.objects.filter(reader__in=people).delete()
    forget_names(SignonEvent.objects.filter(reader__in=people))


def forget_names(events: QuerySet[SignonEvent]) -> int:
    """Leave `events` without their reader and without what a vendor sent; return how many there are."""
    return events.update(reader=None, detail={})
