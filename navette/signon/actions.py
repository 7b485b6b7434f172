"""What the staff set of how a resource opens."""

from urllib.parse import urlsplit

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import AuditRow, audit
from navette.core.seen import fingerprint_of
from navette.resources.models import DigitalResource
from navette.signon.errors import AccessOvertaken
from navette.signon.models import VendorAccess, WayName

SHORTEST_KEY = 16  # characters


@transaction.atomic
def set_access(
    resource: DigitalResource, *, acting_user: Actor, seen: str, way: str, address: str, key: str = ""
) -> VendorAccess:
    """Set how `resource` opens; a `key` replaces the one stored, an empty one leaves it. Returns the settings fresh.

    It goes over the settings whose `access_fingerprint` is `seen`. The key stands in no audit row. Raises NotAllowed,
    Invalid or AccessOvertaken.
    """
    require(acting_user, "resources.manage")
    DigitalResource.objects.select_for_update(no_key=True).get(pk=resource.pk)  # there may be no settings to lock yet
    access = VendorAccess.objects.filter(resource=resource).first()
    _check_seen(resource, access, seen)
    access = access or VendorAccess(resource=resource)
    _check(way, address, key, has_key=bool(access.key))
    access.way, access.address = way, address
    if key:
        access.key = key
    access.save()
    audit(acting_user, "signon.set_access", resource, way=way, address=address, key_replaced=bool(key))
    return access


def access_fingerprint(access: VendorAccess | None) -> str:
    """Return what changes with how a resource opens, its key included, of which it tells nothing."""
    if access is None:
        return fingerprint_of({})
    key = salted_hmac("navette.signon.access", access.key, algorithm="sha256").hexdigest()
    return fingerprint_of({"way": access.way, "address": access.address, "key": key})


def _check_seen(resource: DigitalResource, access: VendorAccess | None, seen: str) -> None:
    now = access_fingerprint(access)
    if now != seen:
        done = AuditRow.objects.filter(action="signon.set_access", object_id=resource.pk).order_by("-at", "-pk").first()
        raise AccessOvertaken(done.actor_label if done else "", now)


def _check(way: str, address: str, key: str, *, has_key: bool) -> None:
    if way not in WayName.values:
        raise Invalid(_("Choisissez une façon d’ouvrir la ressource."), "way")
    if urlsplit(address).scheme not in {"http", "https"}:
        raise Invalid(_("L’adresse commence par https://."), "address")
    if key and len(key) < SHORTEST_KEY:
        raise Invalid(_("Cette clé est trop courte : 16 caractères au moins."), "key")
    if way == WayName.SIGNED and not key and not has_key:
        raise Invalid(_("Un lien signé demande une clé partagée avec le fournisseur."), "key")
