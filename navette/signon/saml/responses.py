"""Wording the answers: a Response with one assertion, both signed, or a Response that says why there is none."""

import base64
import datetime as dt
import secrets
from dataclasses import dataclass

from lxml import etree

from navette.core import clock
from navette.signon import keys
from navette.signon.models import KeyUse, VendorAccess
from navette.signon.release import Released
from navette.signon.saml import names
from navette.signon.saml.signatures import signed
from navette.signon.saml.xml import make, serialized, written
from navette.signon.ways import Departure, Visit

GOOD_FOR = dt.timedelta(seconds=60)  # SSO-02
SKEW = dt.timedelta(seconds=30)  # a vendor's clock may be late by so much; ahead, it has that much less time


@dataclass(frozen=True)
class Answer:
    """Where an answer goes and to what: `acs`, the request's ID if there was one, when the password was given."""

    acs: str
    request_id: str = ""
    relay: str = ""
    context: str = names.PASSWORD_OVER_TLS
    came_in: dt.datetime | None = None
    session_index: str = ""


def new_id() -> str:
    """Return an ID that nobody guesses: an underscore and 40 hexadecimal digits."""
    return "_" + secrets.token_hex(20)


def with_assertion(access: VendorAccess, visit: Visit, answer: Answer) -> Departure:
    """Return the form that brings `visit` to the vendor, with an assertion for one use within a minute."""
    key = keys.current(KeyUse.SAML)
    response = _response(answer, visit.at)
    make(make(response, "samlp", "Status"), "samlp", "StatusCode", Value=names.SUCCESS)
    response.append(signed(_assertion(access, visit, answer), key))
    return _posted(signed(response, key), answer)


def with_status(answer: Answer, status: str, top: str = names.RESPONDER) -> Departure:
    """Return the form that tells the vendor `status`, beneath `top`, and opens nothing."""
    response = _response(answer, clock.now())
    place = make(response, "samlp", "Status")
    make(make(place, "samlp", "StatusCode", Value=top), "samlp", "StatusCode", Value=status)
    return _posted(signed(response, keys.current(KeyUse.SAML)), answer)


def _posted(response: etree._Element, answer: Answer) -> Departure:
    fields = {"SAMLResponse": base64.b64encode(serialized(response)).decode()}
    if answer.relay:
        fields["RelayState"] = answer.relay
    return Departure(answer.acs, fields)


def _response(answer: Answer, at: dt.datetime) -> etree._Element:
    facts = {"ID": new_id(), "Version": "2.0", "IssueInstant": written(at), "Destination": answer.acs}
    if answer.request_id:
        facts["InResponseTo"] = answer.request_id
    response = make(None, "samlp", "Response", **facts)
    make(response, "saml", "Issuer", names.entity_id())
    return response


def _assertion(access: VendorAccess, visit: Visit, answer: Answer) -> etree._Element:
    assertion = make(None, "saml", "Assertion", ID=new_id(), Version="2.0", IssueInstant=written(visit.at))
    make(assertion, "saml", "Issuer", names.entity_id())
    _subject(assertion, access, visit, answer)
    _conditions(assertion, access, visit.at)
    _statement(assertion, visit, answer)
    _attributes(assertion, visit.released)
    return assertion


def _subject(assertion: etree._Element, access: VendorAccess, visit: Visit, answer: Answer) -> None:
    subject = make(assertion, "saml", "Subject")
    qualifiers = {"NameQualifier": names.entity_id(), "SPNameQualifier": access.entity_id}
    make(subject, "saml", "NameID", visit.reader_id, Format=names.PERSISTENT, **qualifiers)
    confirmation = make(subject, "saml", "SubjectConfirmation", Method=names.BEARER)
    facts = {"NotOnOrAfter": written(visit.at + GOOD_FOR), "Recipient": answer.acs}
    if answer.request_id:
        facts["InResponseTo"] = answer.request_id
    make(confirmation, "saml", "SubjectConfirmationData", **facts)


def _conditions(assertion: etree._Element, access: VendorAccess, at: dt.datetime) -> None:
    times = {"NotBefore": written(at - SKEW), "NotOnOrAfter": written(at + GOOD_FOR)}
    conditions = make(assertion, "saml", "Conditions", **times)
    make(make(conditions, "saml", "AudienceRestriction"), "saml", "Audience", access.entity_id)


def _statement(assertion: etree._Element, visit: Visit, answer: Answer) -> None:
    facts = {"AuthnInstant": written(answer.came_in or visit.at), "SessionIndex": answer.session_index or new_id()}
    statement = make(assertion, "saml", "AuthnStatement", **facts)
    make(make(statement, "saml", "AuthnContext"), "saml", "AuthnContextClassRef", answer.context)


def _attributes(assertion: etree._Element, released: tuple[Released, ...]) -> None:
    told = [row for row in released if row.value]
    if not told:
        return
    statement = make(assertion, "saml", "AttributeStatement")
    for row in told:
        attribute = make(statement, "saml", "Attribute", Name=row.name, NameFormat=_format_of(row.name))
        make(attribute, "saml", "AttributeValue", row.value)


def _format_of(name: str) -> str:
    return names.NAME_URI if name.startswith(("urn:", "http://", "https://")) else names.NAME_BASIC
