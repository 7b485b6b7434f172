"""The network as a map, drawn on the server: its libraries as stops, each territory's joined like a shuttle's rounds.

No tile of a map comes from elsewhere. Distances are those of an equirectangular projection around the network's middle:
within a département the error is under one in a hundred.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from navette.libraries.models import Library

WIDTH = 640  # units of the drawing
TALLEST, LOWEST = 800, 420
MARGIN = 36
TINTS = 6  # colours of lines, taken in turn
Point = tuple[float, float]


@dataclass(frozen=True)
class Stop:
    """A library on the map; its name stands on the side where there is room."""

    library: Library
    x: float
    y: float
    is_found: bool = True
    is_here: bool = False

    @property
    def name_left(self) -> bool:
        """Say whether the name stands on the left of the stop."""
        return self.x > WIDTH / 2

    @property
    def name_x(self) -> str:
        """Return where the name begins, or ends where it stands on the left."""
        return f"{self.x + (-16 if self.name_left else 16):.1f}"

    @property
    def at(self) -> str:
        """Return the stop's centre as a path says it."""
        return f"{self.x:.1f} {self.y:.1f}"


@dataclass(frozen=True)
class Line:
    """A territory: its stops, and the path that joins each to its nearest neighbour on the way."""

    name: str
    tint: int
    stops: Sequence[Stop]

    @property
    def path(self) -> str:
        """Return the shortest tree that joins the stops (Prim's): its branches never cross."""
        pairs = branches(tuple((stop.x, stop.y) for stop in self.stops))
        return "".join(f"M{a:.1f} {b:.1f}L{c:.1f} {d:.1f}" for (a, b), (c, d) in pairs)

    @property
    def dots(self) -> str:
        """Return all stops as one path of points, which round ends turn into discs."""
        return "".join(f"M{stop.at}h0" for stop in self.stops)


@dataclass(frozen=True)
class NetworkMap:
    """What the template draws."""

    lines: list[Line]
    height: int
    missing: int = 0
    width: int = field(default=WIDTH, init=False)

    @property
    def stops(self) -> list[Stop]:
        """Return all stops."""
        return [stop for line in self.lines for stop in line.stops]

    @property
    def is_narrowed(self) -> bool:
        """Say whether some stops stand in the background."""
        return any(not stop.is_found for stop in self.stops)


@lru_cache(maxsize=64)
def branches(points: tuple[Point, ...]) -> tuple[tuple[Point, Point], ...]:
    """Return the pairs of neighbours of the shortest tree through `points`, kept since networks rarely change."""
    joined = []
    # For each point not yet joined: how far the tree is, and from which of its points.
    far = {place: (math.dist(point, points[0]), 0) for place, point in enumerate(points) if place}
    while far:
        place = min(far, key=far.__getitem__)
        joined.append((points[far.pop(place)[1]], points[place]))
        for other, (distance, _start) in far.items():
            new = math.dist(points[other], points[place])
            if new < distance:
                far[other] = (new, place)
    return tuple(joined)


def draw(libraries: Iterable[Library], *, found: set[int] | None = None, here: int | None = None) -> NetworkMap | None:
    """Return the map of `libraries` (with their territories), or None where fewer than two have a place on it.

    `found` are the keys of those to show plainly, by default all; `here` that of the one in question.
    """
    rows = list(libraries)
    placed = [row for row in rows if row.latitude is not None and row.longitude is not None]
    if len({(row.latitude, row.longitude) for row in placed}) < 2:
        return None
    frame = _Frame(placed)
    stops: dict[str, list[Stop]] = {}
    for row in placed:
        stop = Stop(row, *frame.place(row), found is None or row.pk in found, row.pk == here)
        stops.setdefault(row.territory.name, []).append(stop)
    lines = [Line(name, number % TINTS, stops[name]) for number, name in enumerate(sorted(stops))]
    return NetworkMap(lines, frame.height, len(rows) - len(placed))


class _Frame:
    """From degrees to units of the drawing, everything within its margins, north above."""

    def __init__(self, placed: list[Library]) -> None:
        latitudes = [float(row.latitude or 0) for row in placed]
        longitudes = [float(row.longitude or 0) for row in placed]
        self.north, self.west = max(latitudes), min(longitudes)
        self.narrow = math.cos(math.radians((self.north + min(latitudes)) / 2))
        wide = max((max(longitudes) - self.west) * self.narrow, 1e-6)
        tall = max(self.north - min(latitudes), 1e-6)
        room = WIDTH - 2 * MARGIN
        self.scale = min(room / wide, (TALLEST - 2 * MARGIN) / tall)
        self.height = max(round(tall * self.scale) + 2 * MARGIN, LOWEST)
        self.left = MARGIN + (room - wide * self.scale) / 2
        self.top = (self.height - tall * self.scale) / 2

    def place(self, row: Library) -> tuple[float, float]:
        """Return the library's place in the drawing."""
        x = self.left + (float(row.longitude or 0) - self.west) * self.narrow * self.scale
        y = self.top + (self.north - float(row.latitude or 0)) * self.scale
        return round(x, 1), round(y, 1)
