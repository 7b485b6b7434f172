"""What the portal signs for vendors by OpenID Connect: id_tokens (RS256), and the public keys that check them."""

from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings
from jwt.algorithms import RSAAlgorithm

from navette.signon import keys
from navette.signon.models import KeyUse, SigningKey

ALGORITHM = "RS256"
LONGEST_TOKEN = 4_000  # characters: ours have about 1 000


def issuer() -> str:
    """Return the portal's name in this protocol: its address by the settings, whatever Host a request gives."""
    return str(settings.SITE_URL)


def sign(claims: dict[str, Any]) -> str:
    """Return `claims` signed by the key in service, which its `kid` names."""
    key = keys.current(KeyUse.OIDC)
    signed: str = jwt.encode(claims, keys.signer(key), algorithm=ALGORITHM, headers={"kid": key.kid})
    return signed


def jwks() -> dict[str, Any]:
    """Return the public keys: the one in service, the next, the previous."""
    return {"keys": [_public(key) for key in keys.published(KeyUse.OIDC)]}


def read(token: str) -> dict[str, Any] | None:
    """Return the claims of an id_token of ours, though its time be over; None for anything else."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        key = next((row for row in keys.published(KeyUse.OIDC) if row.kid == kid), None)
        return _verified(token, key) if key else None
    except (jwt.PyJWTError, ValueError):
        return None


def _verified(token: str, key: SigningKey) -> dict[str, Any]:
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False, "require": ["iss", "aud", "sub"]}
    return jwt.decode(token, _public_key(key), algorithms=[ALGORITHM], issuer=issuer(), options=options)


def _public(key: SigningKey) -> dict[str, Any]:
    made: dict[str, Any] = RSAAlgorithm.to_jwk(_public_key(key), as_dict=True)
    return {"kty": "RSA", "use": "sig", "alg": ALGORITHM, "kid": key.kid, "n": made["n"], "e": made["e"]}


def _public_key(key: SigningKey) -> RSAPublicKey:
    found = x509.load_pem_x509_certificate(key.certificate.encode()).public_key()
    if not isinstance(found, RSAPublicKey):
        raise TypeError(f"the key {key.kid} is not of RSA")
    return found
