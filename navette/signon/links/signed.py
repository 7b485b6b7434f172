"""A signed link: HMAC-SHA-256 over who opens what and when. The recipe for vendors is docs/signed-links.md."""

import hashlib
import hmac

from navette.signon.links.addresses import with_parameters
from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, Visit

VERSION = "navette-link-1"


def canonical(resource: str, reader_id: str, time: int, nonce: str) -> bytes:
    """Return the text that is signed: five lines in this order, joined by line feeds, none at the end."""
    return "\n".join([VERSION, resource, reader_id, str(time), nonce]).encode()


def sign(key: str, message: bytes) -> str:
    """Return the signature in 64 lowercase hexadecimal digits; the key is its UTF-8 bytes."""
    return hmac.new(key.encode(), message, hashlib.sha256).hexdigest()


class SignedLink:
    """Leads to the vendor's address with the reader's opaque identifier, the time, a nonce and the signature."""

    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the signed address, good for one use within a minute."""
        return Departure(with_parameters(access.address, self.parameters(access, visit)))

    def parameters(self, access: VendorAccess, visit: Visit) -> dict[str, str]:
        """Return what is added to the vendor's address."""
        time = int(visit.at.timestamp())
        message = canonical(visit.resource, visit.reader_id, time, visit.nonce)
        return {
            "resource": visit.resource,
            "id": visit.reader_id,
            "time": str(time),
            "nonce": visit.nonce,
            "signature": sign(access.key, message),
        }
