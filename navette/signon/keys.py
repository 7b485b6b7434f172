"""The portal's own signing keys: one in service, the next shown ahead, the previous still shown after a change.

RSA of 3072 bits with a self-signed certificate, as SAML metadata and JWKS publish them. The staff change keys in two
steps, days apart: vendors that read our metadata then know the next key before it signs.
"""

import datetime as dt
import hashlib
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from navette.core import clock
from navette.core.actors import SYSTEM, Actor, require
from navette.core.models import audit
from navette.signon.errors import NoNextKey
from navette.signon.models import KeyState, KeyUse, SigningKey

BITS = 3072
VALID_FOR = dt.timedelta(days=3650)  # vendors seldom look at it, and an early end breaks them at once
PUBLISHED = (KeyState.CURRENT, KeyState.NEXT, KeyState.PREVIOUS)


def current(use: KeyUse) -> SigningKey:
    """Return the key that signs for `use`; the first time, it is made."""
    found = SigningKey.objects.filter(use=use, state=KeyState.CURRENT).first()
    return found or _make_first(use)


def signer(key: SigningKey) -> rsa.RSAPrivateKey:
    """Return what signs by `key`, which is in the database as long as it serves; TypeError where it is not of RSA."""
    return _read(key.private_key)


@lru_cache(maxsize=len(KeyUse))
def _read(pem: str) -> rsa.RSAPrivateKey:
    """Return the key that `pem` holds. That its numbers fit is proved each time it is read, which takes 0.1 s."""
    found = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise TypeError("a private key is not of RSA")
    return found


def published(use: KeyUse) -> list[SigningKey]:
    """Return the keys that are shown for `use`: the one in service first, the next, the previous."""
    current(use)
    rows = SigningKey.objects.filter(use=use, state__in=PUBLISHED)
    return sorted(rows, key=lambda row: PUBLISHED.index(KeyState(row.state)))


@transaction.atomic
def prepare_next(use: KeyUse, *, acting_user: Actor) -> SigningKey:
    """Make the next key of `use` and show it beside the present one; return the one that waits where there is one."""
    require(acting_user, "resources.manage")
    waiting = SigningKey.objects.filter(use=use, state=KeyState.NEXT).first()
    if waiting is not None:
        return waiting
    current(use)
    made = SigningKey.objects.create(use=use, state=KeyState.NEXT, **_new_key())
    audit(acting_user, "signon.prepare_key", made, use=use, kid=made.kid)
    return made


@transaction.atomic
def switch(use: KeyUse, *, acting_user: Actor) -> SigningKey:
    """Put the next key into service; the present one stays shown as the previous. Raises NotAllowed or NoNextKey."""
    require(acting_user, "resources.manage")
    coming = SigningKey.objects.select_for_update().filter(use=use, state=KeyState.NEXT).first()
    if coming is None:
        raise NoNextKey
    _withdraw(SigningKey.objects.filter(use=use, state=KeyState.PREVIOUS))
    SigningKey.objects.filter(use=use, state=KeyState.CURRENT).update(state=KeyState.PREVIOUS)
    SigningKey.objects.filter(pk=coming.pk).update(state=KeyState.CURRENT, current_since=clock.now())
    audit(acting_user, "signon.switch_key", coming, use=use, kid=coming.kid)
    return SigningKey.objects.get(pk=coming.pk)


@transaction.atomic
def withdraw_previous(use: KeyUse, *, acting_user: Actor) -> int:
    """Stop showing the previous key of `use`, and return how many there were (0 or 1)."""
    require(acting_user, "resources.manage")
    rows = list(SigningKey.objects.filter(use=use, state=KeyState.PREVIOUS))
    _withdraw(SigningKey.objects.filter(pk__in=[row.pk for row in rows]))
    for row in rows:
        audit(acting_user, "signon.withdraw_key", row, use=use, kid=row.kid)
    return len(rows)


def _withdraw(rows: QuerySet[SigningKey]) -> None:
    rows.update(state=KeyState.WITHDRAWN, private_key="")


def _make_first(use: KeyUse) -> SigningKey:
    made = SigningKey(use=use, state=KeyState.CURRENT, current_since=clock.now(), **_new_key())
    rows = SigningKey.objects.bulk_create([made], ignore_conflicts=True)  # another process may just have made it
    found = SigningKey.objects.get(use=use, state=KeyState.CURRENT)
    if found.kid == rows[0].kid:
        audit(SYSTEM, "signon.first_key", found, use=use, kid=found.kid)
    return found


def _new_key() -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    certificate = _certify(key)
    return {
        "kid": hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()[:16],
        "private_key": key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
    }


def _certify(key: rsa.RSAPrivateKey) -> x509.Certificate:
    """Return a self-signed certificate of `key` for the site's address, valid from yesterday: clocks differ."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, settings.SITE_URL.split("//")[-1][:64])])
    now = clock.now()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + VALID_FOR)
        .sign(key, SHA256())
    )
