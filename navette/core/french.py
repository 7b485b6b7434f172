"""French around names and signs: elision and contraction before a name, and the spaces where no line may break.

Only the name is known, not how it is spoken, so the rules are those that its letters can decide. For places they are
those of Insee's *Code officiel géographique* (variable TNCC, how a commune's name joins "de"): "d’" before a vowel,
"du" for "Le", "des" for "Les"; "La" and "L’" stay behind "de". Insee tells a mute h from an aspirated one by hand; here
every h counts as aspirated ("de Hourtin", "de Huisseau-sur-Mauves"): it shocks less than eliding one that is.
"""

import re

from navette.core.text import fold

NO_BREAK_SPACE = "\u00a0"
_VOWELS = tuple("aeiou")
_SPOKEN_AS_CONSONANT = ("ya", "yo", "yu")  # « de Yaël », « de Yolande », but « d’Yvrac », « d’Yèvre-la-Ville »
_BREAKABLE = re.compile(r"(?<=«)[ \t]|[ \t](?=[»:;?!])")
_LIBRARY_WORD = "theque"  # bibliothèque, médiathèque, ludothèque, artothèque: all feminine
_HOUSE_WORDS = {"annexe", "centre", "espace", "maison", "point", "pole", "relais", "salle"}


def of_name(name: str) -> str:
    """Return "de" and the `name` of a person, a portal or a thing: « d’Inès », « de Malo », « de Le Goff »."""
    start = fold(name)
    elided = start.startswith(_VOWELS) or (start.startswith("y") and not start.startswith(_SPOKEN_AS_CONSONANT))
    return f"d’{name}" if elided else f"de {name}"


def of_place(name: str) -> str:
    """Return "de" and the `name` of a place: « d’Orléans », « du Pian-Médoc », « des Lilas », « de La Réole »."""
    return _contracted(name, "du", "des") or of_name(name)


def to_place(name: str) -> str:
    """Return "à" and the `name` of a place: « à Orléans », « au Pian-Médoc », « aux Lilas », « à La Réole »."""
    return _contracted(name, "au", "aux") or f"à {name}"


def library_called(name: str) -> str:
    """Return what a library of that `name` is called inside a sentence, to stand behind "la" or "votre".

    « bibliothèque d’Orléans » where it has its commune's name; « médiathèque de Cadillac » where the name says itself
    what it is; « bibliothèque Espace Jean-Vautrin » where it names a house.
    """
    first, space, rest = name.partition(" ")
    if fold(first).endswith(_LIBRARY_WORD):
        return f"{first.lower()}{space}{rest}"
    return f"bibliothèque {name}" if fold(first) in _HOUSE_WORDS else f"bibliothèque {of_place(name)}"


def french_spaces(text: str) -> str:
    """Return `text` with the spaces inside « » and before : ; ? ! » such that no line breaks there."""
    return _BREAKABLE.sub(NO_BREAK_SPACE, text)


def _contracted(name: str, masculine: str, plural: str) -> str:
    article, space, rest = name.partition(" ")
    joined = {"le": masculine, "les": plural}.get(article.casefold())
    return f"{joined} {rest}" if space and joined else ""
