"""An authenticator application, written from RFC 6238 and sharing nothing with the code that it judges."""

import base64
import hashlib
import hmac
import time


def code_of(secret: str, steps: int = 0, at: float | None = None) -> str:
    """Return the code of `secret` now, or so many steps of thirty seconds later."""
    counter = int(time.time() if at is None else at) // 30 + steps
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1)
    at_byte = digest[-1] & 15
    number = int.from_bytes(digest[at_byte : at_byte + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
