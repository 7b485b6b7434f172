"""Texts encrypted at rest, and the model field that holds one."""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"navette.fields").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def encrypt(text: str) -> str:
    """Return `text` encrypted with the setting SECRETS_KEY (Fernet: AES-128-CBC and HMAC-SHA-256)."""
    return _cipher(settings.SECRETS_KEY).encrypt(text.encode()).decode()


def decrypt(text: str, *, within: int | None = None) -> str:
    """Return the clear text of what `encrypt` gave, `within` so many seconds; InvalidToken for anything else."""
    return _cipher(settings.SECRETS_KEY).decrypt(text.encode(), ttl=within).decode()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """A text encrypted with the setting SECRETS_KEY.

    It can't be searched. Reading it with another key than the one that wrote it raises InvalidToken.
    """

    def get_prep_value(self, value: Any) -> Any:
        """Return the cipher text to store; an empty text stays empty."""
        return encrypt(str(value)) if value else value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the clear text of what is stored."""
        return decrypt(value) if value else value


__all__ = ["EncryptedTextField", "InvalidToken", "decrypt", "encrypt"]
