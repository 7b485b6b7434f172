"""What the three modules' tests have in common: setting up as staff do, and what the portal notes of each step."""

from typing import Any

from navette.accounts.models import User
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.actions import Release, access_fingerprint, release, released_fingerprint, set_access
from navette.signon.models import EventKind, SignonEvent, VendorAccess

# What each vendor here is told beside the identifier, by the vendor's own names.
TOLD = [Release("mail", "courriel"), Release("first_name", "prenom"), Release("birth_date", "naissance", "french")]


def connect(resource: DigitalResource, staff: User, way: str, address: str, **settings: Any) -> VendorAccess:
    """Have `staff` set how `resource` opens and what its vendor is told, TOLD, by the console's own actions."""
    access = set_access(
        resource, acting_user=staff, seen=access_fingerprint(None), way=way, address=address, **settings
    )
    release(access, TOLD, acting_user=staff, seen=released_fingerprint(access))
    return access


def steps_of(reader: Reader | None, resource: DigitalResource | None) -> list[tuple[str, str]]:
    """Return the kind and the reason of each step that the portal has noted, oldest first."""
    rows = SignonEvent.objects.filter(reader=reader, resource=resource).order_by("at", "pk")
    return [(EventKind(kind), reason) for kind, reason in rows.values_list("kind", "reason")]
