"""The reference of `xlsx`, run as a process: the rows of a file, written by bare XlsxWriter in constant memory.

Prints the seconds that writing took and the peak memory in MB. `all` reads every row before the clock starts;
`some` reads them as it writes, for the memory.
"""

import datetime as dt
import json
import pickle
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import xlsxwriter

from benchmarks.harness import peak_memory, timed

Row = tuple[str | dt.date | None, ...]


def read(path: Path) -> Iterator[list[Row]]:
    """Yield the rows, a thousand at a time."""
    with path.open("rb") as file:
        while chunk := pickle.load(file):  # noqa: S301 - the benchmark wrote it a moment ago
            yield chunk


def write(rows: Iterable[Row], target: Path) -> None:
    """Write a workbook of `rows`: text as text, days as days."""
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for line, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, column, value)
                elif value is not None:
                    sheet.write_datetime(line, column, value, day)


def main(how: str, source: Path, target: Path) -> dict[str, float]:
    """Write the rows of `source` to `target`."""
    rows = chain.from_iterable(read(source))
    given = list(rows) if how == "all" else rows
    return {"seconds": timed(lambda: write(given, target)), "memory": peak_memory()}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
