"""What a validation answers: two lines (CAS 1), XML or JSON (CAS 2 and 3)."""

import json
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from navette.signon.cas.validation import Confirmed, Failed
from navette.signon.cas.xml import cas, clean, element_name, moment, spelled

Result = Confirmed | Failed


def in_two_lines(result: Result) -> str:
    """Return the answer of CAS 1: yes and the identifier, or no and an empty line."""
    return f"yes\n{result.user}\n" if isinstance(result, Confirmed) else "no\n\n"


def in_xml(result: Result, *, attributes: bool) -> str:
    """Return the answer of CAS 2, or with `attributes` of CAS 3, in XML."""
    root = ET.Element(cas("serviceResponse"))
    if isinstance(result, Failed):
        ET.SubElement(root, cas("authenticationFailure"), {"code": result.code}).text = result.message
        return spelled(root)
    success = ET.SubElement(root, cas("authenticationSuccess"))
    ET.SubElement(success, cas("user")).text = result.user
    if attributes:
        told = ET.SubElement(success, cas("attributes"))
        for name, value in _attributes(result):
            ET.SubElement(told, cas(element_name(name))).text = value if isinstance(value, str) else _word(value)
    return spelled(root)


def in_json(result: Result, *, attributes: bool) -> str:
    """Return the same in JSON."""
    if isinstance(result, Failed):
        failure = {"code": result.code, "description": result.message}
        return json.dumps({"serviceResponse": {"authenticationFailure": failure}})
    success: dict[str, Any] = {"user": result.user}
    if attributes:
        success["attributes"] = dict(_attributes(result))
    return json.dumps({"serviceResponse": {"authenticationSuccess": success}}, ensure_ascii=False)


def _attributes(result: Confirmed) -> Iterator[tuple[str, str | bool]]:
    """Yield what CAS 3 tells of every login, then what this vendor is told of the reader."""
    yield "authenticationDate", moment(result.came_in)
    yield "longTermAuthenticationRequestTokenUsed", False
    yield "isFromNewLogin", result.fresh
    for told in result.released:
        yield told.name, clean(told.value)


def _word(value: bool) -> str:  # noqa: FBT001 - the value is what is written
    return "true" if value else "false"
