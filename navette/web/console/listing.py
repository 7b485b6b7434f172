"""What the console's lists share: sorting by their columns, finding words whatever the accents."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from navette.core.text import fold

WORDS = 6  # words of a search that count
LONGEST_SEARCH = 100


@dataclass(frozen=True)
class Head:
    """A column's head: its title, the value of `tri` that sorts by it next (empty: it does not sort), ARIA's word."""

    title: str | Promise
    next: str
    sorted: str


@dataclass(frozen=True)
class Sorting:
    """A list's columns by name, each with its title and the fields that it sorts by (none: it does not sort)."""

    columns: Mapping[str, tuple[str | Promise, tuple[str, ...]]]
    default: str

    def order_of(self, asked: str) -> tuple[str, ...]:
        """Return the fields to order by, for what the address asks (`tri`); the default for what is no column."""
        name, is_down = self._known(asked)
        fields = self.columns[name][1]
        return tuple(f"-{field}" for field in fields) if is_down else fields

    def heads(self, asked: str) -> list[Head]:
        """Return the columns' heads, for what the address asks."""
        chosen, is_down = self._known(asked)
        return [self._head(name, chosen, is_down=is_down) for name in self.columns]

    def _head(self, name: str, chosen: str, *, is_down: bool) -> Head:
        title, fields = self.columns[name]
        if not fields:
            return Head(title, "", "")
        if name != chosen:
            return Head(title, name, "")
        return Head(title, name if is_down else f"-{name}", "descending" if is_down else "ascending")

    def _known(self, asked: str) -> tuple[str, bool]:
        name = asked.removeprefix("-")
        if name in self.columns and self.columns[name][1]:
            return name, asked.startswith("-")
        return self.default, False


def keys_with(text: str, rows: Iterable[Sequence[Any]]) -> list[int]:
    """Return the keys of the rows (key, then texts) that hold every word of `text`, whatever the case and accents.

    For tables of some hundreds or thousands of rows: no column keeps their folded text.
    """
    words = fold(text).split()[:WORDS]
    found = []
    for key, *texts in rows:
        folded = fold(" ".join(map(str, texts)))
        if all(word in folded for word in words):
            found.append(int(key))
    return found
