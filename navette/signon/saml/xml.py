"""Reading XML that strangers send, and writing ours: no DTD, no entity, no network, and a size that is bounded."""

import datetime as dt
import re

from lxml import etree

from navette.signon.saml.names import DS, SAML, SAMLP, q
from navette.signon.saml.refusals import SamlRefused

LONGEST = 64 * 1024  # bytes of a message
DEEPEST = 40  # elements within one another
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)?")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")  # an xs:ID in the letters that software uses


def parse(raw: bytes, longest: int = LONGEST) -> etree._Element:
    """Return the root of `raw`; SamlRefused where it is too long, too deep, no XML, or has a DTD.

    Comments and processing instructions are dropped, so that no text is cut in two by one.
    """
    if len(raw) > longest:
        raise SamlRefused("bad_request", "message too long")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SamlRefused("bad_request", "not XML") from error
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise SamlRefused("bad_request", "DTD" if root is not None else "not XML")
    _check_depth(root)
    return root


def _check_depth(root: etree._Element) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            raise SamlRefused("bad_request", "entity reference")
        if sum(1 for _up in element.iterancestors()) > DEEPEST:
            raise SamlRefused("bad_request", "too deep")


def child(parent: etree._Element, prefix: str, name: str) -> etree._Element | None:
    """Return the only child of that name; None where there is none, SamlRefused where there are more."""
    found = parent.findall(q(prefix, name))
    if len(found) > 1:
        raise SamlRefused("bad_request", f"{name} given twice")
    return found[0] if found else None


def text_of(element: etree._Element | None) -> str:
    """Return an element's text without the blanks around it; an empty text for none, or where it has children."""
    if element is None or len(element):
        return ""
    return (element.text or "").strip()


def instant(text: str | None) -> dt.datetime | None:
    """Return the moment that an xs:dateTime writes, aware, UTC where it says nothing; None where it is none."""
    if not text or not INSTANT.fullmatch(text):
        return None
    try:
        found = dt.datetime.fromisoformat(text)
        found = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
        return found.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def true(text: str | None) -> bool:
    """Read an xs:boolean; what is not there is false."""
    return (text or "").strip() in {"true", "1"}


def written(moment: dt.datetime) -> str:
    """Return a moment as SAML writes it: UTC, to the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def make(parent: etree._Element | None, prefix: str, name: str, text: str = "", **attributes: str) -> etree._Element:
    """Return a new element, the last in `parent` where one is given; characters that XML forbids are left out."""
    values = {key: NOT_XML.sub("", value) for key, value in attributes.items()}
    if parent is None:
        element = etree.Element(q(prefix, name), values, nsmap=_prefixes(prefix))
    else:
        element = etree.SubElement(parent, q(prefix, name), values)
    if text:
        element.text = NOT_XML.sub("", text)
    return element


def _prefixes(prefix: str) -> dict[str, str]:
    ours = {"saml": SAML} if prefix == "saml" else {"samlp": SAMLP, "saml": SAML}
    return {"md": q("md", "")[1:-1], "ds": DS} if prefix == "md" else ours


def serialized(root: etree._Element) -> bytes:
    """Return the document as bytes, in UTF-8."""
    return etree.tostring(root, xml_declaration=False, encoding="UTF-8")
