"""What the staff set of how a resource opens."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess, WayName

SHORTEST_KEY = 16  # characters


@transaction.atomic
def set_access(resource: DigitalResource, *, acting_user: Actor, way: str, address: str, key: str = "") -> VendorAccess:
    """Set how `resource` opens; a `key` replaces the one stored, an empty one leaves it. Returns the settings fresh.

    The key stands in no audit row. Raises NotAllowed or Invalid.
    """
    require(acting_user, "resources.manage")
    access = VendorAccess.objects.select_for_update().filter(resource=resource).first()
    access = access or VendorAccess(resource=resource)
    _check(way, address, key, has_key=bool(access.key))
    access.way, access.address = way, address
    if key:
        access.key = key
    access.save()
    audit(acting_user, "signon.set_access", resource, way=way, address=address, key_replaced=bool(key))
    return access


def _check(way: str, address: str, key: str, *, has_key: bool) -> None:
    if way not in WayName.values:
        raise Invalid(_("Choisissez une façon d’ouvrir la ressource."), "way")
    if urlsplit(address).scheme not in {"http", "https"}:
        raise Invalid(_("L’adresse commence par https://."), "address")
    if key and len(key) < SHORTEST_KEY:
        raise Invalid(_("Cette clé est trop courte : 16 caractères au moins."), "key")
    if way == WayName.SIGNED and not key and not has_key:
        raise Invalid(_("Un lien signé demande une clé partagée avec le fournisseur."), "key")
