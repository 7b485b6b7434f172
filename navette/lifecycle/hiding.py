"""What of a table of counts may be shown, so that nobody can be found again in it (DATA-02).

- A count of 1 to 4 is hidden, be it a total; 0 is shown: that nobody came tells nothing of anybody.
- Where what is hidden in a row or column comes to less than 5 in all, the next smallest is hidden too: 2 in two hidden
  places would be 1 and 1.
- No hidden count may be worked out from the totals. As each count stands in one row and one column, the hidden ones are
  edges between rows and columns; exactly those that are bridges, on no closed round of edges, follow from the rest.
  For each bridge the smallest count that closes a round is hidden too.

Hiding a count may make others necessary: it is done until nothing is left to do.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SMALLEST = 5  # the least that is shown of people
TOTAL = ""  # the row and the column of totals
Cell = tuple[str, str]  # row and column
Node = tuple[str, str]  # "row" or "column", and its name


@dataclass(frozen=True)
class Table:
    """Counts by row and column, with the totals of both. None stands for a count that is hidden."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Cell, int | None]
    row_totals: Mapping[str, int | None]
    column_totals: Mapping[str, int | None]
    total: int | None


def table_of(rows: tuple[str, ...], columns: tuple[str, ...], counts: Mapping[Cell, int]) -> Table:
    """Return `counts` as a table, its missing cells 0."""
    cells = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    return Table(
        rows,
        columns,
        cells,
        {row: sum(cells[row, column] for column in columns) for row in rows},
        {column: sum(cells[row, column] for row in rows) for column in columns},
        sum(cells.values()),
    )


def published(table: Table) -> Table:
    """Return `table`, which hides nothing, as anybody may see it."""
    return _hidden(table, set())


def for_staff(table: Table) -> Table:
    """Return `table` as the staff see it: each row's total as it is, never crossed with a column under 5."""
    return _hidden(table, {(row, TOTAL) for row in table.rows})


def _hidden(table: Table, spared: set[Cell]) -> Table:
    values = _all_cells(table)
    hidden = {cell for cell, count in values.items() if 0 < count < SMALLEST} - spared
    while more := _next(table, values, hidden, hidden | spared):
        hidden.add(more)
    seen = {cell: None if cell in hidden else count for cell, count in values.items()}
    return Table(
        table.rows,
        table.columns,
        {cell: seen[cell] for cell in table.cells},
        {row: seen[row, TOTAL] for row in table.rows},
        {column: seen[TOTAL, column] for column in table.columns},
        seen[TOTAL, TOTAL],
    )


def _all_cells(table: Table) -> dict[Cell, int]:
    """Return every count of a table with nothing hidden, the totals as the cells of a row and a column more."""
    return {
        **{cell: count or 0 for cell, count in table.cells.items()},
        **{(row, TOTAL): count or 0 for row, count in table.row_totals.items()},
        **{(TOTAL, column): count or 0 for column, count in table.column_totals.items()},
        (TOTAL, TOTAL): table.total or 0,
    }


def _next(table: Table, values: Mapping[Cell, int], hidden: set[Cell], fixed: set[Cell]) -> Cell | None:
    """Return the next cell to hide, or None; one of `fixed` is never chosen."""
    for line in _lines(table):
        inside = [cell for cell in line if cell in hidden]
        if inside and sum(values[cell] for cell in inside) < SMALLEST:
            found = _smallest((cell for cell in line if cell not in fixed), values)
            if found:
                return found
    for row, column in _bridges(hidden):
        near = _reached(hidden - {(row, column)}, ("row", row))
        across = (
            cell for cell in values if cell not in fixed and (("row", cell[0]) in near) != (("column", cell[1]) in near)
        )
        found = _smallest(across, values)
        if found:
            return found
    return None


def _smallest(cells: Iterator[Cell], values: Mapping[Cell, int]) -> Cell | None:
    """Return the cell to hide with least loss: no total, and somebody in it, if there is such a one."""
    return min(cells, key=lambda cell: (TOTAL in cell, not values[cell], values[cell], cell), default=None)


def _lines(table: Table) -> Iterator[list[Cell]]:
    """Give each row and each column, their totals left out: the sum of what is hidden there is what can be known."""
    for row in (*table.rows, TOTAL):
        yield [(row, column) for column in table.columns]
    for column in (*table.columns, TOTAL):
        yield [(row, column) for row in table.rows]


# ---- rows and columns, joined by what is hidden
def _neighbours(edges: set[Cell]) -> dict[Node, set[Node]]:
    found: dict[Node, set[Node]] = defaultdict(set)
    for row, column in edges:
        found["row", row].add(("column", column))
        found["column", column].add(("row", row))
    return found


def _reached(edges: set[Cell], start: Node) -> set[Node]:
    """Return the rows and columns to which `edges` lead from `start`."""
    joined, reached, waiting = _neighbours(edges), {start}, [start]
    while waiting:
        new = joined[waiting.pop()] - reached
        reached |= new
        waiting.extend(new)
    return reached


def _bridges(edges: set[Cell]) -> Iterator[Cell]:
    """Give the edges that lie on no closed round: those over which no walk in depth finds another way back."""
    joined = {node: sorted(others) for node, others in _neighbours(edges).items()}
    entered: dict[Node, int] = {}
    for start in sorted(joined):
        if start not in entered:
            yield from _walk(start, joined, entered)


def _walk(start: Node, joined: Mapping[Node, list[Node]], entered: dict[Node, int]) -> Iterator[Cell]:
    """Walk in depth from `start`, noting when each node was entered, and give the bridges found on the way back."""
    entered[start] = len(entered)
    lowest = {start: entered[start]}  # the first entered of the nodes to which a node leads back
    walk: list[tuple[Node, Node, Iterator[Node]]] = [(start, start, iter(joined[start]))]
    while walk:
        here, before, ways = walk[-1]
        there = next(ways, None)
        if there is None:
            walk.pop()
            lowest[before] = min(lowest[before], lowest[here])
            if lowest[here] > entered[before]:
                yield _edge(before, here)
        elif there not in entered:
            entered[there] = lowest[there] = len(entered)
            walk.append((there, here, iter(joined[there])))
        elif there != before:
            lowest[here] = min(lowest[here], entered[there])


def _edge(one: Node, other: Node) -> Cell:
    return (one[1], other[1]) if one[0] == "row" else (other[1], one[1])
