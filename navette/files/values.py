"""What people mean by a cell's text: days, codes made of digits."""

import datetime as dt
import re

_FRENCH_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T]00?:00(?::00(?:\.0+)?)?)?", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_FLOAT = re.compile(r"(\d+)[.,]0+", re.ASCII)


def parse_day(text: str) -> dt.date | None:
    """Return the day that `text` writes as JJ/MM/AAAA or AAAA-MM-JJ; None for anything else (a year of two digits)."""
    if found := _FRENCH_DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
    elif found := _ISO_DAY.fullmatch(text):
        year, month, day = map(int, found.groups())
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def without_decimals(text: str) -> str:
    """Return a number of a card or a code as it was before a spreadsheet took it for a figure: 45004000017.0."""
    found = _FLOAT.fullmatch(text)
    return found[1] if found else text


def code(text: str, length: int) -> str:
    """Return a code of `length` characters, with the zeros back that a spreadsheet took from its beginning."""
    bare = without_decimals(text.replace(" ", ""))
    return bare.zfill(length) if bare.isascii() and bare.isdigit() else bare
