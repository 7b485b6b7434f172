"""A vendor that speaks SAML 2.0, as strict as the standard lets it be: it asks, and looks at what is answered.

Written from the SAML 2.0 core, bindings and profiles. It takes no answer but one that is signed twice, once as a whole
and once for its assertion, for this vendor, this address, this request and this minute.
"""

import base64
import binascii
import datetime as dt
import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode
from xml.sax.saxutils import quoteattr

from cryptography import x509
from django.utils.translation import gettext as _
from lxml import etree

from navette.core import clock
from navette.signon.calls import Call
from navette.signon.simulators.links import FirstUse, Refused, Steps
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.signon.simulators.xmldsig import DS, BadSignature, verify

NS = {
    "p": "urn:oasis:names:tc:SAML:2.0:protocol",
    "a": "urn:oasis:names:tc:SAML:2.0:assertion",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": DS,
}
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
LONGEST_WINDOW = dt.timedelta(minutes=2)
OK = 200


@dataclass(frozen=True)
class Request:
    """A request on its way: `address` to go to, with `fields` posted there or none; its ID, which the answer names."""

    id: str
    address: str
    fields: Mapping[str, str] = field(default_factory=dict)


def ask(known: Known, *, post: bool = False, relay: str = "", force: bool = False, passive: bool = False) -> Request:
    """Return the request that the vendor sends a reader to the portal with."""
    mark = "_" + secrets.token_hex(16)
    sso = f"{known.portal}/saml/sso"
    facts = {
        "ID": mark,
        "Version": "2.0",
        "IssueInstant": f"{clock.now().astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Destination": sso,
        "AssertionConsumerServiceURL": known.address,
        "ForceAuthn": str(force).lower(),
        "IsPassive": str(passive).lower(),
    }
    root = etree.Element(f"{{{NS['p']}}}AuthnRequest", facts)
    etree.SubElement(root, f"{{{NS['a']}}}Issuer").text = known.entity_id
    xml, more = etree.tostring(root), {"RelayState": relay} if relay else {}
    if post:
        return Request(mark, sso, {"SAMLRequest": base64.b64encode(xml).decode()} | more)
    packed = base64.b64encode(zlib.compress(xml)[2:-4]).decode()
    return Request(mark, f"{sso}?{urlencode({'SAMLRequest': packed} | more)}")


def metadata(known: Known) -> bytes:
    """Return the metadata that the vendor's technicians send to the portal's staff."""
    return (
        f'<md:EntityDescriptor xmlns:md="{NS["md"]}" entityID={quoteattr(known.entity_id)}>'
        f'<md:SPSSODescriptor protocolSupportEnumeration="{NS["p"]}" WantAssertionsSigned="true">'
        f"<md:NameIDFormat>{PERSISTENT}</md:NameIDFormat>"
        '<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
        f'Location={quoteattr(known.address)} index="0" isDefault="true"/>'
        "</md:SPSSODescriptor></md:EntityDescriptor>"
    ).encode()


def saml(
    known: Known, arrival: Arrival, call: Call, *, asked: str = "", first_use: FirstUse = lambda text: True
) -> Welcome:
    """Welcome the reader whom a posted answer names; `asked` is the request's ID, empty where the portal began."""
    visit = _Visit(known, asked, first_use)
    try:
        identifier, told = visit.look(arrival, call)
    except Refused:
        return Welcome(tuple(visit.steps.taken))
    return Welcome(tuple(visit.steps.taken), identifier, told)


class _Visit:
    """One arrival, step by step."""

    def __init__(self, known: Known, asked: str, first_use: FirstUse) -> None:
        self.known, self.asked, self.first_use = known, asked, first_use
        self.portal = f"{known.portal}/saml/metadata"
        self.steps = Steps()
        self.check = self.steps.check

    def look(self, arrival: Arrival, call: Call) -> tuple[str, dict[str, str]]:
        """Take all steps and return the identifier and the attributes."""
        response = self._response(arrival)
        keys = self._keys(call)
        self._signature(response, keys, _("Signature de la réponse"))
        self._envelope(response)
        self._status(response)
        assertion = self._assertion(response)
        self._signature(assertion, keys, _("Signature de l’assertion"))
        self._audience(assertion)
        self._confirmation(assertion)
        self._times(assertion)
        self._first(assertion)
        return self._person(assertion)

    def _response(self, arrival: Arrival) -> etree._Element:
        root = _parsed(arrival.fields.get("SAMLResponse", ""))
        is_one = root is not None and root.tag == f"{{{NS['p']}}}Response" and root.get("Version") == "2.0"
        self.check(
            _("Réponse reçue"),
            is_one,
            _("Le navigateur a posté une réponse SAML 2.0."),
            _("Aucune réponse SAML lisible n’est arrivée : elle est absente, abîmée ou n’est pas du SAML 2.0."),
        )
        if root is None:
            raise Refused
        return root

    def _keys(self, call: Call) -> list[x509.Certificate]:
        answer = call("GET", self.portal, None, {})
        keys = _certificates(answer.text, self.portal) if answer.status == OK else []
        self.check(
            _("Métadonnées du portail"),
            bool(keys),
            _("Le fournisseur a lu les métadonnées du portail et y a trouvé ses clés."),
            _("Le fournisseur n’a pas pu lire les métadonnées du portail à l’adresse qu’il connaît : vérifiez-la."),
            address=self.portal,
            keys=str(len(keys)),
        )
        return keys

    def _signature(self, element: etree._Element, keys: list[x509.Certificate], title: str) -> None:
        fault = ""
        try:
            verify(element, keys)
        except BadSignature as error:
            fault = str(error)
        self.check(
            title,
            not fault,
            _("La signature est exacte : elle est du portail et rien n’a été modifié en route."),
            _("La signature manque ou n’est pas exacte : clé changée, message modifié ou signature déplacée."),
            detail=fault,
        )

    def _envelope(self, response: etree._Element) -> None:
        self.check(
            _("Expéditeur et destination"),
            _issuer(response) == self.portal and response.get("Destination") == self.known.address,
            _("La réponse vient du portail et elle est pour cette adresse."),
            _("La réponse ne vient pas du portail connu, ou elle est destinée à une autre adresse (ACS)."),
            Issuer=_issuer(response),
            Destination=response.get("Destination") or "",
        )
        self.check(
            _("Demande d’origine"),
            (response.get("InResponseTo") or "") == self.asked,
            _("La réponse est celle de la demande, ou le lecteur est parti du portail."),
            _("La réponse ne correspond pas à la demande du fournisseur : elle est d’une autre visite."),
            expected=self.asked,
            arrived=response.get("InResponseTo") or "",
        )

    def _status(self, response: etree._Element) -> None:
        codes = [str(row.get("Value") or "") for row in response.iterfind("p:Status//p:StatusCode", NS)]
        self.check(
            _("Résultat"),
            codes == [SUCCESS],
            _("Le portail dit que le lecteur peut entrer."),
            _("Le portail répond sans ouvrir : le code dit pourquoi."),
            StatusCode=" ".join(code.rpartition(":")[2] for code in codes),
        )

    def _assertion(self, response: etree._Element) -> etree._Element:
        everywhere = list(response.iter(f"{{{NS['a']}}}Assertion", f"{{{NS['a']}}}EncryptedAssertion"))
        is_one = len(everywhere) == 1 and everywhere[0].getparent() is response
        self.check(
            _("Assertion"),
            is_one and everywhere[0].tag.endswith("}Assertion"),
            _("La réponse contient une assertion et une seule."),
            _("La réponse ne contient pas une seule assertion à sa place : quelqu’un a pu en ajouter une."),
        )
        return everywhere[0]

    def _audience(self, assertion: etree._Element) -> None:
        restrictions = assertion.findall("a:Conditions/a:AudienceRestriction", NS)
        names = [{_text(row) for row in each.iterfind("a:Audience", NS)} for each in restrictions]
        self.check(
            _("Public de l’assertion"),
            _issuer(assertion) == self.portal and bool(names) and all(self.known.entity_id in row for row in names),
            _("L’assertion est faite par le portail pour ce fournisseur."),
            _("L’assertion est faite pour un autre fournisseur (entityID) : vérifiez l’identifiant enregistré."),
            expected=self.known.entity_id,
            arrived=" ".join(sorted(set().union(*names))),
        )

    def _confirmation(self, assertion: etree._Element) -> None:
        found = assertion.find(f"a:Subject/a:SubjectConfirmation[@Method='{BEARER}']/a:SubjectConfirmationData", NS)
        data = {} if found is None else {str(key): str(value) for key, value in found.attrib.items()}
        limit = _instant(data.get("NotOnOrAfter"))
        self.check(
            _("Destinataire de l’assertion"),
            data.get("Recipient") == self.known.address and data.get("InResponseTo", "") == self.asked,
            _("L’assertion ne vaut qu’à cette adresse et pour cette visite."),
            _("L’assertion vaut pour une autre adresse ou une autre visite : elle a pu être volée."),
            Recipient=data.get("Recipient", ""),
        )
        self.check(
            _("Délai"),
            limit is not None and clock.now() < limit and "NotBefore" not in data,
            _("L’assertion arrive dans la minute."),
            _("L’assertion arrive trop tard, ou l’horloge du fournisseur avance : mettez-la à l’heure."),
            NotOnOrAfter=data.get("NotOnOrAfter", ""),
        )

    def _times(self, assertion: etree._Element) -> None:
        conditions = assertion.find("a:Conditions", NS)
        names = ("NotBefore", "NotOnOrAfter")
        texts = ["" if conditions is None else str(conditions.get(name, "")) for name in names]
        self.check(
            _("Période de validité"),
            _is_now(*map(_instant, texts)),
            _("L’assertion est valable maintenant, et pour peu de temps."),
            _("L’assertion n’est pas valable maintenant, ou elle l’est trop longtemps : horloge ou réglage à revoir."),
            NotBefore=texts[0],
            NotOnOrAfter=texts[1],
        )

    def _first(self, assertion: etree._Element) -> None:
        self.check(
            _("Premier usage"),
            self.first_use(str(assertion.get("ID"))),
            _("Cette assertion n’a jamais servi."),
            _("Cette assertion a déjà servi : le fournisseur refuse qu’on la rejoue."),
        )

    def _person(self, assertion: etree._Element) -> tuple[str, dict[str, str]]:
        name = assertion.find("a:Subject/a:NameID", NS)
        identifier = "" if name is None or name.get("Format") != PERSISTENT else _text(name)
        signed_on = assertion.find("a:AuthnStatement[@SessionIndex]", NS) is not None
        rows = assertion.iterfind("a:AttributeStatement/a:Attribute", NS)
        told = {str(row.get("Name")): _text(row.find("a:AttributeValue", NS)) for row in rows}
        self.check(
            _("Lecteur"),
            bool(identifier) and signed_on,
            _("Le fournisseur reconnaît le lecteur à un identifiant qui n’existe que chez lui."),
            _("L’assertion ne donne pas d’identifiant persistant (NameID) ou ne dit pas comment il s’est connecté."),
            NameID=identifier,
            told=", ".join(told),
        )
        return identifier, told


def _parsed(text: str) -> etree._Element | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(base64.b64decode(text, validate=True), parser)
    except (binascii.Error, ValueError, etree.XMLSyntaxError):
        return None
    plain = root is not None and root.getroottree().docinfo.internalDTD is None
    return root if plain and all(isinstance(row.tag, str) for row in root.iter()) else None


def _certificates(text: str, portal: str) -> list[x509.Certificate]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(text.encode(), parser)
        if root.get("entityID") != portal:
            return []
        rows = root.iterfind("md:IDPSSODescriptor/md:KeyDescriptor[@use='signing']//ds:X509Certificate", NS)
        return [x509.load_der_x509_certificate(base64.b64decode(row.text or "")) for row in rows]
    except (ValueError, etree.XMLSyntaxError):
        return []


def _issuer(element: etree._Element) -> str:
    return _text(element.find("a:Issuer", NS))


def _text(element: etree._Element | None) -> str:
    return "" if element is None or len(element) else (element.text or "").strip()


def _instant(text: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else None


def _is_now(start: dt.datetime | None, end: dt.datetime | None) -> bool:
    """Say whether it is now between two moments, which must both be given and close to one another."""
    return start is not None and end is not None and start <= clock.now() < end and end - start <= LONGEST_WINDOW
