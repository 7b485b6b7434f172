"""What a vendor is told of a reader, as claims."""

from navette.signon.identifiers import pairwise_id
from navette.signon.models import VendorAccess
from navette.signon.release import released_to
from navette.subscriptions.models import Subscription


def claims_of(access: VendorAccess, subscription: Subscription) -> dict[str, str]:
    """Return the opaque identifier, and what the resource's settings release under the vendor's names (SSO-03).

    What is empty is left out, and nothing passes for the identifier, whatever name it was given.
    """
    told = {row.name: row.value for row in released_to(access, subscription) if row.value}
    return told | {"sub": pairwise_id(subscription.reader, access.resource)}
