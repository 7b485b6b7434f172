"""A plain link: the vendor asks nothing and is told nothing."""

from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit


class PlainLink:
    """Leads to the vendor's address as it is."""

    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address, with nothing of the reader in it."""
        return Departure(access.address)
