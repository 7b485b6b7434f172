"""What each kind of file brings: its columns, how a row is read, and how rows are written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from navette.core.actors import Actor
from navette.files.columns import Wanted
from navette.lifecycle.moving_in.rows import Reading


@dataclass
class Outcome:
    """What became of some rows: counts, and of those left out the line, the field and the sentence."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejects: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        """Count what became of other rows too."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejects += other.rejects

    def note(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one more row."""
        self.created += is_new
        self.updated += is_changed and not is_new
        self.unchanged += not is_new and not is_changed


@dataclass(frozen=True)
class Importer:
    """A kind of file to take over.

    `reader()` gives what reads a row of it, and may ask the database first. `write` writes rows that were read; it is
    called again for each row alone where the database refuses some of them. `key` makes two rows the same thing.
    """

    name: str
    label: str | Promise
    wanted: tuple[Wanted, ...]
    reader: Callable[[], Callable[[Reading], Any]]
    write: Callable[[Sequence[Any], Actor], Outcome]
    key: Callable[[Reading], str]
    example: tuple[str | Promise, ...]
