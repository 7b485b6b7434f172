"""What every way to a vendor does, by one interface: links, CAS, SAML and OpenID Connect."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from navette.readers.models import Reader
from navette.signon.models import VendorAccess
from navette.signon.release import Released
from navette.signon.trials import Trial


@dataclass(frozen=True)
class Visit:
    """One reader's opening of one resource, in the terms that a vendor may know.

    `reader_id` is the reader's opaque identifier at this vendor, `at` the moment (aware), `nonce` a random text never
    used before, `released` what else the vendor is told, `session` the mark of the reader's session here, `holder` who
    it is: only tickets name them, and the vendor never sees it. `return_to` is the page of the vendor that the reader
    was going to, at the vendor's registered origin; empty where they came from the portal.
    """

    resource: str
    reader_id: str
    at: dt.datetime
    nonce: str
    holder: Reader | Trial
    released: tuple[Released, ...] = ()
    session: str = ""
    return_to: str = ""


@dataclass(frozen=True)
class Departure:
    """How the browser leaves for the vendor: a redirect to `address`, or a form of `fields` posted to it.

    `show_origin` lets the vendor see the portal's address in Referer: some trust nothing else.
    """

    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    show_origin: bool = False


class VendorSilent(Exception):
    """The vendor did not answer, or not as agreed; `reason` is a code of `events.REASONS`, `detail` is technical."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


class Way(Protocol):
    """Something that can sign a reader on at a vendor.

    Where `counts_at_departure` is false the vendor comes back to check: the opening is counted then.
    """

    counts_at_departure: bool

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return how `visit` leaves for the vendor that `access` describes; VendorSilent where that fails."""
        ...
