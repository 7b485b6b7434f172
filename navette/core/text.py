"""Folding text, so that people are found however they type."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_BETWEEN_WORDS = re.compile(r"[\s\-'’ʼ‐‑–._]+")


def fold(text: str) -> str:
    """Return `text` without case or accents: « Crèvecœur » and « CREVECOEUR » fold alike."""
    small = unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES)  # letters of other alphabets first
    plain = unicodedata.normalize("NFKD", small)
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


def fold_identifier(text: str) -> str:
    """Return what a person types to log in as it is stored and compared.

    A mail address keeps its letters and loses its case; anything else (a commune's name) also loses accents, and
    hyphens, apostrophes and spaces count as one space. A card number loses them altogether.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if "@" in text:
        return text.casefold()
    words = _BETWEEN_WORDS.sub(" ", fold(text)).strip()
    digits = words.replace(" ", "")
    return digits if digits.isdecimal() else words


def ordinal(number: int) -> str:
    """Return the feminine French ordinal of a place: « 1re », « 2e », « 3e »."""
    return f"{number}re" if number == 1 else f"{number}e"
