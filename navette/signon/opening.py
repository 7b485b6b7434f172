"""Opening a resource: the decision, then the vendor's way."""

import secrets

from navette.accounts.models import User
from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.decision import may_open
from navette.signon.identifiers import pairwise_id
from navette.signon.links.plain import PlainLink
from navette.signon.links.signed import SignedLink
from navette.signon.models import VendorAccess, WayName
from navette.signon.ways import Departure, Visit, Way

WAYS: dict[str, Way] = {WayName.PLAIN: PlainLink(), WayName.SIGNED: SignedLink()}
NONCE_BYTES = 16


def open_resource(user: User, resource: DigitalResource) -> Departure:
    """Return how `user` leaves for `resource`; raise the `Stopped` refusal that says why they may not."""
    reader = Reader.objects.select_related("user").filter(user=user).first()
    if reader is None:
        raise errors.NotAReader
    may_open(reader, resource, clock.today())
    access = VendorAccess.objects.filter(resource=resource).first()
    if access is None:
        raise errors.ResourceClosed(resource.name)
    visit = Visit(
        resource=resource.slug,
        reader_id=pairwise_id(reader, resource),
        at=clock.now(),
        nonce=secrets.token_urlsafe(NONCE_BYTES),
    )
    return WAYS[access.way].open(access, visit)
