"""A link by which the vendor trusts the page that it is followed from: the portal's, by its Referer."""

from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit


class RefererLink:
    """Leads to the vendor's address as it is, from a page that shows the portal's origin and nothing more of itself."""

    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address, or its page that the reader was going to."""
        return Departure(visit.return_to or access.address, show_origin=True)
