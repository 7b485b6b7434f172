"""What the demo's libraries say of themselves, and where they stand on the map."""

import json
import math
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from navette.libraries.models import Library

DATA = Path(__file__).parent / "data"
SPREAD = 0.055  # degrees of latitude around the post town within which its communes are drawn, some 6 km
TELLS = 0.7  # share of the libraries that have written their page


def dress(libraries: Sequence[Library], rng: random.Random) -> None:
    """Give `libraries`, unsaved, their words and their place; the first one has all of it.

    The place is drawn around the town whose postcode the commune has: near enough for a demo, and not the true one.
    """
    told = json.loads((DATA / "editorial.json").read_text(encoding="utf-8"))
    towns = json.loads((DATA / "post-towns.json").read_text(encoding="utf-8"))
    seen: set[str] = set()
    for number, library in enumerate(libraries):
        if rng.random() < TELLS or number == 0:
            library.presentation = rng.choice(told["presentations"])
            library.hours_note = rng.choice(told["notes"])
            library.website = f"https://{library.slug}.example.org/" if rng.random() < 0.4 or number == 0 else ""
        latitude, longitude = towns[library.postcode]
        if library.postcode in seen:
            latitude, longitude = _near(latitude, longitude, rng)
        seen.add(library.postcode)
        library.latitude, library.longitude = Decimal(f"{latitude:.5f}"), Decimal(f"{longitude:.5f}")


def _near(latitude: float, longitude: float, rng: random.Random) -> tuple[float, float]:
    angle, far = rng.random() * math.tau, SPREAD * math.sqrt(0.15 + 0.85 * rng.random())
    return latitude + far * math.sin(angle), longitude + far * math.cos(angle) / math.cos(math.radians(latitude))
