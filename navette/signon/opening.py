"""Opening a resource: the decision, the vendor's way, and the count of it."""

import secrets

from django.db import transaction

from navette.accounts.models import User
from navette.core import clock
from navette.readers.ages import age_band
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.decision import may_open
from navette.signon.identifiers import pairwise_id
from navette.signon.links.plain import PlainLink
from navette.signon.links.signed import SignedLink
from navette.signon.models import ActiveYear, Opening, VendorAccess, WayName
from navette.signon.ways import Departure, Visit, Way
from navette.subscriptions.models import Subscription

WAYS: dict[str, Way] = {WayName.PLAIN: PlainLink(), WayName.SIGNED: SignedLink()}
NONCE_BYTES = 16


def open_resource(user: User, resource: DigitalResource) -> Departure:
    """Return how `user` leaves for `resource`, and count it; raise the `Stopped` refusal that says why they may not."""
    reader = Reader.objects.select_related("user").filter(user=user).first()
    if reader is None:
        raise errors.NotAReader
    subscription = may_open(reader, resource, clock.today())
    access = VendorAccess.objects.filter(resource=resource).first()
    if access is None:
        raise errors.ResourceClosed(resource.name)
    visit = Visit(
        resource=resource.slug,
        reader_id=pairwise_id(reader, resource),
        at=clock.now(),
        nonce=secrets.token_urlsafe(NONCE_BYTES),
    )
    departure = WAYS[access.way].open(access, visit)
    record(reader, subscription, resource)
    return departure


@transaction.atomic
def record(reader: Reader, subscription: Subscription, resource: DigitalResource) -> None:
    """Count that `reader` opens `resource` now (SSO-06), and once that they were active this year."""
    today = clock.today()
    common = {
        "reader": reader,
        "library_id": subscription.library_id,
        "age_band": age_band(reader.birth_date, today),
    }
    Opening.objects.create(resource=resource, day=today, opened_at=clock.now(), **common)
    ActiveYear.objects.bulk_create([ActiveYear(year=today.year, **common)], ignore_conflicts=True)
