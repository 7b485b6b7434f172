"""How `allauth.mfa` keeps second factors here: encrypted, and named after the portal (AUTH-04)."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from navette.accounts.models import User
from navette.core import fields
from navette.portal.queries import current_portal

LOOPBACK = frozenset({"127.0.0.1", "::1"})  # where the demo runs: there a passkey wants the site asked for as localhost


class Adapter(DefaultMFAAdapter):
    """What allauth asks about people and secrets; nothing is taken from a request, whose Host anybody may forge."""

    def encrypt(self, text: str) -> str:
        """Return a secret as the database keeps it."""
        return fields.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that the database keeps."""
        return fields.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """Return the name under which an authenticator application lists the account."""
        return current_portal().name

    def get_totp_label(self, user: User) -> str:
        """Return what tells the account from others of the portal in an application."""
        return user.identifier

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the site as passkeys know it: they work on its host alone, and know names, no numbers."""
        host = urlsplit(settings.SITE_URL).hostname or ""
        return {"id": "localhost" if host in LOOPBACK else host, "name": current_portal().name}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        """Return the account as a device lists it beside its passkey."""
        return {"id": str(user.pk).encode(), "name": user.identifier, "display_name": user.name}
