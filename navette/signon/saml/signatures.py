"""Signing with the portal's key, and verifying with the keys that a vendor's metadata names, whatever a message claims.

A signature counts only if it is the child of the very element that is then read, covers that element whole by its ID,
and that ID stands once in the document: what signature wrapping plays on is refused before anything is computed.
"""

import base64
import binascii
from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from navette.signon import keys
from navette.signon.models import SigningKey
from navette.signon.saml.names import DS, NAMESPACES, q
from navette.signon.saml.refusals import SamlRefused

EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
TRANSFORMS = {DS + "enveloped-signature", EXCLUSIVE.value}
SCHEMES = (
    (SignatureMethod.RSA_SHA256, SHA256()),
    (SignatureMethod.RSA_SHA384, SHA384()),
    (SignatureMethod.RSA_SHA512, SHA512()),
    (SignatureMethod.ECDSA_SHA256, SHA256()),
    (SignatureMethod.ECDSA_SHA384, SHA384()),
    (SignatureMethod.ECDSA_SHA512, SHA512()),
)
HASHES: dict[str, HashAlgorithm] = {method.value: algorithm for method, algorithm in SCHEMES}
METHODS = frozenset(method for method, _algorithm in SCHEMES)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
# What libraries raise on a signature that is mangled rather than wrong.
MANGLED = (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError, AttributeError, AssertionError)


def signed(element: etree._Element, key: SigningKey) -> etree._Element:
    """Return `element`, which has an ID, signed with `key`: the signature follows its Issuer, as the schema wants."""
    place = etree.Element(q("ds", "Signature"), {"Id": "placeholder"}, nsmap={"ds": DS})
    element.insert(1, place)
    signer = XMLSigner(c14n_algorithm=EXCLUSIVE)
    found: etree._Element = signer.sign(element, key=keys.signer(key), cert=key.certificate)
    return found


def verify_document(root: etree._Element, certificates: Sequence[x509.Certificate]) -> None:
    """Check the signature of `root` over itself by one of `certificates`; SamlRefused where it is not right."""
    _check_shape(root)
    config = SignatureConfiguration(location="./", signature_methods=METHODS, digest_algorithms=DIGESTS)
    for certificate in certificates:
        if _verifies(root, certificate, config):
            return
    raise SamlRefused("bad_signature", "no key of the metadata verifies it")


def _check_shape(root: etree._Element) -> None:
    signatures = root.findall(".//ds:Signature", NAMESPACES)
    if len(signatures) != 1 or signatures[0].getparent() is not root:
        raise SamlRefused("bad_signature", "not one signature, of the whole message")
    references = signatures[0].findall("ds:SignedInfo/ds:Reference", NAMESPACES)
    mark = root.get("ID")
    if not mark or [row.get("URI") for row in references] != [f"#{mark}"]:
        raise SamlRefused("bad_signature", "it covers something else")
    if _ids(root).count(mark) != 1:
        raise SamlRefused("bad_signature", "an ID given twice")
    used = {row.get("Algorithm") for row in references[0].findall("ds:Transforms/ds:Transform", NAMESPACES)}
    method = signatures[0].find("ds:SignedInfo/ds:CanonicalizationMethod", NAMESPACES)
    if used != TRANSFORMS or method is None or method.get("Algorithm") != EXCLUSIVE.value:
        raise SamlRefused("bad_signature", "transforms")


def _ids(root: etree._Element) -> list[str]:
    names = ("ID", "Id", "id", "{http://www.w3.org/XML/1998/namespace}id")
    return [str(element.get(name)) for element in root.iter() for name in names if element.get(name) is not None]


def _verifies(root: etree._Element, certificate: x509.Certificate, config: SignatureConfiguration) -> bool:
    try:
        found = XMLVerifier().verify(root, x509_cert=certificate, expect_config=_at(config, certificate))
    except (*MANGLED, InvalidSignature):
        return False
    signed_root = None if isinstance(found, list) else found.signed_xml
    return signed_root is not None and (signed_root.tag, signed_root.get("ID")) == (root.tag, root.get("ID"))


def _at(config: SignatureConfiguration, certificate: x509.Certificate) -> SignatureConfiguration:
    """Return `config` for a moment when `certificate` held: in SAML the metadata vouches for a key, not its dates."""
    return SignatureConfiguration(
        location=config.location,
        signature_methods=config.signature_methods,
        digest_algorithms=config.digest_algorithms,
        ignore_ambiguous_key_info=True,
        verification_time=certificate.not_valid_before_utc,
    )


def verify_octets(octets: bytes, algorithm: str, signature: str, certificates: Sequence[x509.Certificate]) -> None:
    """Check the detached signature of the redirect binding, base64, over `octets`; SamlRefused if it is wrong."""
    hashed = HASHES.get(algorithm)
    if hashed is None:
        raise SamlRefused("bad_signature", f"algorithm {algorithm}")
    try:
        value = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SamlRefused("bad_signature", "not base64") from error
    if not any(_matches(row, value, octets, algorithm, hashed) for row in certificates):
        raise SamlRefused("bad_signature", "no key of the metadata verifies it")


def _matches(row: x509.Certificate, value: bytes, octets: bytes, algorithm: str, hashed: HashAlgorithm) -> bool:
    key = row.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and "#rsa-" in algorithm:
            key.verify(value, octets, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and "#ecdsa-" in algorithm:
            key.verify(value, octets, ec.ECDSA(hashed))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def unquoted(raw: str) -> str:
    """Return a value of a query as it was before it was encoded; SamlRefused where that is not UTF-8."""
    try:
        return unquote_to_bytes(raw.replace("+", " ")).decode()
    except UnicodeDecodeError as error:
        raise SamlRefused("bad_request", "not UTF-8") from error
