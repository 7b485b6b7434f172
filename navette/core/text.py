"""Folding text, so that people are found however they type."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_BETWEEN_WORDS = re.compile(r"[\s\-'’ʼ‐‑–._]+")


def fold(text: str) -> str:
    """Return `text` without case or accents: « Crèvecœur » and « CREVECOEUR » fold alike."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    return "".join(c for c in plain if not unicodedata.combining(c)).strip()


def fold_identifier(text: str) -> str:
    """Return what a person types to log in as it is stored and compared.

    A mail address keeps its letters and loses its case; anything else (a commune, a card number) also loses
    accents, and hyphens, apostrophes and spaces count as one space.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if "@" in text:
        return text.casefold()
    return _BETWEEN_WORDS.sub(" ", fold(text)).strip()
