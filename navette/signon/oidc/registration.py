"""What the staff register of a vendor that signs on by OpenID Connect."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.signon.addresses import checked_address
from navette.signon.models import AddressUse, VendorAccess, VendorAddress, WayName

ID_BYTES, SECRET_BYTES = 12, 32


@dataclass(frozen=True)
class Registered:
    """A vendor as it is registered now; `secret` is its new secret, shown this once; empty where it has none."""

    access: VendorAccess
    secret: str


@transaction.atomic
def register_client(
    access: VendorAccess,
    *,
    acting_user: Actor,
    redirect_uris: Sequence[str],
    logout_uris: Sequence[str],
    confidential: bool,
) -> Registered:
    """Register the vendor of `access`: these addresses and no other; it gets an identifier once, and keeps it.

    A confidential vendor gets a secret, once; a public one has none. Raises NotAllowed or Invalid.
    """
    require(acting_user, "resources.manage")
    back, out = _checked(redirect_uris, "redirect_uris"), _checked(logout_uris, "logout_uris")
    if not back:
        raise Invalid(_("Donnez au moins une adresse de retour (redirect_uri)."), "redirect_uris")
    held = VendorAccess.objects.select_for_update().select_related("resource").get(pk=access.pk)
    if held.way != WayName.OIDC:
        raise Invalid(_("Choisissez d’abord OpenID Connect comme façon d’ouvrir la ressource."), "way")
    secret = _set_secret(held, confidential=confidential)
    held.client_id = held.client_id or secrets.token_hex(ID_BYTES)
    held.save(update_fields=["client_id", "key"])
    _replace(held, AddressUse.OIDC_REDIRECT, back)
    _replace(held, AddressUse.OIDC_LOGOUT, out)
    detail = {"redirect_uris": back, "logout_uris": out, "confidential": confidential}
    audit(acting_user, "signon.register_client", held.resource, client_id=held.client_id, **detail)
    return Registered(held, secret)


@transaction.atomic
def rotate_secret(access: VendorAccess, *, acting_user: Actor) -> str:
    """Give the vendor of `access` a new secret and return it, this once; the former is good no longer.

    Raises NotAllowed, or Invalid for a vendor that has none.
    """
    require(acting_user, "resources.manage")
    held = VendorAccess.objects.select_for_update().select_related("resource").get(pk=access.pk)
    if held.way != WayName.OIDC or not held.client_id or not held.key:
        raise Invalid(_("Ce fournisseur n’a pas de secret : il est public, ou pas encore enregistré."))
    held.key = secret = secrets.token_urlsafe(SECRET_BYTES)
    held.save(update_fields=["key"])
    audit(acting_user, "signon.rotate_secret", held.resource, client_id=held.client_id)
    return secret


def _set_secret(held: VendorAccess, *, confidential: bool) -> str:
    """Give `held` the secret that it lacks, and return it; the key of another way is not one."""
    if not confidential:
        held.key = ""
        return ""
    if held.client_id and held.key:
        return ""
    held.key = secret = secrets.token_urlsafe(SECRET_BYTES)
    return secret


def _replace(access: VendorAccess, use: AddressUse, addresses: Sequence[str]) -> None:
    access.addresses.filter(use=use).exclude(url__in=addresses).delete()
    kept = set(access.addresses.filter(use=use).values_list("url", flat=True))
    rows = [
        VendorAddress(access=access, use=use, url=address, position=position)
        for position, address in enumerate(addresses)
        if address not in kept
    ]
    VendorAddress.objects.bulk_create(rows)


def _checked(addresses: Sequence[str], field: str) -> list[str]:
    """Return addresses that vendors' software can send as they stand: no letter that it would write otherwise."""
    checked = list(dict.fromkeys(checked_address(address, field=field) for address in addresses))
    for address in checked:
        if not address.isascii():
            told = _("« %(address)s » : écrivez les lettres accentuées comme le navigateur les envoie (%%C3%%A9).")
            raise Invalid(told % {"address": address}, field)
    return checked
