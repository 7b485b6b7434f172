"""What is to be made: for which profile, how much of it, and on which day."""

import datetime as dt
import random
from dataclasses import dataclass, field

from navette.core import clock
from navette.portal.models import Portal

DEFAULT_SEED = 2026


@dataclass(frozen=True)
class Size:
    """How many libraries and readers; `first` is how many readers the profile's first library has."""

    libraries: int
    readers: int
    first: int


SIZES = {"small": Size(120, 3_000, 60), "large": Size(300, 100_000, 400)}


@dataclass
class Plan:
    """One making of the demo. The same profile, size, seed and day give the same data."""

    profile: str
    size: Size
    seed: int = DEFAULT_SEED
    today: dt.date = field(default_factory=clock.today)
    site_url: str = "http://127.0.0.1:8000"

    def rng(self, topic: str) -> random.Random:
        """Return the random numbers of `topic`: drawing more for one topic leaves the others as they are."""
        return random.Random(f"{self.seed}:{self.profile}:{topic}")


@dataclass(frozen=True)
class Calendar:
    """Draws days and moments around the demo's day."""

    today: dt.date
    portal: Portal

    def day(self, ago: int) -> dt.date:
        """Return the day `ago` days before today (after, where negative)."""
        return self.today - dt.timedelta(days=ago)

    def moment(self, rng: random.Random, day: dt.date) -> dt.datetime:
        """Return a moment of `day`, aware, at which people are awake; today's is already past."""
        hour, minute = rng.randrange(8, 21), rng.randrange(60)
        if day >= self.today:
            hour, minute = 0, rng.randrange(60)
        at = dt.time(hour, minute, rng.randrange(60))
        return dt.datetime.combine(day, at, tzinfo=clock.now().tzinfo)
