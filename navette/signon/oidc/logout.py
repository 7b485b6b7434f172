"""A vendor sends somebody to log out of the portal (RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from oauthlib.common import add_params_to_uri

from navette.signon.models import AddressUse, VendorAccess
from navette.signon.oidc.clients import client_of, is_registered
from navette.signon.oidc.presence import sid_of
from navette.signon.oidc.signing import read

KNOWN = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")
LONGEST = 2_000  # characters of one parameter


@dataclass(frozen=True)
class Leaving:
    """A request to log out: the vendor it comes from, where the person goes then, and whether they need be asked.

    `back` is a registered address with the vendor's state, or empty: the person then stays here. `is_sure` where the
    vendor's proof was given in this very session.
    """

    access: VendorAccess | None
    back: str
    is_sure: bool


def read_logout(parameters: Mapping[str, str], mark: str) -> Leaving:
    """Return what a request to log out comes to in the session `mark`; what is not right in it counts for nothing."""
    kept = {name: parameters.get(name, "") for name in KNOWN}
    if any(len(value) > LONGEST for value in kept.values()):
        return Leaving(None, "", is_sure=False)
    claims = read(kept["id_token_hint"]) if kept["id_token_hint"] else None
    access = client_of(str(claims["aud"]) if claims else kept["client_id"])
    if access is None or (kept["client_id"] and kept["client_id"] != access.client_id):
        return Leaving(None, "", is_sure=False)
    same_session = bool(claims and mark and claims.get("sid") == sid_of(mark, access))
    return Leaving(access, _back(access, kept["post_logout_redirect_uri"], kept["state"]), same_session)


def _back(access: VendorAccess, address: str, state: str) -> str:
    if not address or not is_registered(access, AddressUse.OIDC_LOGOUT, address):
        return ""
    return str(add_params_to_uri(address, [("state", state)])) if state else address


def query_of(parameters: Mapping[str, str]) -> str:
    """Return the request as the query of an address."""
    return urlencode({name: parameters[name] for name in KNOWN if parameters.get(name)})
