"""What a vendor's metadata says: its name, where it receives, its keys. Read from the XML kept with its settings."""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from lxml import etree

from navette.signon.models import AddressUse, VendorAccess, VendorAddress
from navette.signon.saml.names import POST, REDIRECT, SAMLP, SOAP_BINDING, q
from navette.signon.saml.refusals import SamlRefused
from navette.signon.saml.xml import instant, parse, text_of, true

LONGEST_METADATA = 200_000  # bytes
LONGEST_ENTITY_ID = LONGEST_ADDRESS = 500  # characters
HIGHEST_INDEX = 32_767
BINDINGS = {POST: "post", REDIRECT: "redirect", SOAP_BINDING: "soap"}


@dataclass(frozen=True)
class Endpoint:
    """An address of a vendor: `binding` is "post", "redirect" or "soap"; `index` tells several apart."""

    url: str
    binding: str
    index: int = 0
    is_default: bool = False


@dataclass(frozen=True)
class Partner:
    """A vendor's service provider: its entityID, endpoints and certificates, and what it says of its requests."""

    entity_id: str
    receivers: tuple[Endpoint, ...]
    logouts: tuple[Endpoint, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()
    signs_requests: bool = False
    valid_until: dt.datetime | None = None

    @property
    def default(self) -> Endpoint:
        """Return where a message goes that names no address: the default, the first not said not to be, the first."""
        return next((row for row in self.receivers if row.is_default), self.receivers[0])


class BadMetadata(Exception):
    """Metadata that can't be used; `fault` says why: a key of `importing.FAULTS`."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def read_metadata(raw: bytes) -> Partner:
    """Return the service provider that metadata describe; BadMetadata where they describe none, or several."""
    try:
        root = parse(raw, LONGEST_METADATA)
    except SamlRefused as refused:
        raise BadMetadata("long" if len(raw) > LONGEST_METADATA else "xml") from refused
    entity = _only_provider(root)
    role = _provider(entity)[0]
    name = (entity.get("entityID") or "").strip()
    if not name or len(name) > LONGEST_ENTITY_ID:
        raise BadMetadata("name")
    return Partner(
        entity_id=name,
        receivers=_receivers(role),
        logouts=tuple(row for row in _endpoints(role, "SingleLogoutService")),
        certificates=tuple(_certificates(role)),
        signs_requests=true(role.get("AuthnRequestsSigned")),
        valid_until=_earliest(root, entity, role),
    )


@lru_cache(maxsize=64)
def _known(metadata: str) -> Partner:
    return read_metadata(metadata.encode())


def partner_of(access: VendorAccess) -> Partner:
    """Return what is known of the vendor of `access`: its metadata, or only the addresses that staff have typed.

    Addresses that are not registered any more are left out. SamlRefused where none is left to receive.
    """
    rows = [row for row in access.addresses.all() if row.use == AddressUse.SAML_ACS]
    typed = tuple(Endpoint(row.url, "post", row.position) for row in sorted(rows, key=_order))
    if not access.metadata:
        return _with_receivers(Partner(access.entity_id, typed), typed, access)
    try:
        known = _known(access.metadata)
    except BadMetadata as error:
        raise SamlRefused("saml_metadata", error.fault, access) from error
    registered = {row.url for row in rows}
    told = tuple(row for row in known.receivers if row.url in registered)
    more = tuple(row for row in typed if row.url not in {old.url for old in told})
    return _with_receivers(known, told + more, access)


def _with_receivers(partner: Partner, receivers: tuple[Endpoint, ...], access: VendorAccess) -> Partner:
    if not receivers:
        raise SamlRefused("service_unknown", "no ACS registered", access)
    return Partner(
        entity_id=access.entity_id,
        receivers=receivers,
        logouts=partner.logouts,
        certificates=partner.certificates,
        signs_requests=partner.signs_requests,
        valid_until=partner.valid_until,
    )


def _order(row: VendorAddress) -> tuple[int, int]:
    return row.position, row.pk


def _only_provider(root: etree._Element) -> etree._Element:
    entities = [root] if root.tag == q("md", "EntityDescriptor") else list(root.iter(q("md", "EntityDescriptor")))
    providers = [row for row in entities if _provider(row)]
    if root.tag not in {q("md", "EntityDescriptor"), q("md", "EntitiesDescriptor")}:
        raise BadMetadata("xml")
    if len(providers) != 1:
        raise BadMetadata("several" if providers else "none")
    return providers[0]


def _provider(entity: etree._Element) -> list[etree._Element]:
    found = entity.findall(q("md", "SPSSODescriptor"))
    return [row for row in found if SAMLP in (row.get("protocolSupportEnumeration") or "").split()][:1]


def _receivers(role: etree._Element) -> tuple[Endpoint, ...]:
    found = tuple(row for row in _endpoints(role, "AssertionConsumerService") if row.binding == "post")
    if not found:
        raise BadMetadata("receiver")
    return found


def _endpoints(role: etree._Element, name: str) -> list[Endpoint]:
    found = []
    for row in role.findall(q("md", name)):
        url, binding = (row.get("Location") or "").strip(), BINDINGS.get(row.get("Binding") or "", "")
        if not binding:
            continue
        found.append(Endpoint(_checked(url), binding, _index(row), true(row.get("isDefault"))))
    return found


def _checked(url: str) -> str:
    try:
        URLValidator(schemes=["https", "http"])(url)
    except ValidationError as error:
        raise BadMetadata("address") from error
    if len(url) > LONGEST_ADDRESS:
        raise BadMetadata("address")
    return url


def _index(row: etree._Element) -> int:
    text = (row.get("index") or "0").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= HIGHEST_INDEX):
        raise BadMetadata("address")
    return int(text)


def _certificates(role: etree._Element) -> list[x509.Certificate]:
    keys = [row for row in role.findall(q("md", "KeyDescriptor")) if row.get("use") in {None, "signing"}]
    found = [text_of(row) for key in keys for row in key.iter(q("ds", "X509Certificate"))]
    try:
        return [x509.load_der_x509_certificate(base64.b64decode("".join(row.split()), validate=True)) for row in found]
    except (binascii.Error, ValueError) as error:
        raise BadMetadata("key") from error


def _earliest(*elements: etree._Element) -> dt.datetime | None:
    texts = [row.get("validUntil") for row in elements]
    moments = [instant(text) for text in texts if text]
    if None in moments:
        raise BadMetadata("until")
    return min((row for row in moments if row is not None), default=None)
