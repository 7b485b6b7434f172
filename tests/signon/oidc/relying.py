"""A vendor registered for the tests, and what its software sends."""

import base64
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import keys
from navette.signon.models import KeyState, KeyUse, SigningKey, VendorAccess, WayName
from navette.signon.oidc import calls
from navette.signon.oidc.authorize import authorize, read
from navette.signon.oidc.presence import Presence
from navette.signon.trials import Trial
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from tests import factories

BACK = "https://vendor.example.org/back"
OUT = "https://vendor.example.org/out"
SECRET = "the-secret-of-the-vendor-0123456789"
VERIFIER = "a-verifier-of-forty-three-characters-or-more-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
TELLS = {"mail": "email", "last_name": "family_name", "birth_date": "naissance"}


@lru_cache
def _key() -> dict[str, str]:
    return keys._new_key()


def ready_key() -> SigningKey:
    """Put a key into service; the same for all tests, as making one takes long."""
    made, _new = SigningKey.objects.get_or_create(
        kid=_key()["kid"],
        defaults={**_key(), "use": KeyUse.OIDC, "state": KeyState.CURRENT, "current_since": clock.now()},
    )
    return made


@dataclass
class Vendor:
    """A vendor, confidential unless `key` is empty, and what its software sends, right unless it is changed."""

    access: VendorAccess
    secret: str
    verifier: str = VERIFIER
    tells: dict[str, str] = field(default_factory=dict)

    def asks(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters that it sends by the browser; None leaves one out."""
        usual: dict[str, str | None] = {
            "client_id": self.access.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": "openid profile",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def code(self, holder: Reader | Trial, *, session: str = "", **changes: str | None) -> str:
        """Return a code for `holder`, by the door's own function."""
        presence = Presence(session, clock.now() - dt.timedelta(minutes=5))
        return answer_of(authorize(read(self.asks(**changes).items()), holder, presence).address)["code"]

    def form(self, code: str, **changes: str | None) -> dict[str, str]:
        """Return the form by which its server redeems a code."""
        usual: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "client_id": self.access.client_id,
            "client_secret": self.secret or None,
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in (usual | changes).items() if value is not None}

    def renewal(self, token: str, **changes: str | None) -> dict[str, str]:
        """Return the form by which its server renews its tokens."""
        usual = self.form("", redirect_uri=None, code_verifier=None, grant_type="refresh_token", refresh_token=token)
        del usual["code"]
        return usual | {name: value for name, value in changes.items() if value is not None}

    def redeem(self, code: str, **changes: str | None) -> tuple[int, dict[str, Any]]:
        """Redeem a code, and return the answer's status and body."""
        return _read(calls.redeem(self.form(code, **changes).items(), ""))

    def renew(self, token: str, **changes: str | None) -> tuple[int, dict[str, Any]]:
        """Renew by a refresh token, and return the answer's status and body."""
        return _read(calls.redeem(self.renewal(token, **changes).items(), ""))


def _read(reply: calls.Reply) -> tuple[int, dict[str, Any]]:
    return reply.status, json.loads(reply.body)


def told(token: str) -> tuple[int, dict[str, Any]]:
    """Ask who an access token stands for."""
    return _read(calls.tell(f"Bearer {token}", ""))


def vendor(*, public: bool = False, client_id: str = "the-vendor", tells: dict[str, str] | None = None) -> Vendor:
    """Return a vendor registered with BACK and OUT."""
    ready_key()
    secret = "" if public else SECRET
    access = factories.vendor(
        way=WayName.OIDC,
        key=secret,
        client_id=client_id,
        addresses={BACK: "redirect", OUT: "logout"},
        tells=TELLS if tells is None else tells,
    )
    return Vendor(access, secret)


def reader_of(resource: DigitalResource, **options: Any) -> Reader:
    """Return a reader who may open `resource`, unless the options of their subscription say otherwise."""
    subscription: Subscription = factories.SubscriptionFactory(**(options or {"active": True}))
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=GrantState.GRANTED)
    return subscription.reader


def answer_of(address: str) -> dict[str, str]:
    """Return the parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query, keep_blank_values=True).items()}


def claims_in(token: str) -> dict[str, Any]:
    """Return what a JWT says, unchecked."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found
