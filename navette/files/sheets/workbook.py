"""Rows of an .xlsx workbook, as a stream: the archive's parts are read by expat, piece by piece.

openpyxl reads the same ten times slower, and shows neither merged cells nor which cell is a formula while it streams;
its knowledge of date formats serves here.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from navette.files.sheets.cells import Styles
from navette.files.sheets.errors import BadSheet
from navette.files.sheets.shape import Row
from navette.files.sheets.stream import SharedTexts, SheetRows, pieces

MOST_OF_A_PART = 250 * 1024 * 1024  # bytes once unpacked
MOST_TEXTS = 60 * 1024 * 1024
MOST_SMALL_PART = 4 * 1024 * 1024
MOST_PARTS = 5_000
STEEPEST = 400  # how much smaller a part may be packed: lists are 5 to 40 times
_CHECKED_FROM = 8 * 1024 * 1024
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?ref=\"([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})\"")


def damaged() -> str:
    """Return the sentence for a workbook that can't be read."""
    return _(
        "Ce classeur est abîmé et ne s’ouvre pas. Ouvrez-le dans un tableur, enregistrez-le de nouveau au format "
        "Excel (.xlsx), et envoyez cette copie."
    )


def check_sizes(archive: zipfile.ZipFile) -> None:
    """Raise BadSheet for an archive that would unpack to more than a list can be, before anything is unpacked."""
    entries = archive.infolist()
    steep = any(e.file_size > _CHECKED_FROM and e.file_size > STEEPEST * max(e.compress_size, 1) for e in entries)
    if steep or len(entries) > MOST_PARTS or any(e.file_size > MOST_OF_A_PART for e in entries):
        raise BadSheet(
            _(
                "Ce classeur contient bien plus qu’une liste : décompressé, il est démesuré. Copiez les cellules "
                "utiles dans un classeur neuf, en collant les valeurs seules."
            )
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise BadSheet(damaged())


def lines(archive: zipfile.ZipFile, notes: list[str]) -> Iterator[Row]:
    """Return the lines of the workbook's first sheet; a note says so where there are several."""
    with _reading():
        part, styles = _first_sheet(archive, notes)
        texts = _shared_texts(archive)
        _refuse_merged(archive, part)
    return _rows(archive, part, styles, texts)


def _rows(archive: zipfile.ZipFile, part: str, styles: Styles, texts: list[str]) -> Iterator[Row]:
    reader = SheetRows(styles, texts)
    with _reading():
        for piece in pieces(archive, part):
            yield from reader.feed(piece)
        yield from reader.close()


class _reading:  # noqa: N801 - reads as a statement
    """Tell any fault met within the block as a damaged workbook: those who made the file can't mend a traceback."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: Any) -> None:
        if isinstance(fault, Exception) and not isinstance(fault, BadSheet):
            raise BadSheet(damaged()) from fault


def _small(archive: zipfile.ZipFile, part: str) -> Element:
    if archive.getinfo(part).file_size > MOST_SMALL_PART:
        raise BadSheet(damaged())
    root: Element = fromstring(archive.read(part), forbid_dtd=True)
    return root


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _first_sheet(archive: zipfile.ZipFile, notes: list[str]) -> tuple[str, Styles]:
    book = _small(archive, "xl/workbook.xml")
    sheets = [element for element in book.iter() if _local(element) == "sheet"]
    shown = [sheet for sheet in sheets if sheet.get("state", "visible") == "visible"] or sheets
    if not shown:
        raise BadSheet(_("Ce classeur n’a aucune feuille."))
    if len(shown) > 1:
        notes.append(
            _("Ce classeur a %(count)d feuilles : seule la première, « %(name)s », est lue.")
            % {"count": len(shown), "name": shown[0].get("name", "")}
        )
    since_1904 = any(_local(e) == "workbookPr" and e.get("date1904") in {"1", "true"} for e in book.iter())
    styles = _small(archive, "xl/styles.xml") if "xl/styles.xml" in archive.namelist() else None
    return _part_of(archive, shown[0]), Styles.of(styles, since_1904=since_1904)


def _part_of(archive: zipfile.ZipFile, sheet: Element) -> str:
    wanted = next(value for name, value in sheet.items() if name.endswith("}id"))
    for relation in _small(archive, "xl/_rels/workbook.xml.rels"):
        if relation.get("Id") == wanted:
            target = relation.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
    raise BadSheet(damaged())


def _shared_texts(archive: zipfile.ZipFile) -> list[str]:
    part = "xl/sharedStrings.xml"
    if part not in archive.namelist():
        return []
    if archive.getinfo(part).file_size > MOST_TEXTS:
        raise BadSheet(
            _(
                "Ce classeur contient trop de texte pour une liste. Gardez seulement les colonnes qui servent, "
                "ou partagez-le en plusieurs fichiers."
            )
        )
    reader = SharedTexts()
    for piece in pieces(archive, part):
        reader.feed(piece)
    return reader.close()


def _refuse_merged(archive: zipfile.ZipFile, part: str) -> None:
    """Look for merged cells first: a sheet tells them at its end, and they explain all that looks wrong before."""
    kept = b""
    for piece in pieces(archive, part):
        window = kept + piece
        if found := _MERGED.search(window):
            raise BadSheet(
                _(
                    "Des cellules sont fusionnées (%(address)s). Sélectionnez-les, annulez la fusion, et "
                    "remplissez chaque cellule."
                )
                % {"address": found[1].decode()}
            )
        kept = window[-300:]
