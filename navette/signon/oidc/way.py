"""OpenID Connect from the portal's own pages: the vendor is opened, and comes to the door by itself."""

from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit


class OidcWay:
    """Leads to the vendor's address, whose software then asks the portal who comes."""

    counts_at_departure = False

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address, with nothing of the reader in it."""
        return Departure(access.address)
