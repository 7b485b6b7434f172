"""The kinds of mail that Navette sends. Each domain registers its own, with a default text that staff may change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from navette.core.french import library_called, of_name, of_place, to_place

_VARIABLE = re.compile(r"\{(\w+)\}")
# A variable with the words before it that a name may change: « de {bibliotheque} » gives « d’Orléans ».
_VARIABLE_IN_PLACE = re.compile(r"(?:\b(bibliothèque de|de|à) )?\{(\w+)\}", re.IGNORECASE)
_LIBRARIES = {"bibliotheque", "ancienne"}  # the variables that hold a library's name
_JOINED = {"bibliothèque de": library_called, "de": of_place, "à": to_place}


@dataclass(frozen=True)
class MailKind:
    """A kind of mail: its default subject and body, with `{variables}`, and the label of its one button."""

    name: str
    title: str | Promise
    subject: str | Promise
    body: str | Promise
    variables: tuple[str, ...]
    button: str | Promise = ""


KINDS: dict[str, MailKind] = {}


def register(kind: MailKind) -> MailKind:
    """Make `kind` known; ValueError where its own text uses a variable that it does not declare."""
    unknown = unknown_variables(f"{kind.subject} {kind.body}", kind.variables)
    if unknown or kind.name in KINDS:
        raise ValueError(f"mail kind {kind.name}: registered twice, or unknown variables {unknown}")
    KINDS[kind.name] = kind
    return kind


def unknown_variables(text: str, known: tuple[str, ...]) -> set[str]:
    """Return the `{variables}` of `text` that are not `known`."""
    return set(_VARIABLE.findall(text)) - set(known)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with each `{variable}` replaced; one without a value stays as it stands.

    The words before it follow the name, so that staff write what they would for any: « de {prenom} » gives « d’Inès »,
    « à {bibliotheque} » « au Pian-Médoc », « la bibliothèque de {bibliotheque} » « la médiathèque de Cadillac ».
    """
    return _VARIABLE_IN_PLACE.sub(lambda match: _put(match, values), text)


def _put(match: re.Match[str], values: Mapping[str, object]) -> str:
    before, variable = match.groups()
    if variable not in values:
        return match[0]
    value = str(values[variable])
    if before is None:
        return value
    joined = _joined(before.lower(), value, is_library=variable in _LIBRARIES)
    return joined[0].upper() + joined[1:] if before[0].isupper() else joined


def _joined(before: str, value: str, *, is_library: bool) -> str:
    if is_library:
        return _JOINED[before](value)
    start, _space, last = before.rpartition(" ")
    return f"{start} {of_name(value)}".lstrip() if last == "de" else f"{before} {value}"
