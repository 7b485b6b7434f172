"""What a page was drawn from: carried along by its form, so that one saves over what one has seen."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

LENGTH = 32


def fingerprint_of(told: Mapping[str, Any]) -> str:
    """Return what changes with any of the values `told`."""
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]
