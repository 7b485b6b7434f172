"""What a vendor asks: an AuthnRequest, read and checked against what is registered."""

import datetime as dt
from dataclasses import dataclass

from lxml import etree

from navette.core import clock
from navette.signon.models import VendorAccess, WayName
from navette.signon.saml import names
from navette.signon.saml.bindings import Message
from navette.signon.saml.names import q
from navette.signon.saml.partners import Endpoint, Partner, partner_of
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.xml import NAME, child, instant, text_of, true

OLDEST = dt.timedelta(minutes=5)  # of a request when it arrives; clocks differ as much ahead
FORMATS = {"", names.PERSISTENT, names.UNSPECIFIED_ID}


@dataclass(frozen=True)
class Asked:
    """A request that may be answered at `acs`, an address registered for `access`.

    `force`: the password is asked for again; `passive`: nothing may be shown. `subject` is the only NameID wanted,
    `context` the way of authentication that the answer names, `fault` the status that it gets whoever asks.
    """

    access: VendorAccess
    request_id: str
    acs: str
    relay: str
    at: dt.datetime
    force: bool = False
    passive: bool = False
    subject: str = ""
    context: str = names.PASSWORD_OVER_TLS
    fault: str = ""


def read_request(message: Message) -> Asked:
    """Return what `message` asks; SamlRefused where it is not one to answer, unsigned where it should be, or stale."""
    root = message.root
    if root.tag != q("samlp", "AuthnRequest") or root.get("Version") != "2.0":
        raise SamlRefused("bad_request", "not an AuthnRequest of SAML 2.0")
    access = vendor_of(root)
    try:
        return _read(message, access)
    except SamlRefused as refused:
        raise SamlRefused(refused.reason, refused.detail, access) from refused


def vendor_of(root: etree._Element) -> VendorAccess:
    """Return the vendor that a message says it comes from; SamlRefused where none has that name."""
    issuer = child(root, "saml", "Issuer")
    name = text_of(issuer)
    if issuer is None or issuer.get("Format", names.ENTITY_ID) != names.ENTITY_ID or not name:
        raise SamlRefused("bad_request", "Issuer")
    access = VendorAccess.objects.select_related("resource").filter(way=WayName.SAML, entity_id=name).first()
    if access is None:
        raise SamlRefused("vendor_unknown", name)
    return access


def check_envelope(message: Message, destination: str) -> str:
    """Check what all requests have, and return their ID: ID, Destination where there is one, and the moment."""
    root, now = message.root, clock.now()
    mark = root.get("ID") or ""
    if not NAME.fullmatch(mark):
        raise SamlRefused("bad_request", "ID")
    if root.get("Destination", destination) != destination:
        raise SamlRefused("bad_request", f"Destination {root.get('Destination')}")
    issued = instant(root.get("IssueInstant"))
    if issued is None:
        raise SamlRefused("bad_request", "IssueInstant")
    if abs(now - issued) > OLDEST:
        raise SamlRefused("saml_clock", f"IssueInstant {root.get('IssueInstant')}")
    return mark


def _read(message: Message, access: VendorAccess) -> Asked:
    partner, root = partner_of(access), message.root
    if partner.signs_requests or (partner.certificates and message.is_signed):
        message.verify(partner.certificates)
    mark = check_envelope(message, names.sso_address())
    acs = _receiver(root, partner)
    context, fault = _context(root)
    return Asked(
        access=access,
        request_id=mark,
        acs=acs.url,
        relay=message.relay,
        at=clock.now(),
        force=true(root.get("ForceAuthn")),
        passive=true(root.get("IsPassive")),
        subject=_subject(root),
        context=context,
        fault=fault or _name_id_fault(root, partner),
    )


def _receiver(root: etree._Element, partner: Partner) -> Endpoint:
    """Return where the answer goes: the address or index asked for, if it is registered (SSO-04), or the default."""
    url, index = root.get("AssertionConsumerServiceURL"), root.get("AssertionConsumerServiceIndex")
    if root.get("ProtocolBinding", names.POST) != names.POST or (url is not None and index is not None):
        raise SamlRefused("bad_request", "ProtocolBinding, or both URL and Index")
    if url is None and index is None:
        return partner.default
    for row in partner.receivers:
        if row.url == url or (index is not None and str(row.index) == index):
            return row
    raise SamlRefused("service_unknown", url or f"index {index}")


def _subject(root: etree._Element) -> str:
    subject = child(root, "saml", "Subject")
    if subject is None:
        return ""
    found = text_of(child(subject, "saml", "NameID"))
    if not found or len(subject) != 1:
        raise SamlRefused("bad_request", "Subject")
    return found


def _name_id_fault(root: etree._Element, partner: Partner) -> str:
    policy = child(root, "samlp", "NameIDPolicy")
    if policy is None:
        return ""
    ours = policy.get("Format", "") in FORMATS and policy.get("SPNameQualifier", partner.entity_id) == partner.entity_id
    return "" if ours else names.BAD_NAME_ID


def _context(root: etree._Element) -> tuple[str, str]:
    """Return the way of authentication to name, and the status where none that is asked for is ours."""
    asked = child(root, "samlp", "RequestedAuthnContext")
    if asked is None:
        return names.PASSWORD_OVER_TLS, ""
    wanted = [text_of(row) for row in asked.findall(q("saml", "AuthnContextClassRef"))]
    if asked.get("Comparison", "exact") != "better":
        for name in wanted:
            if name in names.CONTEXTS:
                return name, ""
    return names.PASSWORD_OVER_TLS, names.NO_CONTEXT
