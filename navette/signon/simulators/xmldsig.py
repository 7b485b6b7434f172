"""XML signatures as a strict vendor verifies them: written from the standards, for the one shape that SAML uses.

https://www.w3.org/TR/xmldsig-core1/ and, for what SAML allows of it, part 5.4 of the SAML 2.0 core.
"""

import base64
import binascii
import copy
import hashlib
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = DS + "enveloped-signature"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
DIGEST_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PARTS = ["CanonicalizationMethod", "SignatureMethod", "Reference"]


class BadSignature(Exception):
    """The element is not signed by any of the keys, or not in the one way that is safe; the message says where."""


def verify(element: etree._Element, certificates: Sequence[x509.Certificate]) -> None:
    """Check that `element` carries a signature of itself, whole, by one of `certificates`; BadSignature otherwise."""
    found = element.findall(f"{{{DS}}}Signature")
    if len(found) != 1:
        raise BadSignature("Signature")
    info = _only(found[0], "SignedInfo")
    if [etree.QName(row).localname for row in info] != PARTS:
        raise BadSignature("SignedInfo")
    if [info[0].get("Algorithm"), info[1].get("Algorithm")] != [EXCLUSIVE, RSA_SHA256]:
        raise BadSignature("Algorithm")
    _check_reference(element, found[0], info[2])
    _check_value(info, _bytes_of(_only(found[0], "SignatureValue")), certificates)


def _check_reference(element: etree._Element, signature: etree._Element, reference: etree._Element) -> None:
    mark = element.get("ID")
    if not mark or reference.get("URI") != f"#{mark}":
        raise BadSignature("Reference")
    if sum(1 for row in element.getroottree().iter() for name in ("ID", "Id", "id") if row.get(name) == mark) != 1:
        raise BadSignature("ID")
    transforms = _only(reference, "Transforms")
    if [row.get("Algorithm") for row in transforms] != [ENVELOPED, EXCLUSIVE] or any(len(row) for row in transforms):
        raise BadSignature("Transforms")
    if _only(reference, "DigestMethod").get("Algorithm") != DIGEST_SHA256:
        raise BadSignature("DigestMethod")
    if hashlib.sha256(_without(element, signature)).digest() != _bytes_of(_only(reference, "DigestValue")):
        raise BadSignature("DigestValue")


def _check_value(info: etree._Element, value: bytes, certificates: Sequence[x509.Certificate]) -> None:
    octets = canonical(info)
    for certificate in certificates:
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            continue
        try:
            key.verify(value, octets, padding.PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise BadSignature("SignatureValue")


def _without(element: etree._Element, signature: etree._Element) -> bytes:
    """Return the canonical octets of `element` as it was before `signature` was put into it."""
    place = list(element).index(signature)
    twin = copy.deepcopy(element)
    gone = twin[place]
    if gone.tail:
        before = twin[place - 1] if place else None
        if before is None:
            twin.text = (twin.text or "") + gone.tail
        else:
            before.tail = (before.tail or "") + gone.tail
    twin.remove(gone)
    return canonical(twin)


def canonical(element: etree._Element) -> bytes:
    """Return the octets of an element by exclusive canonical XML, without comments."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _only(parent: etree._Element, name: str) -> etree._Element:
    found = parent.findall(f"{{{DS}}}{name}")
    if len(found) != 1:
        raise BadSignature(name)
    return found[0]


def _bytes_of(element: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSignature("base64") from error
