"""Small counts are hidden, and none can be worked out from what is shown (DATA-02)."""

import random
from fractions import Fraction

import pytest

from navette.lifecycle.hiding import Table, for_staff, published, table_of

BANDS = ("0-14", "15-24", "25-44")


def made(*rows: tuple[int, ...]) -> Table:
    """Return a table of one row a tuple, in columns of BANDS."""
    names = tuple(f"L{number}" for number in range(len(rows)))
    counts = {
        (name, band): n for name, row in zip(names, rows, strict=True) for band, n in zip(BANDS, row, strict=True)
    }
    return table_of(names, BANDS, counts)


def unknowns(table: Table) -> dict[tuple[str, str], int | None]:
    """Return all counts of a table, its totals under an empty name."""
    return {
        **table.cells,
        **{(row, ""): count for row, count in table.row_totals.items()},
        **{("", column): count for column, count in table.column_totals.items()},
        ("", ""): table.total,
    }


def worked_out(table: Table) -> set[tuple[str, str]]:
    """Return the hidden counts that the sums of rows and columns determine: by elimination, as anybody could."""
    cells = unknowns(table)
    hidden = [cell for cell, count in cells.items() if count is None]
    lines = [([(row, c) for c in table.columns], (row, "")) for row in (*table.rows, "")]
    lines += [([(r, column) for r in table.rows], ("", column)) for column in (*table.columns, "")]
    matrix = []
    for parts, total in lines:
        weights = {**dict.fromkeys(parts, 1), total: -1}
        matrix.append([Fraction(weights.get(cell, 0)) for cell in hidden])
    return {hidden[at] for at in _determined(matrix, len(hidden))}


def _determined(matrix: list[list[Fraction]], width: int) -> set[int]:
    """Return the unknowns that stand alone in a row of the reduced matrix."""
    done = 0
    for column in range(width):
        pivot = next((n for n in range(done, len(matrix)) if matrix[n][column]), None)
        if pivot is None:
            continue
        matrix[done], matrix[pivot] = matrix[pivot], matrix[done]
        head = [value / matrix[done][column] for value in matrix[done]]
        matrix = [
            head if n == done else [a - row[column] * b for a, b in zip(row, head, strict=True)]
            for n, row in enumerate(matrix)
        ]
        done += 1
    filled = [[at for at, value in enumerate(row) if value] for row in matrix]
    return {row[0] for row in filled if len(row) == 1}


def test_data_02_a_table_of_large_counts_is_shown_whole() -> None:
    table = made((5, 6, 7), (10, 0, 30))
    assert published(table) == table


def test_data_02_a_small_count_takes_others_along_so_that_no_sum_gives_it_away() -> None:
    table = published(made((3, 20, 30), (40, 50, 60), (70, 80, 90)))
    assert table.cells["L0", "0-14"] is None
    assert table.cells["L2", "25-44"] == 90
    assert worked_out(table) == set()
    assert sum(count is None for count in table.cells.values()) <= 6
    assert (table.row_totals["L0"], table.total) == (53, 443)


def test_data_02_two_small_counts_that_come_to_two_are_not_left_alone() -> None:
    table = published(made((1, 1, 30), (40, 50, 60)))
    assert table.cells["L0", "25-44"] is None


def test_data_02_a_small_total_is_hidden_for_all_but_the_staff() -> None:
    counts = made((0, 3, 0), (40, 50, 60), (40, 50, 60))
    assert published(counts).row_totals["L0"] is None
    seen = for_staff(counts)
    assert seen.row_totals["L0"] == 3
    assert seen.cells["L0", "15-24"] is None


@pytest.mark.parametrize("seed", range(60))
def test_data_02_in_no_table_can_a_hidden_count_be_worked_out(seed: int) -> None:
    rng = random.Random(seed)
    high = rng.choice([3, 8, 30])
    table = made(*(tuple(rng.choice([0, rng.randint(0, high), rng.randint(0, 60)]) for _b in BANDS) for _r in range(9)))
    for shown in (published(table), for_staff(table)):
        for cell, count in unknowns(shown).items():
            is_spared = shown != published(table) and cell[1] == ""
            assert count is None or count == 0 or count >= 5 or is_spared, cell
        assert not worked_out(shown), seed
