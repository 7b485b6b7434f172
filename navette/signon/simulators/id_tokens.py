"""An id_token checked by hand, from the standards' words (RFC 7515, RFC 7517, OpenID Connect Core 3.1.3.7)."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SKEW = 60  # seconds that two clocks may differ
PARTS = 3

Text = str | Promise


class BadToken(Exception):
    """A token that the portal did not sign; `meaning` says so in words for staff."""

    def __init__(self, meaning: Text) -> None:
        super().__init__(str(meaning))
        self.meaning = meaning


@dataclass(frozen=True)
class Wanted:
    """What the vendor waits for in the token: from whom, for whom, its own nonce, and the access token beside it."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def verified(token: str, keys: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the token says, its signature (RS256) being that of one of `keys` of a JWKS. Raises BadToken."""
    parts = token.split(".")
    if len(parts) != PARTS:
        raise BadToken(_("Le jeton d’identité n’a pas la forme d’un jeton signé."))
    header, claims = _object(parts[0]), _object(parts[1])
    if header.get("alg") != "RS256":  # "none", and HMAC with the public key as its secret, are well-known traps
        raise BadToken(_("Le jeton d’identité n’est pas signé comme convenu (RS256) : il ne faut pas le croire."))
    key = next((row for row in keys if row.get("kid") == header.get("kid") and row.get("kty") == "RSA"), None)
    if key is None:
        raise BadToken(_("La clé qui a signé n’est pas parmi celles du portail : le fournisseur doit les relire."))
    try:
        _public(key).verify(_bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError, KeyError, TypeError) as error:
        raise BadToken(_("La signature ne correspond pas : le jeton d’identité a été modifié.")) from error
    return claims


def judged(claims: Mapping[str, Any], wanted: Wanted, now: float) -> Iterator[tuple[Text, bool, Text]]:
    """Give each check of what a token says: its title, whether it holds, what its failure means; `now` in seconds."""
    audience = claims.get("aud")
    yield (
        _("Émetteur du jeton"),
        claims.get("iss") == wanted.issuer,
        _("Le jeton vient d’un autre portail que celui que le fournisseur connaît."),
    )
    yield (
        _("Destinataire du jeton"),
        audience in (wanted.client_id, [wanted.client_id]),
        _("Le jeton a été fait pour un autre fournisseur."),
    )
    yield from _about_this_time(claims, wanted, now)


def _about_this_time(claims: Mapping[str, Any], wanted: Wanted, now: float) -> Iterator[tuple[Text, bool, Text]]:
    """Give the checks that tie a token to this very sign-on."""
    yield (
        _("Durée du jeton"),
        _number(claims.get("exp")) > now - SKEW and 0 < _number(claims.get("iat")) <= now + SKEW,
        _("Le jeton n’est plus valable, ou pas encore : l’horloge du fournisseur est à mettre à l’heure."),
    )
    yield (
        _("Demande à laquelle le jeton répond (nonce)"),
        bool(wanted.nonce) and claims.get("nonce") == wanted.nonce,
        _("Le jeton répond à une autre demande : il a peut-être été copié."),
    )
    yield (
        _("Jeton d’accès qui va avec (at_hash)"),
        claims.get("at_hash") == _half_hash(wanted.access_token),
        _("Le jeton d’accès n’est pas celui qui va avec le jeton d’identité : il a peut-être été échangé."),
    )
    yield (
        _("Personne"),
        isinstance(claims.get("sub"), str) and bool(claims.get("sub")),
        _("Le jeton ne dit pas qui est la personne."),
    )


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _half_hash(token: str) -> str:
    digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")


def _public(key: Mapping[str, Any]) -> RSAPublicKey:
    return RSAPublicNumbers(*(int.from_bytes(_bytes(key[name])) for name in ("e", "n"))).public_key()


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except (ValueError, RecursionError) as error:
        raise BadToken(_("Le jeton d’identité ne se lit pas.")) from error
    if not isinstance(found, dict):
        raise BadToken(_("Le jeton d’identité ne se lit pas."))
    return found


def _bytes(part: str) -> bytes:
    """Return the bytes of Base64 for addresses, written without its padding. Raises ValueError."""
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
