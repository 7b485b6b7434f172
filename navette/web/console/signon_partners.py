"""The vendors of SAML: their metadata taken in."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess
from navette.signon.saml.importing import fetch_metadata, import_metadata
from navette.web.console.access import user_of
from navette.web.console.signon_answers import Answer, answered, settled, tried
from navette.web.console.signon_forms import MetadataForm


def import_saml(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    """Take the metadata of a SAML vendor in, from the file sent or from their address."""
    access = settled(access)
    form = refused["metadata_form"] = MetadataForm(request.POST, request.FILES)
    if not form.is_valid():
        return None
    sent, address = form.cleaned_data["metadata"], form.cleaned_data["address"]

    def take_in() -> VendorAccess:
        xml = sent.read() if sent else fetch_metadata(address)
        return import_metadata(access, xml, acting_user=user_of(request))

    if tried(form, take_in) is None:
        return None
    return answered(request, found, _("Les métadonnées sont importées : les adresses ont suivi."), "adresses")
