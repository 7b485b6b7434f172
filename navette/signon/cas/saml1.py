"""`samlValidate`: the same validation, asked and answered in SAML 1.1 over SOAP, as some CAS clients do."""

import datetime as dt
import re
import secrets
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml import ElementTree as SafeET
from django.conf import settings

from navette.core import clock
from navette.signon.cas.validation import Confirmed, Failed
from navette.signon.cas.xml import clean, moment, spelled

LONGEST_REQUEST = 20_000  # bytes
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PROTOCOL = "urn:oasis:names:tc:SAML:1.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:1.0:assertion"
ARTIFACT = "urn:oasis:names:tc:SAML:1.0:cm:artifact"
PASSWORD = "urn:oasis:names:tc:SAML:1.0:am:password"  # noqa: S105 - how readers log in, in SAML's words
NAMESPACE = "http://www.ja-sig.org/products/cas/"
# Both ways of the moment of the answer: clocks differ, and the whole window is a minute (SSO-02).
AROUND = dt.timedelta(seconds=30)
REQUEST_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
ID_BYTES = 16


@dataclass(frozen=True)
class Request:
    """What a vendor's software posted: the ticket and the request's own name, empty where there is none."""

    ticket: str = ""
    id: str = ""


def read(body: bytes) -> Request:
    """Return what the SOAP envelope `body` asks; an empty request where it is none, or is made to harm."""
    if len(body) > LONGEST_REQUEST:
        return Request()
    try:
        root = SafeET.fromstring(body, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError):  # LookupError: an encoding of nobody's
        return Request()
    requests = root.findall(f".//{{{PROTOCOL}}}Request")
    artifacts = root.findall(f".//{{{PROTOCOL}}}AssertionArtifact")
    name = requests[0].get("RequestID", "") if requests else ""
    ticket = (artifacts[0].text or "").strip() if len(artifacts) == 1 else ""
    return Request(ticket, name if REQUEST_ID.fullmatch(name) else "")


def answer(result: Confirmed | Failed, request: Request, service: str) -> str:
    """Return the SOAP envelope that answers `request` for the address `service`."""
    envelope = ET.Element(f"{{{SOAP}}}Envelope")
    body = ET.SubElement(envelope, f"{{{SOAP}}}Body")
    now = clock.now()
    common = {"IssueInstant": moment(now), "MajorVersion": "1", "MinorVersion": "1"}
    facts = common | {"ResponseID": _name(), "Recipient": clean(service)}
    if request.id:
        facts["InResponseTo"] = request.id
    response = ET.SubElement(body, f"{{{PROTOCOL}}}Response", facts)
    status = ET.SubElement(response, f"{{{PROTOCOL}}}Status")
    if isinstance(result, Failed):
        ET.SubElement(status, f"{{{PROTOCOL}}}StatusCode", {"Value": "saml1p:RequestDenied"})
        ET.SubElement(status, f"{{{PROTOCOL}}}StatusMessage").text = f"{result.code}: {result.message}"
    else:
        ET.SubElement(status, f"{{{PROTOCOL}}}StatusCode", {"Value": "saml1p:Success"})
        assertion = ET.SubElement(
            response, _in("Assertion"), common | {"AssertionID": _name(), "Issuer": settings.SITE_URL}
        )
        _fill(assertion, result, service, now)
    return spelled(envelope)


def _fill(assertion: ET.Element, result: Confirmed, service: str, now: dt.datetime) -> None:
    window = {"NotBefore": moment(now - AROUND), "NotOnOrAfter": moment(now + AROUND)}
    conditions = ET.SubElement(assertion, _in("Conditions"), window)
    audience = ET.SubElement(conditions, _in("AudienceRestrictionCondition"))
    ET.SubElement(audience, _in("Audience")).text = clean(service)
    how = {"AuthenticationInstant": moment(result.came_in), "AuthenticationMethod": PASSWORD}
    _subject(ET.SubElement(assertion, _in("AuthenticationStatement"), how), result.user)
    if result.released:
        told = ET.SubElement(assertion, _in("AttributeStatement"))
        _subject(told, result.user)
        for row in result.released:
            named = {"AttributeName": clean(row.name), "AttributeNamespace": NAMESPACE}
            attribute = ET.SubElement(told, _in("Attribute"), named)
            ET.SubElement(attribute, _in("AttributeValue")).text = clean(row.value)


def _subject(statement: ET.Element, user: str) -> None:
    subject = ET.SubElement(statement, _in("Subject"))
    ET.SubElement(subject, _in("NameIdentifier")).text = user
    confirmation = ET.SubElement(subject, _in("SubjectConfirmation"))
    ET.SubElement(confirmation, _in("ConfirmationMethod")).text = ARTIFACT


def _in(name: str) -> str:
    return f"{{{ASSERTION}}}{name}"


def _name() -> str:
    return f"_{secrets.token_hex(ID_BYTES)}"
