"""What a vendor would be sent, seen without sending it: for a trial reader, and in plain words for a reader."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from navette.core import clock
from navette.signon.decision import admit
from navette.signon.identifiers import pairwise_id
from navette.signon.links.addresses import with_parameters
from navette.signon.links.recipes import POSTED, RECIPES, filled
from navette.signon.links.signed import SignedLink
from navette.signon.models import Attribute, VendorAccess, WayName
from navette.signon.opening import visit_of
from navette.signon.release import Released, released_to
from navette.signon.trials import Trial
from navette.signon.ways import Visit
from navette.subscriptions.models import Subscription

KNOWS_NOBODY = (WayName.PLAIN, WayName.REFERER)  # vendors who don't learn who comes
TELLS_NO_MORE = (*KNOWS_NOBODY, WayName.SIGNED)  # and those who learn nothing beside the identifier


@dataclass(frozen=True)
class Preview:
    """What would be sent for one reader.

    `address` is where the browser would go, `parameters` what its query would hold beside the vendor's own, `posted`
    what would be posted there (SAML, by the browser) or from server to server (a signed message). `identifier` and
    `attributes` are what the vendor would know, however it learns it. Nothing of it is good for signing on.
    """

    address: str
    identifier: str
    attributes: tuple[Released, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    posted: Mapping[str, str] = field(default_factory=dict)
    shows_origin: bool = False


def preview(access: VendorAccess, trial: Trial) -> Preview:
    """Return what the vendor of `access` would be sent for the reader of `trial`; nothing is sent, stored or called.

    Raises the Stopped that such a reader would meet.
    """
    subscription = admit(trial, access.resource, clock.today())
    visit = visit_of(access, trial, subscription)
    if access.way in KNOWS_NOBODY:
        return Preview(access.address, "", shows_origin=access.way == WayName.REFERER)
    parameters = _parameters(access, visit)
    return Preview(
        address=with_parameters(access.address, parameters) if parameters else access.address,
        identifier=visit.reader_id,
        attributes=() if access.way in TELLS_NO_MORE else visit.released,
        parameters=parameters,
        posted=filled(POSTED, access, visit) if access.way == WayName.POSTED else {},
    )


@dataclass(frozen=True)
class Telling:
    """What a vendor learns of a reader, in plain words: the identifier, unless it learns not even that, and the rest.

    `rows` holds the name of each thing and its value for the reader, empty where nobody is logged in.
    """

    identifies: bool
    identifier: str
    rows: tuple[tuple[str, str], ...]


def telling(access: VendorAccess, subscription: Subscription | None) -> Telling:
    """Return what the vendor of `access` learns of the reader of `subscription`, or would of any reader (SSO-03)."""
    identifies = access.way not in KNOWS_NOBODY
    released = [] if access.way in TELLS_NO_MORE else list(access.released.all())
    known = released_to(access, subscription) if subscription and released else []
    values = {row.attribute: row.value for row in known}
    return Telling(
        identifies=identifies,
        identifier=pairwise_id(subscription.reader, access.resource) if subscription and identifies else "",
        rows=tuple((row.get_attribute_display(), values.get(Attribute(row.attribute), "")) for row in released),
    )


def _parameters(access: VendorAccess, visit: Visit) -> Mapping[str, str]:
    if access.way == WayName.SIGNED:
        return SignedLink().parameters(access, visit)
    recipe = RECIPES.get(access.way)
    return filled(recipe, access, visit) if recipe and access.way != WayName.POSTED else {}
