"""Links of the older recipes whose proof goes with the reader's browser: one hash, or one for each field."""

from dataclasses import dataclass

from navette.signon.links.addresses import with_parameters
from navette.signon.links.recipes import Recipe, filled
from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit


@dataclass(frozen=True)
class HashedLink:
    """Leads to the vendor's address with what `recipe` names."""

    recipe: Recipe
    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the vendor's address with the recipe's parameters after its own."""
        return Departure(with_parameters(access.address, filled(self.recipe, access, visit)))
