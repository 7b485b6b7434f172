"""Excel workbooks, written row by row in constant memory."""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAY_FORMAT = "dd/mm/yyyy"
LAST_ROW = 1_048_575  # Excel's own limit, the header counted
Cell = str | dt.date | None
_Write = Callable[..., Any]


class TooManyRows(ValueError):
    """More rows than a sheet of Excel can hold: nothing is cut in silence."""


@dataclass(frozen=True)
class Column:
    """A column: its header, its width in characters, and whether it holds days (`datetime.date`) or text."""

    title: str
    width: int = 18
    days: bool = False


def write_workbook(target: IO[bytes], *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    """Write one sheet named `title` to the binary file `target`; return the number of rows under the header.

    Text is always written as text: a cell that begins with `=`, `+`, `-` or `@` is no formula, an address no link.
    Days are real dates. None and empty texts leave the cell empty. Raises `TooManyRows` past Excel's limit.
    """
    # What passes through the disk goes with the folder, and is closed even where a row fails: it names people.
    with tempfile.TemporaryDirectory(prefix="navette-xlsx-") as folder:
        book = xlsxwriter.Workbook(target, {"constant_memory": True, "tmpdir": folder})
        try:
            return _fill(book, book.add_worksheet(title), columns, rows)
        finally:
            book.close()


def _fill(book: Any, sheet: Any, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> int:
    formats = [book.add_format({"num_format": DAY_FORMAT, "align": "left"}) if c.days else None for c in columns]
    _write_header(book, sheet, columns)
    count = _write_rows([sheet.write_datetime if c.days else sheet.write_string for c in columns], formats, rows)
    sheet.autofilter(0, 0, count, len(columns) - 1)
    return count


def _write_header(book: Any, sheet: Any, columns: Sequence[Column]) -> None:
    heading = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F2EEE5"})
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(0, index, column.title, heading)


def _write_rows(writers: Sequence[_Write], formats: Sequence[Any], rows: Iterable[Sequence[Cell]]) -> int:
    cells = [(index, write, formats[index]) for index, write in enumerate(writers)]
    line = 0
    for line, row in enumerate(rows, start=1):
        if line > LAST_ROW:
            raise TooManyRows
        for index, write, cell_format in cells:
            value = row[index]
            if value:
                write(line, index, value, cell_format)
    return line


def workbook_file(*, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """Return the workbook as an open temporary file, to be read from its beginning; it vanishes when closed."""
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response that sends the file closes it
    try:
        write_workbook(target, title=title, columns=columns, rows=rows)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target
