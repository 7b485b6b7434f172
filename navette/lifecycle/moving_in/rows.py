"""What a row to take over says, field by field, and how it is told that it can't be taken."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from navette.core.errors import Invalid
from navette.core.text import fold, fold_identifier
from navette.files.columns import Columns, plain
from navette.files.sheets import Row
from navette.files.values import parse_day
from navette.libraries.models import Library

YES = frozenset({"oui", "o", "vrai", "1", "x", "ouverte"})
NO = frozenset({"non", "n", "faux", "0", "fermee"})


class Reading:
    """One row, read by field. Each reader raises Invalid, with the field, for what can't be."""

    def __init__(self, row: Row, columns: Columns) -> None:
        self.line = row.line
        self._cells, self._columns = row.cells, columns

    def text(self, name: str, longest: int, *, required: bool = False) -> str:
        """Return the text of a field, inner blanks made one."""
        index = self._columns.get(name)
        text = " ".join(self._cells[index].split()) if index is not None else ""
        if required and not text:
            raise Invalid(_("Cette case est vide."), name)
        if len(text) > longest:
            raise Invalid(_("Trop long : %(most)d caractères au plus.") % {"most": longest}, name)
        return text

    def email(self, name: str, *, required: bool = True) -> str:
        """Return a mail address, folded."""
        text = self.text(name, 254, required=required)
        if text:
            try:
                validate_email(text)
            except ValidationError as fault:
                raise Invalid(_("Cette adresse mail n’est pas valable."), name) from fault
        return fold_identifier(text)

    def day(self, name: str, *, required: bool = False) -> dt.date | None:
        """Return a day."""
        text = self.text(name, 100, required=required)
        day = parse_day(text)
        if text and day is None:
            raise Invalid(_("Cette date ne se lit pas : écrivez JJ/MM/AAAA."), name)
        return day

    def choice(self, name: str, choices: dict[str, Any], *, default: Any = None) -> Any:
        """Return what the word of a field stands for among `choices`, whose keys are plain words."""
        text = self.text(name, 100, required=default is None)
        if not text:
            return default
        if plain(text) not in choices:
            raise Invalid(_("Ce mot n’est pas connu ; écrivez : %(words)s.") % {"words": ", ".join(choices)}, name)
        return choices[plain(text)]


@dataclass(frozen=True)
class Libraries:
    """The network's libraries, found as a file names them: by name, or by INSEE code where only one has it."""

    by_name: dict[str, Library]
    by_code: dict[str, Library | None]

    @classmethod
    def known(cls) -> "Libraries":
        """Read them: one query. One that was merged stands for the one it was merged into."""
        rows = list(Library.objects.select_related("merged_into"))
        codes: dict[str, Library | None] = {}
        for row in rows:
            found = row.merged_into or row
            codes[row.insee_code] = found if codes.get(row.insee_code, found) == found else None
        return cls({plain(row.name): row.merged_into or row for row in rows}, codes)

    def find(self, reading: Reading) -> Library:
        """Return the library that a row names. Invalid where there is none."""
        text = reading.text("library", 200, required=True)
        library = self.by_name.get(plain(text)) or self.by_code.get(text.upper().zfill(5))
        if library is None:
            raise Invalid(_("Bibliothèque inconnue : %(name)s.") % {"name": text[:120]}, "library")
        return library


def read_all(rows: Iterable[Row], columns: Columns, read: Callable[[Reading], Any]) -> tuple[list[Any], list[Any]]:
    """Return what `read` makes of the rows, and for the others (line, field, sentence)."""
    good, bad = [], []
    for row in rows:
        try:
            good.append(read(Reading(row, columns)))
        except Invalid as refusal:
            bad.append((row.line, refusal.field or "", refusal.message))
    return good, bad


def person_key(email: str, first_name: str, last_name: str) -> str:
    """Return what makes a person the same one: the address, and the names, as a household shares an address."""
    return "|".join((email, fold(first_name), fold(last_name)))
