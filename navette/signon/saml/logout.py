"""Single logout: the vendor of a session that ends here is told, server to server, where its metadata say how.

A signed LogoutRequest in SOAP, which needs no browser. Vendors that end sessions by redirects only are not told.
"""

from lxml import etree

from navette.core import clock
from navette.signon import keys
from navette.signon.models import AddressUse, KeyUse, VendorSession
from navette.signon.saml import names
from navette.signon.saml.responses import GOOD_FOR, new_id
from navette.signon.saml.signatures import signed
from navette.signon.saml.xml import make, written


def notice_of(session: VendorSession) -> tuple[str, str] | None:
    """Return the address and the SOAP envelope to post there; None where the vendor has no such address."""
    rows = session.access.addresses.filter(use=AddressUse.SAML_LOGOUT, binding="soap")
    address = rows.first()
    if address is None:
        return None
    envelope = etree.Element(names.q("soap", "Envelope"), nsmap={"soap": names.SOAP})
    body = etree.SubElement(envelope, names.q("soap", "Body"))
    body.append(_request(session, address.url))
    return address.url, etree.tostring(envelope, encoding="us-ascii").decode()


def _request(session: VendorSession, url: str) -> etree._Element:
    now = clock.now()
    facts = {"ID": new_id(), "Version": "2.0", "IssueInstant": written(now), "Destination": url}
    root = make(None, "samlp", "LogoutRequest", NotOnOrAfter=written(now + 5 * GOOD_FOR), **facts)
    make(root, "saml", "Issuer", names.entity_id())
    qualifiers = {"NameQualifier": names.entity_id(), "SPNameQualifier": session.access.entity_id}
    make(root, "saml", "NameID", session.name_id, Format=names.PERSISTENT, **qualifiers)
    make(root, "samlp", "SessionIndex", session.index)
    return signed(root, keys.current(KeyUse.SAML))
