"""What the portal publishes of itself: its name, its keys, the present one first, and where requests are sent."""

from lxml import etree

from navette.signon import keys
from navette.signon.models import KeyUse
from navette.signon.saml import names
from navette.signon.saml.xml import make, serialized


def our_metadata() -> bytes:
    """Return the portal's metadata; two keys stand in it while keys change, and vendors take either."""
    entity = make(None, "md", "EntityDescriptor", entityID=names.entity_id())
    facts = {"protocolSupportEnumeration": names.SAMLP, "WantAuthnRequestsSigned": "false"}
    role = make(entity, "md", "IDPSSODescriptor", **facts)
    for key in keys.published(KeyUse.SAML):
        _key(role, key.certificate)
    make(role, "md", "NameIDFormat", names.PERSISTENT)
    for binding in (names.REDIRECT, names.POST):
        make(role, "md", "SingleSignOnService", Binding=binding, Location=names.sso_address())
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + serialized(entity)


def _key(role: etree._Element, certificate: str) -> None:
    info = make(make(role, "md", "KeyDescriptor", use="signing"), "ds", "KeyInfo")
    text = "".join(row for row in certificate.splitlines() if "-----" not in row)
    make(make(info, "ds", "X509Data"), "ds", "X509Certificate", text)
