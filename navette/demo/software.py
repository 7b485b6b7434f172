"""What the demo's vendors run: for each way, how a visitor is sent to the portal, and what is made of who arrives.

It is the simulated vendors' software, written from the protocols alone. What it knows of the portal is what staff would
give its technicians; it asks the portal by its public addresses.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.urls import reverse

from navette.core import clock
from navette.demo.models import VendorNonce
from navette.signon import calls
from navette.signon.models import WayName
from navette.signon.simulators import cas, links, oidc, saml
from navette.signon.simulators.vendor import Arrival, Known, Step, Welcome

SALT = "navette.demo.vendor"
FORGET_AFTER = dt.timedelta(minutes=3)
# What is made of who arrives: what the vendor knows and sees, how it asks the portal, and what the browser has kept.
Looks = Callable[[Known, Arrival, calls.Call, Mapping[str, str]], Welcome]


@dataclass(frozen=True)
class Begun:
    """A visitor on the way to the portal: where to send the browser, and what it keeps for the vendor until it is back.

    Without an address the portal can't be reached, and `steps` say why.
    """

    address: str
    kept: Mapping[str, str] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Software:
    """What a vendor runs: `start` sends a visitor to the portal, `welcome` looks at who arrives and what was kept."""

    start: Callable[[Known, calls.Call], Begun]
    welcome: Looks


def first_use(slug: str, text: str) -> bool:
    """Say whether the vendor of `slug` sees `text` for the first time; it is remembered in the same step."""
    VendorNonce.objects.filter(seen_at__lt=clock.now() - FORGET_AFTER).delete()
    try:
        with transaction.atomic():
            VendorNonce.objects.create(resource=slug, nonce=hashlib.sha256(text.encode()).hexdigest())
    except IntegrityError:
        return False
    return True


# ---- sending a visitor to the portal
def _ask_portal(known: Known, call: calls.Call) -> Begun:
    """Send the visitor to the resource's own address at the portal, which knows the way back."""
    opening = reverse("site:open_resource", args=[known.resource])
    return Begun(f"{known.portal}{opening}?{urlencode({'vers': known.address})}")


def _ask_cas(known: Known, call: calls.Call) -> Begun:
    return Begun(cas.login_address(known))


def _ask_oidc(known: Known, call: calls.Call) -> Begun:
    begun = oidc.begin(known, call)
    return Begun(begun.address, begun.memory, begun.steps)


def _ask_saml(known: Known, call: calls.Call) -> Begun:
    """Send a request whose mark comes back in RelayState: no cookie goes with a form that another site posts."""
    request = saml.ask(known)
    relay = urlencode({"RelayState": Signer(salt=SALT).sign(request.id)})
    return Begun(f"{request.address}&{relay}")


# ---- looking at who arrives
def _plainly(simulator: Callable[[Known, Arrival, calls.Call], Welcome]) -> Looks:
    return lambda known, arrival, call, _kept: simulator(known, arrival, call)


def _signed(known: Known, arrival: Arrival, call: calls.Call, _kept: Mapping[str, str]) -> Welcome:
    return links.signed(known, arrival, call, partial(first_use, known.resource))


def _saml(known: Known, arrival: Arrival, call: calls.Call, _kept: Mapping[str, str]) -> Welcome:
    try:
        asked = Signer(salt=SALT).unsign(arrival.fields.get("RelayState", ""))
    except BadSignature:
        asked = ""
    return saml.saml(known, arrival, call, asked=asked, first_use=partial(first_use, known.resource))


SOFTWARE: Mapping[str, Software] = {
    **{way: Software(_ask_portal, _plainly(simulator)) for way, simulator in links.SIMULATORS.items()},
    WayName.SIGNED: Software(_ask_portal, _signed),
    WayName.CAS: Software(_ask_cas, _plainly(cas.cas)),
    WayName.SAML: Software(_ask_saml, _saml),
    WayName.OIDC: Software(_ask_oidc, oidc.oidc),
}
