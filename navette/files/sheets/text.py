"""Rows of a CSV file: its encoding and its separator are found out."""

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from navette.files.sheets.errors import BadSheet
from navette.files.sheets.shape import Row

_CHUNK = 256 * 1024
_SAMPLE = 64 * 1024
LONGEST_CELL = 32_767  # as in Excel
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SEPARATOR_LINE = re.compile(r"sep=([;,\t|])\s*", re.IGNORECASE)


def lines(file: IO[bytes]) -> Iterator[Row]:
    """Yield the lines of a CSV file. BadSheet for what is no text, or where quotes don't match."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        yield from _rows(text)
    except UnicodeError as fault:
        raise BadSheet(_not_a_list()) from fault
    finally:
        with contextlib.suppress(ValueError):  # the file was closed meanwhile
            text.detach()


def _rows(text: io.TextIOWrapper) -> Iterator[Row]:
    sample = text.read(_SAMPLE)
    if _CONTROLS.search(sample):
        raise BadSheet(_not_a_list())
    text.seek(0)
    told = _SEPARATOR_LINE.match(sample)
    separator = told[1] if told else _separator(sample)
    count = 0
    try:
        for count, cells in enumerate(csv.reader(_clean(text), delimiter=separator, strict=True), start=1):
            if not (told and count == 1):
                yield Row(count, cells)
    except csv.Error as fault:
        raise BadSheet(
            _(
                "Ligne %(line)d : des guillemets ouverts ne sont pas refermés, ou une cellule est trop longue. "
                "Corrigez cette ligne, ou enregistrez le fichier au format Excel (.xlsx)."
            )
            % {"line": count + 1}
        ) from fault


def _clean(text: io.TextIOWrapper) -> Iterator[str]:
    """Yield the lines of the file; one that no person typed is refused before it fills the memory."""
    while line := text.readline(LONGEST_CELL * 10):
        if "\0" in line or len(line) >= LONGEST_CELL * 10:
            raise BadSheet(_not_a_list())
        yield line


def _not_a_list() -> str:
    return _(
        "Ce fichier n’est ni un classeur Excel (.xlsx) ni un fichier CSV : il ne se lit pas comme un texte. "
        "Ouvrez-le dans un tableur, puis enregistrez-le au format Excel (.xlsx)."
    )


def _encoding(file: IO[bytes]) -> str:
    """Return the file's encoding: by its mark, else UTF-8 if all of it reads so, else Windows-1252."""
    head = file.read(1024)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (len(head) > 3 and len(head) % 2 == 0) or len(head) == 1024:
        for odd, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if head[odd::2].count(0) > len(head) // 4 and not head[1 - odd :: 2].count(0):
                return name
    return "utf-8" if _reads_as_utf8(file) else "cp1252"


def _reads_as_utf8(file: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator(sample: str) -> str:
    """Return what separates the titles: the sign that the first written line has most of, quotes left out."""
    first = next((line for line in sample.splitlines() if line.strip(' ;,\t"')), "")
    bare = _QUOTED.sub("", first)
    return max(";\t,", key=bare.count)
