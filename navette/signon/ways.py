"""What every way to a vendor does: links today; CAS, SAML and OpenID Connect by the same interface."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from navette.signon.models import VendorAccess


@dataclass(frozen=True)
class Visit:
    """One reader's opening of one resource, in the terms that a vendor may know.

    `reader_id` is the reader's opaque identifier at this vendor, `at` the moment (aware), `nonce` a random text never
    used before.
    """

    resource: str
    reader_id: str
    at: dt.datetime
    nonce: str


@dataclass(frozen=True)
class Departure:
    """How the browser leaves for the vendor: by a redirect to `address`."""

    address: str


class Way(Protocol):
    """Something that can sign a reader on at a vendor."""

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return how `visit` leaves for the vendor that `access` describes; writes nothing."""
        ...
