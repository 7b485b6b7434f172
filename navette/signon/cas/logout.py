"""Single logout: the notice posted to the address that a reader was sent to with a ticket (CAS 3.0.3, 2.3.3)."""

import secrets
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from navette.core import clock
from navette.signon.cas.xml import moment, spelled
from navette.signon.models import VendorSession

SAML_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML_ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
NOBODY = "@NOT_USED@"  # the vendor knows the session by its ticket
ID_BYTES = 16


def notice_of(session: VendorSession) -> tuple[str, str]:
    """Return the address of the vendor's service, and the form to post to it: `logoutRequest`, a SAML request."""
    request = ET.Element(
        f"{{{SAML_PROTOCOL}}}LogoutRequest",
        {"ID": f"LR-{secrets.token_hex(ID_BYTES)}", "Version": "2.0", "IssueInstant": moment(clock.now())},
    )
    ET.SubElement(request, f"{{{SAML_ASSERTION}}}NameID").text = NOBODY
    ET.SubElement(request, f"{{{SAML_PROTOCOL}}}SessionIndex").text = session.index
    return session.service, urlencode({"logoutRequest": spelled(request)})
