"""A plain link: the vendor asks nothing and is told nothing."""

from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit


class PlainLink:
    """Leads to the vendor as if the reader had typed its address."""

    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address, or its page that the reader was going to, with nothing of the reader in it."""
        return Departure(visit.return_to or access.address)
