"""A list under its titles: what every sheet must look like, whatever file it came in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from navette.core.text import fold
from navette.files.sheets.errors import BadSheet
from navette.files.values import parse_day

MOST_COLUMNS = 100
LONGEST_TITLE = 100
_NUMBER = re.compile(r"[-+\d.,\s]+")


class Row(NamedTuple):
    """A row under the titles: its number in the file, as a spreadsheet program shows it, and its cells."""

    line: int
    cells: list[str]


@dataclass
class Sheet:
    """A sheet being read: its titles, its rows (once, in order) and what the person should know of the reading."""

    headers: list[str]
    rows: Iterator[Row]
    notes: list[str] = field(default_factory=list)


def shaped(lines: Iterator[Row], *, most_rows: int, notes: list[str]) -> Sheet:
    """Return the sheet whose first line that is not blank holds the titles. BadSheet where it can't be a list."""
    written = _written(lines)
    first = next(written, None)
    if first is None:
        raise BadSheet(
            _(
                "Ce fichier est vide. Mettez les titres des colonnes sur la première ligne, une personne ou "
                "une bibliothèque par ligne en dessous."
            )
        )
    headers = first.cells
    _check_titles(headers, first.line)
    return Sheet(headers, _under(headers, written, most_rows), notes)


def column_name(index: int) -> str:
    """Return the letters by which a spreadsheet program names a column, from 0: A, B... Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _written(lines: Iterator[Row]) -> Iterator[Row]:
    """Leave out blank lines, the blanks around each text, and empty cells at a line's end."""
    for line, cells in lines:
        texts = [cell.strip() for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield Row(line, texts)


def _check_titles(headers: list[str], line: int) -> None:
    if len(headers) > MOST_COLUMNS:
        raise BadSheet(
            _("Ce fichier a plus de %(most)d colonnes. Gardez seulement celles qui servent.") % {"most": MOST_COLUMNS}
        )
    if any(_is_data(title) for title in headers):
        raise BadSheet(
            _(
                "Les titres des colonnes manquent : la ligne %(line)d porte déjà des données. Ajoutez "
                "au-dessus une ligne de titres (nom, prénom, adresse mail...)."
            )
            % {"line": line}
        )
    known: set[str] = set()
    for index, title in enumerate(headers):
        values = {"column": column_name(index), "title": title[:LONGEST_TITLE]}
        if not title:
            raise BadSheet(_("La colonne %(column)s n’a pas de titre. Donnez-lui un titre, ou supprimez-la.") % values)
        if fold(title) in known:
            raise BadSheet(
                _("Deux colonnes portent le titre « %(title)s ». Renommez ou supprimez l’une des deux.") % values
            )
        known.add(fold(title))


def _is_data(title: str) -> bool:
    return bool("@" in title or parse_day(title) or _NUMBER.fullmatch(title) or len(title) > LONGEST_TITLE)


def _under(headers: list[str], lines: Iterator[Row], most_rows: int) -> Iterator[Row]:
    width, count = len(headers), 0
    for line, cells in lines:
        count += 1
        if count > most_rows:
            raise BadSheet(
                _(
                    "Ce fichier a plus de %(most)s lignes : coupez-le en deux, ou davantage, "
                    "et envoyez les morceaux l’un après l’autre."
                )
                % {"most": f"{most_rows:,}".replace(",", "\u202f")}
            )
        if len(cells) > width:
            raise BadSheet(
                _(
                    "La ligne %(line)d a une cellule remplie en colonne %(column)s, qui n’a pas de titre. "
                    "Donnez un titre à cette colonne, ou videz-la."
                )
                % {"line": line, "column": column_name(len(cells) - 1)}
            )
        yield Row(line, cells + [""] * (width - len(cells)))
    if not count:
        raise BadSheet(_("Ce fichier n’a que des titres : aucune ligne en dessous."))
