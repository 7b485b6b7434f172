"""XML as CAS answers are written in: escaped by the library, without what XML can't hold."""

import datetime as dt
import re
from xml.etree import ElementTree as ET

CAS = "http://www.yale.edu/tp/cas"
# What XML 1.0 can't hold, escaped or not.
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAME_START = re.compile(r"[^A-Za-z_]")
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")

for _prefix, _address in {
    "cas": CAS,
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "saml1p": "urn:oasis:names:tc:SAML:1.0:protocol",
    "saml1": "urn:oasis:names:tc:SAML:1.0:assertion",
    "SOAP-ENV": "http://schemas.xmlsoap.org/soap/envelope/",
}.items():
    ET.register_namespace(_prefix, _address)


def cas(name: str) -> str:
    """Return the name of an element of the CAS protocol."""
    return f"{{{CAS}}}{name}"


def clean(text: str) -> str:
    """Return `text` without the characters that XML can't hold."""
    return UNWRITABLE.sub("", text)


def element_name(name: str) -> str:
    """Return `name`, which a vendor wants an attribute to have, as an element can be called; ASCII alone."""
    fit = NOT_IN_NAMES.sub("_", name)
    return f"_{fit}" if not fit or NAME_START.match(fit) else fit


def moment(at: dt.datetime) -> str:
    """Return an aware moment in UTC to the second, as XML writes it: 2027-03-01T09:00:00Z."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def spelled(root: ET.Element) -> str:
    """Return the document of `root`, without an XML declaration."""
    return ET.tostring(root, encoding="unicode")
