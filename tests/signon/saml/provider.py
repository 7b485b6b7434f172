"""A vendor that speaks SAML, for the tests: its keys, its metadata, and the requests that it sends, well or badly."""

import base64
import datetime as dt
import itertools
import zlib
from functools import lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from navette.core import clock
from navette.signon.models import AddressUse, VendorAccess
from tests import factories

NAME = "https://sp.example.org/metadata"
ACS = "https://sp.example.org/acs"
OTHER_ACS = "https://sp.example.org/autre"
PORTAL = "https://navette.test"
SSO = f"{PORTAL}/saml/sso"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
_numbers = itertools.count(1)


@lru_cache
def pair(number: int) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """Return the vendor's key and certificate, or those of a stranger for another `number`. The certificate is over."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"sp {number}")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(number + 1).not_valid_before(start).not_valid_after(start + dt.timedelta(days=365))
    return key, made.sign(key, hashes.SHA256())


def key_pem(number: int = 0) -> str:
    """Return a key as PEM."""
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pair(number)[0].private_bytes(*form).decode()


def certificate_text(number: int = 0) -> str:
    """Return a certificate as metadata hold it."""
    return base64.b64encode(pair(number)[1].public_bytes(serialization.Encoding.DER)).decode()


def metadata(*, name: str = NAME, key: bool = True, signs: bool = False, acs: str = "", more: str = "") -> str:
    """Return the vendor's metadata; `acs` replaces its receiving addresses, `more` are attributes of the root."""
    keys = (
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>{certificate_text()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )
    receivers = acs or receiver(OTHER_ACS, 0) + receiver(ACS, 1, 'isDefault="true"')
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{name}" {more}>'
        f'<md:SPSSODescriptor protocolSupportEnumeration="{PROTOCOL}" AuthnRequestsSigned="{str(signs).lower()}">'
        f"{keys if key else ''}{receivers}</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def receiver(url: str, index: int, more: str = "", binding: str = "HTTP-POST") -> str:
    """Return an address of the metadata where answers are received."""
    names = f'Binding="urn:oasis:names:tc:SAML:2.0:bindings:{binding}" Location="{url}" index="{index}"'
    return f"<md:AssertionConsumerService {names} {more}/>"


def registered(*, signs: bool = False, key: bool = True, **fields: Any) -> VendorAccess:
    """Return how a resource opens at the vendor, its metadata taken in."""
    addresses = {ACS: AddressUse.SAML_ACS, OTHER_ACS: AddressUse.SAML_ACS}
    told = {
        "way": "saml",
        "entity_id": NAME,
        "metadata": metadata(signs=signs, key=key),
        "address": "https://sp.example.org/",
    }
    return factories.vendor(addresses=addresses, **(told | fields))


def request(inside: str = "", *, issuer: str = NAME, drop: str = "", **attributes: str) -> bytes:
    """Return an AuthnRequest: `attributes` replace or add, `drop` takes one away, `inside` follows its Issuer."""
    facts = {
        "ID": f"_request{next(_numbers)}",
        "Version": "2.0",
        "IssueInstant": clock.now().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "Destination": SSO,
    } | attributes
    facts.pop(drop, None)
    written = " ".join(f'{key}="{value}"' for key, value in facts.items())
    return (
        f'<samlp:AuthnRequest xmlns:samlp="{PROTOCOL}" xmlns:saml="{ASSERTION}" {written}>'
        f"<saml:Issuer>{issuer}</saml:Issuer>{inside}</samlp:AuthnRequest>"
    ).encode()


def form(xml: bytes, relay: str | None = None) -> dict[str, str]:
    """Return the fields of a request posted."""
    fields = {"SAMLRequest": base64.b64encode(xml).decode()}
    return fields if relay is None else fields | {"RelayState": relay}


def lists(fields: dict[str, str]) -> dict[str, list[str]]:
    """Return the fields of a form as Django gives them."""
    return {name: [value] for name, value in fields.items()}


def deflated(xml: bytes) -> str:
    """Return a message as the redirect binding carries it, before it is encoded for an address."""
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(machine.compress(xml) + machine.flush()).decode()


def query(xml: bytes, relay: str | None = None, *, key: int | None = None, algorithm: str = SHA256) -> str:
    """Return the query of a redirect, signed with the key of that number where one is given."""
    fields = {"SAMLRequest": deflated(xml)} | ({} if relay is None else {"RelayState": relay})
    if key is None:
        return urlencode(fields)
    octets = urlencode(fields | {"SigAlg": algorithm})
    value = pair(key)[0].sign(octets.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{octets}&Signature={quote(base64.b64encode(value).decode(), safe='')}"


def signed(xml: bytes, key: int = 0) -> bytes:
    """Return a request with its own signature in it."""
    root = etree.fromstring(xml)
    space = "http://www.w3.org/2000/09/xmldsig#"
    root.insert(1, etree.Element(f"{{{space}}}Signature", {"Id": "placeholder"}, nsmap={"ds": space}))
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    return etree.tostring(signer.sign(root, key=key_pem(key), cert=[pair(key)[1]]))


def opened(fields: Any) -> bytes:
    """Return the answer that a form brings to the vendor, as XML."""
    return base64.b64decode(fields["SAMLResponse"])
