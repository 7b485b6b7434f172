"""A message signed and posted from server to server; the vendor answers the address to lead the reader to."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from navette.signon import calls
from navette.signon.links.addresses import is_at
from navette.signon.links.recipes import POSTED, filled
from navette.signon.models import VendorAccess
from navette.signon.ways import Departure, VendorSilent, Visit

ANSWERED = "url"  # what the vendor calls the address in its answer
HEADERS = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
# How a vendor's server is sent a text: method, address, text, headers.
Post = Callable[[str, str, str, Mapping[str, str]], calls.Answer]


@dataclass(frozen=True)
class PostedLink:
    """Leads where the vendor says, as long as that is at an address of its own; `call` is how its server is reached."""

    call: Post = calls.call
    counts_at_departure = True

    def open(self, access: VendorAccess, visit: Visit) -> Departure:
        """Return the address that the vendor answered; VendorSilent where it did not, or gave one that is not its own.

        The name of the host stands in the record of a failure, never what the vendor wrote: it may name the reader.
        """
        answer = self.call("POST", access.address, json.dumps(filled(POSTED, access, visit)), HEADERS)
        if answer.status == 0:
            raise VendorSilent("vendor_silent", answer.text)
        if not 200 <= answer.status < 300:
            raise VendorSilent("vendor_refused", f"HTTP {answer.status}")
        address = _address(answer.text)
        if address is None:
            raise VendorSilent("vendor_refused", f'HTTP {answer.status}, no JSON with "{ANSWERED}"')
        if not is_at(access.address, address):
            raise VendorSilent("vendor_elsewhere", "an address at another origin than the registered one")
        return Departure(address)


def _address(text: str) -> str | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = told.get(ANSWERED) if isinstance(told, dict) else None
    return found if isinstance(found, str) else None
