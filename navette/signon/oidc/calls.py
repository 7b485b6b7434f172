"""What a vendor's server asks the portal by itself: tokens for a code, who the person is, the end of a token."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from oauthlib.oauth2 import OAuth2Error

from navette.signon.oidc import server

HERE = "https://portal.invalid/"  # oauthlib wants an address, and reads nothing of this one
NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """An answer to a server: `body` is JSON."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def redeem(pairs: Pairs, authorization: str) -> Reply:
    """Return the tokens for the code or refresh token of a form, or the standard's error.

    One transaction: of simultaneous calls with the same code one succeeds, and those that come after it find all that
    it was given, to revoke it.
    """
    return _answered(server.token.create_token_response, pairs, authorization)


@transaction.atomic
def revoke(pairs: Pairs, authorization: str) -> Reply:
    """End the token of a form; an unknown one, or another vendor's, is passed over in silence as the standard asks."""
    return _answered(server.revocation.create_revocation_response, pairs, authorization)


def _answered(endpoint: Any, pairs: Pairs, authorization: str) -> Reply:
    headers = {"Authorization": authorization} if authorization else {}
    try:
        _headers, body, status = endpoint(HERE, "POST", urlencode(list(pairs)), headers)
    except OAuth2Error as error:
        body, status = error.json, error.status_code
    proof_asked = {"WWW-Authenticate": 'Basic realm="navette"'} if status == 401 else {}
    return Reply(status, body, {**NOT_KEPT, **proof_asked})


def tell(authorization: str, token: str) -> Reply:
    """Return the claims of the person whom an access token stands for; it comes by header, or by form in `token`."""
    if authorization and token:
        return _refused(400, "invalid_request")
    if not authorization and not token:
        return Reply(401, "{}", {**NOT_KEPT, "WWW-Authenticate": "Bearer"})
    headers = {"Authorization": authorization} if authorization else {}
    body = urlencode({"access_token": token}) if token else None
    try:
        _headers, told, status = server.userinfo.create_userinfo_response(HERE, "GET", body, headers)
    except OAuth2Error as error:
        return _refused(error.status_code, error.error)
    return Reply(status, told, NOT_KEPT)


def _refused(status: int, error: str) -> Reply:
    return Reply(status, json.dumps({"error": error}), {**NOT_KEPT, "WWW-Authenticate": f'Bearer error="{error}"'})
