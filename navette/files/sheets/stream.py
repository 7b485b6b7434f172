"""The two long parts of a workbook, read by expat piece by piece: the texts that cells share, and the cells."""

import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from navette.files.sheets.cells import BOOLEANS, Styles
from navette.files.sheets.errors import BadSheet
from navette.files.sheets.shape import MOST_COLUMNS, Row, column_name

PIECE = 64 * 1024
LONGEST_CELL = 32_767
_IDLE_PIECES = 64  # pieces without a single tag: no list looks so
_ADDRESS = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part of the archive, unpacked, piece by piece."""
    with archive.open(part) as entry:
        while piece := entry.read(PIECE):
            yield piece


class _Reader:
    """An expat parser that refuses documents which define anything (entities, bombs), as defusedxml does."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self._tags = self._idle = 0
        self._kept: list[str] | None = None
        self._length = 0

    def _refuse(self, *_arguments: Any) -> None:
        raise ValueError("a workbook defines no entity")

    def _parse(self, piece: bytes) -> None:
        before = self._tags
        self.parser.Parse(piece, False)  # noqa: FBT003 - expat takes no names
        self._idle = 0 if self._tags > before else self._idle + 1
        if self._idle > _IDLE_PIECES:
            raise ValueError("no tag for long")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._tags += 1
        self.starts(tag.rpartition(":")[2], attributes)

    def _end(self, tag: str) -> None:
        self.ends(tag.rpartition(":")[2])

    def _text(self, text: str) -> None:
        if self._kept is not None:
            self._length += len(text)
            if self._length > LONGEST_CELL * 2:
                raise ValueError("longer than any cell")
            self._kept.append(text)

    def starts(self, tag: str, attributes: dict[str, str]) -> None:
        """Meet the beginning of an element."""
        raise NotImplementedError

    def ends(self, tag: str) -> None:
        """Meet the end of an element."""
        raise NotImplementedError

    def _keep(self) -> None:
        self._kept, self._length = [], 0

    def _take(self) -> str:
        text, self._kept = "".join(self._kept or ()), None
        return text


class SharedTexts(_Reader):
    """The texts that cells name by number, without how they sound (Japanese workbooks tell that beside)."""

    def __init__(self) -> None:
        super().__init__()
        self._texts: list[str] = []
        self._runs: list[str] = []
        self._phonetic = False

    def feed(self, piece: bytes) -> None:
        """Read one more piece."""
        self._parse(piece)

    def close(self) -> list[str]:
        """Return the texts, by their number."""
        self.parser.Parse(b"", True)  # noqa: FBT003
        return self._texts

    def starts(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a text, or a run of one."""
        if tag == "si":
            self._runs = []
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "t" and not self._phonetic:
            self._keep()

    def ends(self, tag: str) -> None:
        """End a text, or a run of one."""
        if tag == "t" and not self._phonetic:
            self._runs.append(self._take())
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._texts.append("".join(self._runs))


class SheetRows(_Reader):
    """The rows of one sheet."""

    def __init__(self, styles: Styles, texts: list[str]) -> None:
        super().__init__()
        self._styles, self._shared = styles, texts
        self._rows: list[Row] = []
        self._line = self._column = self._style = 0
        self._cells: list[str] = []
        self._kind, self._value = "n", ""

    def feed(self, piece: bytes) -> list[Row]:
        """Return the rows that `piece` completes."""
        self._parse(piece)
        rows, self._rows = self._rows, []
        return rows

    def close(self) -> list[Row]:
        """Return the last rows; an unfinished document is a fault."""
        self.parser.Parse(b"", True)  # noqa: FBT003
        return self._rows

    def starts(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin a row, a cell or its value; a formula is refused."""
        if tag == "c":
            self._begin_cell(attributes)
        elif tag in {"v", "t"}:
            self._keep()
        elif tag == "row":
            self._line = int(attributes.get("r") or self._line + 1)
            self._cells, self._column = [], 0
        elif tag == "f":
            self._refuse_formula()

    def ends(self, tag: str) -> None:
        """End a value, a cell or a row."""
        if tag in {"v", "t"}:
            self._value += self._take()
        elif tag == "c":
            self._end_cell()
        elif tag == "row" and self._cells:
            self._rows.append(Row(self._line, self._cells))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        found = _ADDRESS.fullmatch(attributes.get("r", ""))
        if found:
            self._column = _index(found[1])
        self._kind, self._value = attributes.get("t", "n"), ""
        self._style = int(attributes.get("s", "0"))

    def _end_cell(self) -> None:
        text = self._shown()
        if text:
            if self._column > MOST_COLUMNS * 2:
                raise BadSheet(
                    _(
                        "Une cellule est remplie loin à droite (%(address)s). Gardez seulement les colonnes qui "
                        "servent, à partir de la colonne A."
                    )
                    % {"address": self._address()}
                )
            if self._column < len(self._cells):
                raise ValueError("cells out of order")
            self._cells += [""] * (self._column - len(self._cells)) + [text]
        self._column += 1

    def _shown(self) -> str:
        if self._kind == "s":
            return self._shared[int(self._value)] if self._value else ""
        if self._kind == "b":
            return BOOLEANS.get(self._value, self._value)
        return self._styles.figure(self._value, self._style) if self._kind == "n" and self._value else self._value

    def _address(self) -> str:
        return f"{column_name(self._column)}{self._line}"

    def _refuse_formula(self) -> None:
        raise BadSheet(
            _(
                "La cellule %(address)s contient une formule. Copiez la feuille et collez les valeurs seules "
                "(collage spécial, « Valeurs »), puis envoyez ce fichier."
            )
            % {"address": self._address()}
        )


def _index(letters: str) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1
