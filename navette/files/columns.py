"""Matching the columns of somebody's sheet with what we want to know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from navette.core.errors import Invalid
from navette.core.text import fold

_SIGNS = re.compile(r"[^a-z0-9]+")
Columns = dict[str, int]  # our fields, and the column of the sheet in which each stands, from 0


@dataclass(frozen=True)
class Wanted:
    """Something to find in a sheet: our name of it, its label, and the titles that people give it, folded."""

    name: str
    label: str | Promise
    titles: tuple[str, ...] = ()
    required: bool = True


def plain(title: str) -> str:
    """Return a title without case, accents and signs: « E-mail * » and « e mail » are alike."""
    return _SIGNS.sub(" ", fold(title)).strip()


def guess(headers: Sequence[str], wanted: Sequence[Wanted]) -> Columns:
    """Return the columns whose title is the label of something wanted, or one of its usual titles; each once."""
    found: Columns = {}
    titles = [plain(header) for header in headers]
    for row in wanted:
        for name in (plain(str(row.label)), *row.titles):
            if name in titles and titles.index(name) not in found.values():
                found[row.name] = titles.index(name)
                break
    return found


def checked(columns: Mapping[str, int], headers: Sequence[str], wanted: Sequence[Wanted]) -> Columns:
    """Return `columns` if it names each column once and all that is required; Invalid, with the field, otherwise."""
    seen: dict[int, str] = {}
    for row in wanted:
        if row.name not in columns:
            if row.required:
                raise Invalid(_("Choisissez la colonne : %(field)s.") % {"field": row.label}, row.name)
            continue
        index = columns[row.name]
        if not 0 <= index < len(headers):
            raise Invalid(_("Cette colonne n’est pas dans le fichier."), row.name)
        if index in seen:
            raise Invalid(_("La colonne « %(title)s » sert déjà à autre chose.") % {"title": headers[index]}, row.name)
        seen[index] = row.name
    return {name: index for index, name in seen.items()}
