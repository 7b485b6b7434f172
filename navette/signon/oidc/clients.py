"""The vendors that sign on by OpenID Connect, and what proves that a call comes from one of them."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from navette.signon.models import AddressUse, VendorAccess, WayName

LONGEST_ID = 100  # characters, as the column has


class BadCredentials(Exception):
    """A call does not prove which vendor makes it; `access` is the vendor that it names, where there is one."""

    def __init__(self, access: VendorAccess | None = None) -> None:
        super().__init__("bad credentials")
        self.access = access


@dataclass(frozen=True)
class Credentials:
    """What a call says of who makes it; `secret` is None where it gives none."""

    client_id: str
    secret: str | None


def client_of(client_id: str | None) -> VendorAccess | None:
    """Return how the vendor `client_id` signs on; None where none has this identifier, which may be any text."""
    if not client_id or len(client_id) > LONGEST_ID or not client_id.isprintable():
        return None
    return VendorAccess.objects.select_related("resource").filter(way=WayName.OIDC, client_id=client_id).first()


def is_confidential(access: VendorAccess) -> bool:
    """Say whether the vendor keeps a secret on its server; a public one (an application) can't."""
    return bool(access.key)


def is_registered(access: VendorAccess, use: AddressUse, address: str) -> bool:
    """Say whether `address`, the whole of it, is registered for `use` (SSO-04)."""
    return address.isprintable() and access.addresses.filter(use=use, url=address).exists()


def authenticate(headers: Mapping[str, str], client_id: str | None, secret: str | None) -> VendorAccess:
    """Return the vendor that a call proves to come from, by HTTP Basic or by `client_id` and `secret` of its form.

    A public vendor proves nothing and gives no secret. Raises BadCredentials: also for both ways at once.
    """
    given = _given(headers.get("Authorization", ""), client_id, secret)
    access = client_of(given.client_id)
    if access is None:
        raise BadCredentials
    if not is_confidential(access):
        if given.secret:
            raise BadCredentials(access)
        return access
    if given.secret is None or not same(given.secret, access.key):
        raise BadCredentials(access)
    return access


def _given(authorization: str, client_id: str | None, secret: str | None) -> Credentials:
    if not authorization:
        return Credentials(client_id or "", secret)
    found = _basic(authorization)
    if found is None or secret is not None or (client_id is not None and client_id != found.client_id):
        raise BadCredentials
    return found


def _basic(authorization: str) -> Credentials | None:
    """Return what an Authorization header of the kind Basic holds: both parts are form-encoded (RFC 6749, 2.3.1)."""
    kind, _space, text = authorization.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, colon, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return Credentials(unquote_plus(client_id), unquote_plus(secret)) if colon else None


def same(given: str, kept: str) -> bool:
    """Say whether two secrets are equal, in a time that does not depend on where they differ."""
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, kept)]
    return hmac.compare_digest(*digests)
