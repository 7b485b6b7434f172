"""The kinds of mail that Navette sends. Each domain registers its own, with a default text that staff may change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

_VARIABLE = re.compile(r"\{(\w+)\}")


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
    """Return `text` with each `{variable}` replaced; one without a value stays as it stands."""
    return _VARIABLE.sub(lambda match: str(values.get(match[1], match[0])), text)
