"""Invented people: names that go together, ages as libraries see them, mails at example.org."""

import datetime as dt
import json
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from navette.core.text import fold
from navette.subscriptions.dates import same_day

NOT_IN_A_MAIL = re.compile(r"[^a-z0-9]+")

NAMES: dict[str, Any] = json.loads((Path(__file__).parent / "data/names.json").read_text(encoding="utf-8"))
LOCAL = NAMES["local"]
# Names that come together from elsewhere: [{"in_a_thousand": how often, "first": [...], "last": [...]}].
ELSEWHERE: list[dict[str, Any]] = NAMES["elsewhere"]


@dataclass(frozen=True)
class Person:
    """Somebody who never was."""

    first_name: str
    last_name: str
    birth_date: dt.date
    email: str

    @property
    def name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}"


class People:
    """Draws people, each with a mail address of their own."""

    def __init__(self, rng: random.Random, today: dt.date) -> None:
        self._rng = rng
        self._today = today
        self._taken: Counter[str] = Counter()
        weights = [group["in_a_thousand"] for group in ELSEWHERE]
        self._groups = [None, *ELSEWHERE]
        self._weights = [1_000 - sum(weights), *weights]

    def draw(self, youngest: int = 6, oldest: int = 93) -> Person:
        """Return a new person aged between `youngest` and `oldest`."""
        age = self._age(youngest, oldest)
        born = same_day(self._today, -age) - dt.timedelta(days=self._rng.randrange(364))
        first, last = self._names(age)
        return Person(first, last, born, self._email(first, last))

    def mail_taken(self, email: str) -> None:
        """Keep `email` from being drawn."""
        self._taken[email.partition("@")[0]] += 1

    def _age(self, youngest: int, oldest: int) -> int:
        # Libraries have many children, few people of twenty, and many of over fifty.
        centre, spread = self._rng.choices([(11, 3), (36, 10), (52, 9), (68, 8)], [16, 28, 24, 32])[0]
        return min(max(round(self._rng.gauss(centre, spread)), youngest), oldest)

    def _names(self, age: int) -> tuple[str, str]:
        group = self._rng.choices(self._groups, self._weights)[0]
        firsts = group["first"] if group else LOCAL["first"][_generation(age)]
        last = self._rng.choice((group or LOCAL)["last"])
        if self._rng.random() < 0.03:
            last = f"{last}-{self._rng.choice(LOCAL['last'])}"
        return self._rng.choice(firsts), last

    def _email(self, first: str, last: str) -> str:
        base = f"{_plain(first)}.{_plain(last)}"
        self._taken[base] += 1
        number = self._taken[base]
        return f"{base}{number if number > 1 else ''}@example.org"


def _generation(age: int) -> str:
    return "children" if age < 16 else "young" if age < 40 else "middle" if age < 66 else "elders"


def _plain(name: str) -> str:
    return NOT_IN_A_MAIL.sub("", fold(name).replace("ı", "i"))
