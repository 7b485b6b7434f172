"""Unwrapping a message from a redirect's query or a posted form, with what proves who sent it."""

import base64
import binascii
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from navette.signon.saml.names import LONGEST_RELAY, q
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.signatures import unquoted, verify_document, verify_octets
from navette.signon.saml.xml import LONGEST, parse

LONGEST_FIELD = 2 * LONGEST  # characters of base64
REQUEST = "SAMLRequest"
CARRIED = (REQUEST, "RelayState", "SigAlg", "Signature", "SAMLEncoding")
DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
BLANKS = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True)
class Message:
    """What was carried: the message, the vendor's RelayState as it is, and the signature of a redirect's query."""

    root: etree._Element
    relay: str = ""
    octets: bytes = b""
    algorithm: str = ""
    signature: str = ""
    by_redirect: bool = False

    @property
    def is_signed(self) -> bool:
        """Say whether a signature came with it, right or wrong."""
        return (
            bool(self.signature) if self.by_redirect else next(self.root.iter(q("ds", "Signature")), None) is not None
        )

    def verify(self, certificates: Sequence[x509.Certificate]) -> None:
        """Check the signature by one of `certificates`; SamlRefused where it is wrong or there is none."""
        if not self.by_redirect:
            verify_document(self.root, certificates)
        elif self.signature:
            verify_octets(self.octets, self.algorithm, self.signature, certificates)
        else:
            raise SamlRefused("bad_signature", "not signed")


def from_query(query: str) -> Message:
    """Return the message of a redirect's `query`, as it stands in the address, still encoded."""
    raw = _raw_values(query)
    if REQUEST not in raw:
        raise SamlRefused("bad_request", f"no {REQUEST}")
    values = {key: unquoted(value) for key, value in raw.items()}
    if values.get("SAMLEncoding", DEFLATE) != DEFLATE:
        raise SamlRefused("bad_request", "SAMLEncoding")
    signed_over = "&".join(f"{key}={raw[key]}" for key in (REQUEST, "RelayState", "SigAlg") if key in raw)
    return Message(
        root=parse(_inflated(_decoded(values[REQUEST]))),
        relay=_relay(values.get("RelayState", "")),
        octets=signed_over.encode("ascii", "replace"),
        algorithm=values.get("SigAlg", ""),
        signature=values.get("Signature", ""),
        by_redirect=True,
    )


def from_form(fields: Mapping[str, Sequence[str]]) -> Message:
    """Return the message of a posted form, whose `fields` give every value of each name."""
    found = {key: fields[key] for key in CARRIED if fields.get(key)}
    if any(len(values) != 1 for values in found.values()) or REQUEST not in found:
        raise SamlRefused("bad_request", f"not one {REQUEST}")
    return Message(root=parse(_decoded(found[REQUEST][0])), relay=_relay(found.get("RelayState", [""])[0]))


def _raw_values(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in query.split("&"):
        key, _equals, value = part.partition("=")
        if key in found:
            raise SamlRefused("bad_request", f"{key} given twice")
        if key in CARRIED:
            found[key] = value
    return found


def _decoded(text: str) -> bytes:
    if len(text) > LONGEST_FIELD:
        raise SamlRefused("bad_request", "message too long")
    try:
        return base64.b64decode(BLANKS.sub("", text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused("bad_request", "not base64") from error


def _inflated(packed: bytes) -> bytes:
    """Return what DEFLATE packed; never more than the longest message, whatever a few bytes would grow to."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        found = machine.decompress(packed, LONGEST + 1)
    except zlib.error as error:
        raise SamlRefused("bad_request", "not DEFLATE") from error
    if len(found) > LONGEST or not machine.eof or machine.unused_data:
        raise SamlRefused("bad_request", "message too long or cut")
    return found


def _relay(text: str) -> str:
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_RELAY:
        raise SamlRefused("bad_request", "RelayState too long")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise SamlRefused("bad_request", "RelayState")
    return text
