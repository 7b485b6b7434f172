"""A token on which the vendor's server asks the portal who it is for.

By the recipe the token is the same at each opening. So it proves nothing alone: the portal answers once for each
opening, within a minute of it (SSO-02), and to nobody who has not just been brought the token by a reader.
"""

import hashlib
import uuid

from navette.signon.links.addresses import with_parameters
from navette.signon.links.recipes import CALLBACK, filled
from navette.signon.models import TicketKind, VendorAccess
from navette.signon.tickets import issue
from navette.signon.ways import Departure, Visit


class CallbackLink:
    """Leads to the vendor's address with the token; the vendor comes back to ask what it stands for."""

    counts_at_departure = False

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the address with the token, for which one question will be answered."""
        fields = filled(CALLBACK, access, visit)
        family = family_of(access, fields["uid"], fields["token"])
        issue(TicketKind.CALLBACK, access, visit.holder, access.address, session=visit.session, family=family)
        return Departure(with_parameters(access.address, fields))


def family_of(access: VendorAccess, uid: str, token: str) -> uuid.UUID:
    """Return what the openings of one reader by one token share; no other reader, token or vendor has it."""
    text = "\0".join(["callback", str(access.pk), uid, token])
    return uuid.UUID(bytes=hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16])
