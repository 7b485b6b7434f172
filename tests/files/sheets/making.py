"""Workbooks and archives made for tests, good and bad."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

from navette.files.sheets import Row, open_sheet


def workbook(*rows: Sequence[Any]) -> Workbook:
    """Return a workbook of one sheet that holds `rows`."""
    book = Workbook()
    for row in rows:
        first(book).append(list(row))
    return book


def first(book: Workbook) -> Any:
    """Return the workbook's first sheet."""
    return book.worksheets[0]


def saved(book: Workbook) -> bytes:
    """Return the workbook as a file's content."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def zipped(**parts: str | bytes) -> bytes:
    """Return a zip; `__` in a part's name stands for `/`, `_dot_` for `.`."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    """Return the zip `content` with the part `name` replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry.filename))
        new.writestr(name, part)
    return target.getvalue()


def read(content: bytes, name: str = "liste.xlsx", most_rows: int = 1_000) -> tuple[list[str], list[Row], list[str]]:
    """Return the titles, rows and notes of a file."""
    sheet = open_sheet(io.BytesIO(content), name, most_rows=most_rows)
    return sheet.headers, list(sheet.rows), sheet.notes
