"""Taking in a vendor's metadata, from a file or from its address: nothing of it is typed by hand."""

import re

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.signon import calls
from navette.signon.models import AddressUse, VendorAccess, VendorAddress, WayName
from navette.signon.saml.partners import LONGEST_METADATA, BadMetadata, Endpoint, Partner, read_metadata
from navette.signon.saml.xml import parse

DECLARATION = re.compile(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>")
OK = 200
FAULTS: dict[str, Promise] = {
    "long": gettext_lazy("Ce fichier est trop gros pour des métadonnées SAML : demandez celles d’un seul service."),
    "xml": gettext_lazy("Ce fichier n’est pas un fichier de métadonnées SAML. Demandez au fournisseur le fichier XML."),
    "none": gettext_lazy(
        "Ces métadonnées ne décrivent pas un fournisseur de service SAML 2.0 (SPSSODescriptor). Le fournisseur a "
        "peut-être envoyé celles d’un fournisseur d’identité."
    ),
    "several": gettext_lazy("Ces métadonnées décrivent plusieurs services : demandez celles du seul service à ouvrir."),
    "name": gettext_lazy("Ces métadonnées ne donnent pas d’identifiant (entityID) utilisable."),
    "receiver": gettext_lazy(
        "Ces métadonnées ne donnent aucune adresse de réception (ACS) par HTTP-POST, seule façon que le portail ait "
        "d’y répondre."
    ),
    "address": gettext_lazy("Une adresse ou un numéro d’ordre (index) de ces métadonnées n’est pas valable."),
    "key": gettext_lazy("Un certificat de ces métadonnées ne se lit pas : demandez-les de nouveau au fournisseur."),
    "until": gettext_lazy("La date de validité (validUntil) de ces métadonnées ne se lit pas."),
    "over": gettext_lazy(
        "Ces métadonnées ne sont plus valables (validUntil est passé) : demandez-en de plus récentes."
    ),
    "https": gettext_lazy("L’adresse des métadonnées commence par https://."),
    "silent": gettext_lazy("Cette adresse n’a pas répondu comme prévu : téléchargez le fichier et importez-le."),
}


@transaction.atomic
def import_metadata(access: VendorAccess, xml: bytes, *, acting_user: Actor) -> VendorAccess:
    """Make `access` open by SAML at the service provider that `xml` describes, and return it fresh.

    Its addresses are replaced whole: receiving ones (ACS, by POST) and those of logout. Raises NotAllowed, or Invalid
    on the field `metadata` with a sentence of `FAULTS`.
    """
    require(acting_user, "resources.manage")
    partner = _read(xml)
    row = VendorAccess.objects.select_for_update().get(pk=access.pk)
    row.way, row.entity_id, row.metadata = WayName.SAML, partner.entity_id, _text(xml)
    _save(row)
    row.addresses.filter(use__in=[AddressUse.SAML_ACS, AddressUse.SAML_LOGOUT]).delete()
    VendorAddress.objects.bulk_create(_addresses(row, partner))
    facts = {"entity_id": partner.entity_id, "addresses": [end.url for end in partner.receivers]}
    audit(acting_user, "signon.import_metadata", row.resource, **facts, keys=len(partner.certificates))
    return VendorAccess.objects.get(pk=row.pk)


def fetch_metadata(url: str) -> bytes:
    """Return the metadata that stand at `url`; Invalid on the field `address` where nothing usable answers."""
    if not url.startswith("https://") and not (settings.DEMO and url.startswith("http://")):
        raise Invalid(str(FAULTS["https"]), "address")
    answer = calls.call("GET", url, None, {"Accept": "application/samlmetadata+xml, application/xml, text/xml"})
    if answer.status != OK:
        raise Invalid(str(FAULTS["silent"]), "address")
    if len(answer.text) >= calls.LONGEST:
        raise Invalid(str(FAULTS["long"]), "address")
    return DECLARATION.sub("", answer.text).encode()


def _read(xml: bytes) -> Partner:
    try:
        partner = read_metadata(xml)
    except BadMetadata as bad:
        raise Invalid(str(FAULTS[bad.fault]), "metadata") from bad
    if partner.valid_until is not None and partner.valid_until <= clock.now():
        raise Invalid(str(FAULTS["over"]), "metadata")
    return partner


def _text(xml: bytes) -> str:
    return etree.tostring(parse(xml, LONGEST_METADATA), encoding="unicode")


def _save(row: VendorAccess) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Invalid(_("Une autre ressource a déjà ce fournisseur SAML (même entityID)."), "metadata") from error


def _addresses(access: VendorAccess, partner: Partner) -> list[VendorAddress]:
    told = {(AddressUse.SAML_ACS, row.url, row.binding): row for row in reversed(partner.receivers)}
    told |= {(AddressUse.SAML_LOGOUT, row.url, row.binding): row for row in partner.logouts}
    return [_address(access, use, row) for (use, _url, _binding), row in told.items()]


def _address(access: VendorAccess, use: AddressUse, row: Endpoint) -> VendorAddress:
    return VendorAddress(access=access, use=use, url=row.url, binding=row.binding, position=row.index)
