"""Which vendor a service address belongs to: the whole of SSO-04 for CAS is here.

A service is a vendor's where scheme, host and port are the same as those of an address registered for it, and the path
is equal to that one or below it. What browsers and servers read in more than one way is no service at all.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from django.utils.encoding import iri_to_uri

from navette.signon.models import AddressUse, VendorAccess, VendorAddress, WayName

LONGEST = 1_200  # characters, written in ASCII: with what logging in adds, a redirect still holds it
PORTS = {"http": 80, "https": 443}
# No user information, no backslash, no space, no control character: `@` and `\` end a host for some and not for others.
SERVICE = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#\\]*)?(?:\?(?P<query>[^#\\]*))?(?:#[^\\]*)?",
    re.IGNORECASE | re.ASCII,  # without ASCII, ſ passes for s and the Kelvin sign for k
)
DECODINGS = 4  # a path that still changes after so many is made to mislead


@dataclass(frozen=True)
class Place:
    """Where an address leads: what the registered one and the service are compared by."""

    origin: tuple[str, str, int]  # scheme, host, port
    path: str
    query: frozenset[tuple[str, str]]

    def holds(self, service: "Place") -> bool:
        """Say whether `service` is at this registered place or below it."""
        below = self.path if self.path.endswith("/") else f"{self.path}/"
        return service.origin == self.origin and (service.path == self.path or service.path.startswith(below))


def place_of(address: str) -> Place | None:
    """Return where `address` leads; None where it is no plain web address, or could be read as another."""
    found = SERVICE.fullmatch(address) if address.isprintable() and " " not in address else None
    if found is None or len(iri_to_uri(address)) > LONGEST:
        return None
    scheme, host, path = found["scheme"].lower(), found["host"].lower(), found["path"] or "/"
    port = int(found["port"]) if found["port"] else PORTS[scheme]
    if _misleads(path):
        return None
    return Place((scheme, host, port), path, frozenset(parse_qsl(found["query"] or "", keep_blank_values=True)))


def _misleads(path: str) -> bool:
    """Say whether some server may read `path` as another: by dots, doubled slashes or what percent signs hide."""
    plain = path
    for _turn in range(DECODINGS):
        before, plain = plain, unquote(plain, errors="replace")
        if before == plain:
            break
    else:
        return True
    segments = [segment.partition(";")[0] for segment in plain[1:].split("/")]
    return not plain.isprintable() or "\\" in plain or "" in segments[:-1] or bool({".", ".."} & set(segments))


def find(service: str) -> VendorAccess | None:
    """Return how the resource opens whose vendor has registered `service` or what is above it; None if nobody has.

    Of several, the nearest above: the longest path, then the most of its own query found in the service's.
    """
    asked = place_of(service)
    if asked is None:
        return None
    rows = VendorAddress.objects.select_related("access__resource").filter(
        use=AddressUse.CAS_SERVICE, access__way=WayName.CAS
    )
    held = [(place, row) for row in rows if (place := place_of(row.url)) and place.holds(asked)]
    if not held:
        return None
    _place, nearest = max(held, key=lambda pair: (len(pair[0].path), len(pair[0].query & asked.query), -pair[1].pk))
    return nearest.access


def without_query(service: str) -> str:
    """Return what is recorded of a service: its query may hold what the reader was looking for."""
    return service.partition("#")[0].partition("?")[0]
