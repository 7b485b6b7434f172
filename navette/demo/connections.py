"""How the demo's resources open: one vendor for every way, each at an address of its own beside the portal."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from navette.demo.plan import Plan
from navette.resources.models import DigitalResource
from navette.signon.models import KEYED, AddressUse, ReleasedAttribute, VendorAccess, VendorAddress, WayName

VENDOR_PATH = "/demo/fournisseur/"
KEY_LENGTH = 40
PORTALS_NAME = "navette-demo"  # what vendors of older recipes call the portal
NAMED = (WayName.HASHED, WayName.FIELDS, WayName.CALLBACK)


@dataclass(frozen=True)
class Doors:
    """Where a vendor of one way is reached: `arrival` is the path under its address that the portal leads to.

    `addresses` are the paths that are registered, with their use and their SAML binding; `columns` what else is set.
    """

    arrival: str = ""
    addresses: tuple[tuple[AddressUse, str, str], ...] = ()
    columns: Callable[[str], dict[str, str]] = field(default=lambda address: {})


# A vendor of these starts by itself: it sends its visitor to the portal, and gets them back at a registered address.
DOORS: dict[str, Doors] = {
    WayName.CAS: Doors("/connexion", ((AddressUse.CAS_SERVICE, "", ""),)),
    WayName.OIDC: Doors(
        "/connexion", ((AddressUse.OIDC_REDIRECT, "", ""),), lambda address: {"client_id": address.rpartition("/")[2]}
    ),
    WayName.SAML: Doors("", ((AddressUse.SAML_ACS, "", "post"),), lambda address: {"entity_id": address}),
}


def connect(plan: Plan, resource: DigitalResource, row: dict[str, Any], rng: random.Random) -> None:
    """Write how `resource` opens, as its `row` of the data says."""
    way, address = row["way"], vendor_address(plan.site_url, resource.slug)
    doors = DOORS.get(way, Doors())
    key = "".join(rng.choices(string.ascii_letters + string.digits, k=KEY_LENGTH))
    access = VendorAccess.objects.create(
        resource=resource,
        way=way,
        address=address + doors.arrival + (f"?{row['query']}" if row["query"] else ""),
        key=key if way in KEYED or way == WayName.OIDC else "",
        establishment=PORTALS_NAME if way in NAMED else "",
        **doors.columns(address),
    )
    for use, path, binding in doors.addresses:
        VendorAddress.objects.create(access=access, use=use, url=address + path, binding=binding)
    for attribute, name in row["tells"].items():
        ReleasedAttribute.objects.create(access=access, attribute=attribute, name=name)


def vendor_address(site_url: str, slug: str) -> str:
    """Return the address of the demo's vendor of the resource `slug`."""
    return f"{vendors_site(site_url)}{VENDOR_PATH}{slug}"


def vendors_site(site_url: str) -> str:
    """Return where the demo's vendors answer: at the portal's own, under this machine's other name where it has one.

    To a browser that is another site, as a true vendor's is: it gets no cookie of the portal, and is told less of it.
    """
    parts = urlsplit(site_url)
    if parts.hostname != "127.0.0.1":
        return site_url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace("127.0.0.1", "localhost")))


def move_vendors(site_url: str) -> None:
    """Make the demo's vendors answer at `site_url`: the port may be another one than when the data were made."""
    for access in VendorAccess.objects.filter(address__contains=VENDOR_PATH):
        told = {name: _moved(getattr(access, name), site_url) for name in ("address", "entity_id")}
        if any(getattr(access, name) != value for name, value in told.items()):
            VendorAccess.objects.filter(pk=access.pk).update(**told)
    for row in VendorAddress.objects.filter(url__contains=VENDOR_PATH):
        if row.url != _moved(row.url, site_url):
            VendorAddress.objects.filter(pk=row.pk).update(url=_moved(row.url, site_url))


def _moved(address: str, site_url: str) -> str:
    if VENDOR_PATH not in address:
        return address
    return vendors_site(site_url) + VENDOR_PATH + address.partition(VENDOR_PATH)[2]
