"""The standard's names, and the portal's own addresses, which come from the settings and never from a request."""

from django.conf import settings

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACES = {"saml": SAML, "samlp": SAMLP, "md": MD, "ds": DS, "soap": SOAP}

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
SOAP_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
UNSPECIFIED_ID = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
ENTITY_ID = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

PASSWORD_OVER_TLS = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"  # noqa: S105  # a name
CONTEXTS = (
    PASSWORD_OVER_TLS,
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password",
    "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified",
)

NAME_URI = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
NAME_BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"

_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
SUCCESS = _STATUS + "Success"
REQUESTER = _STATUS + "Requester"
RESPONDER = _STATUS + "Responder"
NO_PASSIVE = _STATUS + "NoPassive"
NO_CONTEXT = _STATUS + "NoAuthnContext"
BAD_NAME_ID = _STATUS + "InvalidNameIDPolicy"
UNKNOWN_PRINCIPAL = _STATUS + "UnknownPrincipal"
REQUEST_DENIED = _STATUS + "RequestDenied"

LONGEST_RELAY = 1_024  # bytes: the standard asks for 80 at most, and vendors send more


def entity_id() -> str:
    """Return the portal's name in SAML, which is the address of its metadata."""
    return f"{settings.SITE_URL}/saml/metadata"


def sso_address() -> str:
    """Return where vendors send their requests."""
    return f"{settings.SITE_URL}/saml/sso"


def q(prefix: str, name: str) -> str:
    """Return an element's name as lxml writes it: `q("saml", "Issuer")`."""
    return f"{{{NAMESPACES[prefix]}}}{name}"
