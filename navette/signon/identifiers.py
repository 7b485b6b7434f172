"""The identifier that a vendor knows a reader by (SSO-03)."""

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from navette.readers.models import Reader
from navette.resources.models import DigitalResource

LENGTH = 32  # hexadecimal digits: 128 bits, far beyond any chance of two readers alike


@lru_cache(maxsize=4)
def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"navette.signon.pairwise").derive(secret.encode())


def pairwise_id(reader: Reader, resource: DigitalResource) -> str:
    """Return the opaque identifier of `reader` at `resource`: 32 lowercase hexadecimal digits.

    It differs from resource to resource, so that vendors can't compare notes, and depends on nothing that a renewal, a
    new mail address or a new library changes. It holds as long as the setting SECRETS_KEY does.
    """
    message = f"{resource.pk}:{reader.uid.hex}".encode()
    return hmac.new(_key(settings.SECRETS_KEY), message, hashlib.sha256).hexdigest()[:LENGTH]
