"""What the staff set of how a resource opens: its way, its key, the vendor's addresses, what the vendor is told."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import AuditRow, audit
from navette.core.seen import fingerprint_of
from navette.resources.models import DigitalResource
from navette.signon.addresses import checked_address
from navette.signon.cas.services import place_of
from navette.signon.errors import AccessOvertaken
from navette.signon.models import (
    AddressUse,
    Attribute,
    ClockFormat,
    DateFormat,
    ReleasedAttribute,
    Ticket,
    VendorAccess,
    VendorAddress,
    WayName,
)
from navette.signon.sheets import SHEETS, needs_key

SHORTEST_KEY = 16  # characters
KEY_BYTES = 32
LONGEST_NAME = 200
LONGEST_ENTITY = 500
MOST_ADDRESSES = 50  # of one vendor
LINKS = (WayName.PLAIN, WayName.REFERER)  # carry nothing: a vendor without https is let pass
# What belongs to one way alone: another way begins without.
OWN: Mapping[str, str] = {"entity_id": WayName.SAML, "metadata": WayName.SAML, "client_id": WayName.OIDC}


@transaction.atomic
def set_access(
    resource: DigitalResource,
    *,
    acting_user: Actor,
    seen: str,
    way: str,
    address: str,
    key: str = "",
    clock_format: str = ClockFormat.NONE,
    establishment: str = "",
    entity_id: str | None = None,
) -> VendorAccess:
    """Set how `resource` opens; a `key` replaces the one stored, an empty one leaves it. Returns the settings fresh.

    An `entity_id` of None is left as it is. Changing the way forgets what belonged to the former one (addresses,
    client, metadata, key) and spends its tickets. It goes over the settings whose `access_fingerprint` is `seen`. The
    key stands in no audit row. Raises NotAllowed, Invalid or AccessOvertaken.
    """
    require(acting_user, "resources.manage")
    access = _locked(resource, seen)
    if way not in WayName.values:
        raise Invalid(_("Choisissez une façon d’ouvrir la ressource."), "way")
    _leave_way(access, WayName(way))
    access.way = way
    access.address = checked_address(address, field="address", plain_http=way in LINKS)
    access.clock = _clock(way, clock_format)
    access.establishment = " ".join(establishment.split())[:120]
    if entity_id is not None and way == WayName.SAML:
        access.entity_id = _free_entity(access, entity_id.strip())
    _set_key(access, key.strip())
    access.save()
    audit(acting_user, "signon.set_access", resource, way=way, address=access.address, key_replaced=bool(key))
    return access


def new_key() -> str:
    """Return a key to share with a vendor: 43 letters, digits, hyphens and underscores drawn at random."""
    return secrets.token_urlsafe(KEY_BYTES)


def access_fingerprint(access: VendorAccess | None) -> str:
    """Return what changes with how a resource opens, its key included, of which it tells nothing."""
    if access is None:
        return fingerprint_of({})
    key = salted_hmac("navette.signon.access", access.key, algorithm="sha256").hexdigest()
    names = ("way", "address", "clock", "establishment", "entity_id", "client_id")
    return fingerprint_of({name: getattr(access, name) for name in names} | {"key": key})


def _locked(resource: DigitalResource, seen: str) -> VendorAccess:
    """Return the settings of `resource`, or new ones, its row locked; AccessOvertaken where `seen` is not theirs."""
    DigitalResource.objects.select_for_update(no_key=True).get(pk=resource.pk)  # there may be no settings to lock yet
    access = VendorAccess.objects.filter(resource=resource).first()
    now = access_fingerprint(access)
    if now != seen:
        done = AuditRow.objects.filter(action="signon.set_access", object_id=resource.pk).order_by("-at", "-pk").first()
        raise AccessOvertaken(done.actor_label if done else "", now)
    return access or VendorAccess(resource=resource, way="")


def _leave_way(access: VendorAccess, way: WayName) -> None:
    if not access.pk or access.way == way:
        return
    access.addresses.exclude(use__in=SHEETS[way].addresses).delete()
    Ticket.objects.filter(access=access, used_at__isnull=True).update(used_at=clock.now())
    for name, owner in OWN.items():
        if owner != way:
            setattr(access, name, "")
    if not needs_key(way) or not needs_key(access.way):
        access.key = ""


def _free_entity(access: VendorAccess, entity_id: str) -> str:
    if len(entity_id) > LONGEST_ENTITY or any(sign.isspace() or not sign.isprintable() for sign in entity_id):
        raise Invalid(_("L’identifiant SAML s’écrit sans espace : 500 caractères au plus."), "entity_id")
    if entity_id and VendorAccess.objects.filter(entity_id=entity_id).exclude(pk=access.pk).exists():
        raise Invalid(_("Un autre fournisseur a déjà cet identifiant SAML."), "entity_id")
    return entity_id


def _clock(way: str, clock_format: str) -> str:
    choices = SHEETS[WayName(way)].clocks
    if choices and clock_format not in choices:
        raise Invalid(_("Choisissez comment la date entre dans l’empreinte."), "clock_format")
    return clock_format if choices else ClockFormat.NONE


def _set_key(access: VendorAccess, key: str) -> None:
    if key and len(key) < SHORTEST_KEY:
        raise Invalid(_("Cette clé est trop courte : 16 caractères au moins."), "key")
    if needs_key(access.way) and not key and not access.key:
        raise Invalid(_("Cette façon d’ouvrir demande une clé partagée avec le fournisseur."), "key")
    if needs_key(access.way) and key:
        access.key = key


# ---- the vendor's addresses
@transaction.atomic
def register_address(access: VendorAccess, *, acting_user: Actor, use: str, url: str) -> VendorAddress:
    """Register an address that readers may be sent to (SSO-04), and return it. Raises NotAllowed or Invalid."""
    require(acting_user, "resources.manage")
    if use not in SHEETS[WayName(access.way)].addresses:
        raise Invalid(_("Choisissez à quoi sert cette adresse."), "use")
    address = checked_address(url)
    if use == AddressUse.CAS_SERVICE and place_of(address) is None:
        raise Invalid(
            _("Cette adresse pourrait se lire de deux façons : écrivez-la comme le navigateur l’affiche."), "url"
        )
    VendorAccess.objects.select_for_update().get(pk=access.pk)
    known = list(access.addresses.filter(use=use).order_by("position"))
    if address in {row.url for row in known}:
        raise Invalid(_("Cette adresse est déjà enregistrée."), "url")
    if len(known) >= MOST_ADDRESSES:
        raise Invalid(_("Il y a déjà 50 adresses : retirez celles qui ne servent plus."), "url")
    binding = "post" if use == AddressUse.SAML_ACS else "redirect" if use == AddressUse.SAML_LOGOUT else ""
    position = known[-1].position + 1 if known else 0
    made = VendorAddress.objects.create(access=access, use=use, url=address, binding=binding, position=position)
    audit(acting_user, "signon.add_address", access.resource, use=use, address=address)
    return made


@transaction.atomic
def forget_address(address: VendorAddress, *, acting_user: Actor) -> None:
    """Register `address` no longer: no reader is sent there from now on. Nothing where it is gone already."""
    require(acting_user, "resources.manage")
    gone, _by_model = VendorAddress.objects.filter(pk=address.pk).delete()
    if gone:
        audit(acting_user, "signon.remove_address", address.access.resource, use=address.use, address=address.url)


# ---- what the vendor is told
@dataclass(frozen=True)
class Release:
    """One attribute to tell a vendor, under the vendor's name for it."""

    attribute: str
    name: str
    date_format: str = DateFormat.ISO


@transaction.atomic
def release(access: VendorAccess, told: Sequence[Release], *, acting_user: Actor, seen: str) -> list[ReleasedAttribute]:
    """Have the vendor told exactly `told`, beside the opaque identifier (SSO-03); return the rows.

    It goes over what `released_fingerprint` was `seen`. Raises NotAllowed, AccessOvertaken, or Invalid, whose field is
    the attribute to blame.
    """
    require(acting_user, "resources.manage")
    VendorAccess.objects.select_for_update().get(pk=access.pk)
    now = released_fingerprint(access)
    if now != seen:
        raise AccessOvertaken("", now)
    before = sorted(access.released.values_list("attribute", flat=True))
    rows = [_row(access, wish) for wish in told]
    _check_names(rows)
    access.released.all().delete()
    made = ReleasedAttribute.objects.bulk_create(rows)
    after = sorted(row.attribute for row in made)
    audit(acting_user, "signon.release", access.resource, changed={"attributes": [before, after]})
    return made


def released_fingerprint(access: VendorAccess) -> str:
    """Return what changes with anything that the vendor of `access` is told."""
    rows = access.released.order_by("attribute").values_list("attribute", "name", "date_format")
    return fingerprint_of({"released": list(rows)})


def _row(access: VendorAccess, wish: Release) -> ReleasedAttribute:
    name = wish.name.strip()
    if wish.attribute not in Attribute.values or wish.date_format not in DateFormat.values:
        raise Invalid(_("Ce renseignement n’existe pas."))
    if not name or len(name) > LONGEST_NAME or any(sign.isspace() or not sign.isprintable() for sign in name):
        raise Invalid(_("Écrivez le nom que le fournisseur attend, sans espace."), wish.attribute)
    return ReleasedAttribute(access=access, attribute=wish.attribute, name=name, date_format=wish.date_format)


def _check_names(rows: Sequence[ReleasedAttribute]) -> None:
    names: set[str] = set()
    for row in rows:
        if row.name in names:
            raise Invalid(_("Deux renseignements portent le même nom."), row.attribute)
        names.add(row.name)
