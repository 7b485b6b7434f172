"""The files that jobs read: a sheet checked from end to end, then kept as lines that can be read from any place."""

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from navette.core.errors import Refusal
from navette.files.sheets import Row, Sheet


def folder() -> Path:
    """Return the folder of imports, which only this system's user reads; made where it is missing."""
    path = Path(settings.IMPORTS_FOLDER)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep(sheet: Sheet) -> tuple[str, int]:
    """Write the rows of `sheet` to a new file, and return its name and how many rows; nothing stays of a bad sheet."""
    name = f"{secrets.token_hex(16)}.jsonl"
    path = folder() / name
    count = 0
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            for row in sheet.rows:
                count += 1
                file.write(json.dumps([row.line, row.cells], ensure_ascii=False) + "\n")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name, count


def open_lines(name: str) -> IO[bytes]:
    """Open a kept file. Refusal where it is gone."""
    try:
        return (folder() / name).open("rb")
    except OSError as fault:
        raise Refusal(_("Le fichier n’est plus là : envoyez-le de nouveau.")) from fault


def rows_from(file: IO[bytes], offset: int, most: int) -> Iterator[Row]:
    """Yield at most `most` rows from a place of an open kept file; the file then stands behind the last."""
    file.seek(offset)
    for _number in range(most):
        line = file.readline()
        if not line:
            return
        yield Row(*json.loads(line))


def remove(name: str) -> None:
    """Remove a kept file, if it is there."""
    if name:
        (folder() / name).unlink(missing_ok=True)
