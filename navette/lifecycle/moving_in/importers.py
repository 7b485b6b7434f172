"""What each kind of file brings: its columns, how a row is read, and how rows are written."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from navette.core.actors import Actor
from navette.files.columns import Wanted
from navette.lifecycle.moving_in.rows import Reading


@dataclass
class Tried:
    """What the slices before took in a dry run, which was taken back: the next ones count it as taken.

    `houses` numbers the mail addresses that several lines of the file share, by line; `places` tells how many people
    would be new at each, `seats` how many more would hold or await a seat of each resource, by its id.
    """

    houses: Mapping[int, int] = field(default_factory=dict)
    places: Counter[int] = field(default_factory=Counter)
    seats: Counter[int] = field(default_factory=Counter)

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Tried":
        """Read it from the options of a job, where numbers are texts."""
        told = options.get("tried", {})
        places, seats = (
            Counter({int(key): n for key, n in told.get(name, {}).items()}) for name in ("places", "seats")
        )
        return cls({int(line): number for line, number in options.get("houses", {}).items()}, places, seats)

    def after(self, outcome: "Outcome") -> dict[str, dict[int, int]]:
        """Return what stands in the options of the job once `outcome` came of its rows."""
        places, seats = Counter(self.places), Counter(self.seats)
        places.update(self.houses[line] for line in outcome.newcomers if line in self.houses)
        seats.update(outcome.seats)
        return {"places": dict(places), "seats": dict(seats)}


@dataclass
class Outcome:
    """What became of some rows: counts, and of those left out the line, the field and the sentence.

    `notes` tell the same of rows that were taken. `newcomers` are the lines of people who were not here; `seats`, how
    many more (or fewer) hold or await a seat of a resource.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejects: list[tuple[int, str, str]] = field(default_factory=list)
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    newcomers: list[int] = field(default_factory=list)
    seats: Counter[int] = field(default_factory=Counter)

    def add(self, other: "Outcome") -> None:
        """Count what became of other rows too."""
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejects += other.rejects
        self.notes += other.notes
        self.newcomers += other.newcomers
        self.seats.update(other.seats)

    def note(self, *, is_new: bool, is_changed: bool) -> None:
        """Count one more row."""
        self.created += is_new
        self.updated += is_changed and not is_new
        self.unchanged += not is_new and not is_changed


@dataclass(frozen=True)
class Importer:
    """A kind of file to take over.

    `reader()` gives what reads a row of it, and may ask the database first. `write` writes rows that were read; it is
    called again for each row alone where the database refuses some of them. `key` makes two rows the same thing;
    `house`, where there is one, puts people under one roof, which holds so many.
    """

    name: str
    label: str | Promise
    wanted: tuple[Wanted, ...]
    reader: Callable[[], Callable[[Reading], Any]]
    write: Callable[[Sequence[Any], Actor, Tried], Outcome]
    key: Callable[[Reading], str]
    example: tuple[str | Promise, ...]
    house: Callable[[Reading], str] | None = None
