"""Opening a resource: the decision, the vendor's way, and the count of it."""

import secrets

from django.db import transaction

from navette.accounts.models import User
from navette.core import clock
from navette.readers.ages import age_band
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors, events
from navette.signon.cas.door import CasWay
from navette.signon.decision import admit
from navette.signon.identifiers import pairwise_id
from navette.signon.links.addresses import is_at
from navette.signon.links.callback import CallbackLink
from navette.signon.links.hashed import HashedLink
from navette.signon.links.plain import PlainLink
from navette.signon.links.posted import PostedLink
from navette.signon.links.recipes import FIELDS, HASHED
from navette.signon.links.referer import RefererLink
from navette.signon.links.signed import SignedLink
from navette.signon.models import ActiveYear, EventKind, Opening, VendorAccess, WayName
from navette.signon.oidc.way import OidcWay
from navette.signon.release import released_to
from navette.signon.saml.way import Saml
from navette.signon.trials import Trial
from navette.signon.ways import Departure, VendorSilent, Visit, Way
from navette.subscriptions.models import Subscription

WAYS: dict[str, Way] = {
    WayName.PLAIN: PlainLink(),
    WayName.SIGNED: SignedLink(),
    WayName.HASHED: HashedLink(HASHED),
    WayName.FIELDS: HashedLink(FIELDS),
    WayName.CALLBACK: CallbackLink(),
    WayName.POSTED: PostedLink(),
    WayName.REFERER: RefererLink(),
    WayName.CAS: CasWay(),
    WayName.SAML: Saml(),
    WayName.OIDC: OidcWay(),
}
NONCE_BYTES = 16


def reader_of(user: User) -> Reader:
    """Return the reader behind `user`; raise NotAReader for a professional's account."""
    reader = Reader.objects.select_related("user").filter(user=user).first()
    if reader is None:
        raise errors.NotAReader
    return reader


def open_resource(user: User, resource: DigitalResource, *, session: str = "", return_to: str = "") -> Departure:
    """Return how `user` leaves for `resource`, and count it; raise the `Stopped` refusal that says why they may not.

    `session` is the mark of their session (`sessions.mark_of`), `return_to` the vendor's page that they were going to.
    What happens is recorded, the refusal too.
    """
    reader = reader_of(user)
    access = VendorAccess.objects.select_related("resource").filter(resource=resource).first()
    way = access.way if access else ""
    try:
        subscription = admit(reader, resource, clock.today())
        if access is None:
            raise errors.ResourceClosed(resource.name)
        departure = depart(access, reader, subscription, session=session, return_to=return_to)
    except errors.Stopped as reason:
        events.stopped(resource, way, reader, reason)
        raise
    with transaction.atomic():
        if WAYS[access.way].counts_at_departure:
            record(reader, subscription, resource)
        events.of_access(EventKind.SENT, access, reader)
    return departure


def depart(
    access: VendorAccess,
    holder: Reader | Trial,
    subscription: Subscription,
    *,
    session: str = "",
    return_to: str = "",
) -> Departure:
    """Return how `holder`, who may, leaves for the vendor of `access`; raise VendorFailed where the vendor fails."""
    visit = visit_of(access, holder, subscription, session=session, return_to=return_to)
    try:
        return WAYS[access.way].open(access, visit)
    except VendorSilent as failure:
        reader = holder if isinstance(holder, Reader) else None
        trial = isinstance(holder, Trial)
        kind = EventKind.VENDOR_ERROR
        events.of_access(kind, access, reader, failure.reason, trial=trial, answer=failure.detail)
        raise errors.VendorFailed(access.resource.name) from failure


def visit_of(
    access: VendorAccess,
    holder: Reader | Trial,
    subscription: Subscription,
    *,
    session: str = "",
    return_to: str = "",
) -> Visit:
    """Return the opening of the resource of `access` by `holder`, now, in the terms that a vendor may know.

    A page to return to that is not at the vendor's registered origin is dropped (SSO-04).
    """
    return Visit(
        resource=access.resource.slug,
        reader_id=pairwise_id(subscription.reader, access.resource),
        at=clock.now(),
        nonce=secrets.token_urlsafe(NONCE_BYTES),
        holder=holder,
        released=tuple(released_to(access, subscription)),
        session=session,
        return_to=return_to if is_at(access.address, return_to) else "",
    )


@transaction.atomic(savepoint=False)
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
