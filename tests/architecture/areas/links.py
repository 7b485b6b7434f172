"""Links: where a vendor's server asks about a token. It has no session, so that every role is answered alike."""

from typing import Any

from navette.signon.models import VendorAccess, WayName
from tests import factories
from tests.architecture.areas import Area, Values

TABLE = """
links:callback          GET    403  403  403  403  403  403  403  403  403  403  403  403
links:callback          POST   403  403  403  403  403  403  403  403  403  403  403  403
"""


def prepare(world: Any) -> None:
    """Write a vendor that asks back."""
    factories.vendor(way=WayName.CALLBACK, key="k" * 40, establishment="33", resource__slug="asks-back")


def places(world: Any) -> Values:
    """Return the arguments of each route's address."""
    return {"links:callback": {"slug": VendorAccess.objects.get(way=WayName.CALLBACK).resource.slug}}


AREA = Area(table=TABLE, prepare=prepare, places=places, called=frozenset({"links:callback"}))
