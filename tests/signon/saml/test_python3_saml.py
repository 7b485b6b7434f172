"""Another SAML, python3-saml in its strict mode with xmlsec, takes what the portal sends, and what it publishes."""

import base64
from typing import Any
from urllib.parse import urlsplit

import pytest
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from navette.readers.models import Reader
from navette.signon import keys
from navette.signon.identifiers import pairwise_id
from navette.signon.models import KeyUse, VendorAccess
from navette.signon.opening import open_resource
from navette.signon.saml import doors
from navette.signon.saml.importing import import_metadata
from navette.signon.saml.metadata import our_metadata
from navette.subscriptions.models import GrantState
from tests import factories
from tests.signon.saml import provider
from tests.signon.saml.provider import ACS, NAME, form, lists

pytestmark = pytest.mark.django_db
STRICT = {
    "wantAssertionsSigned": True,
    "wantMessagesSigned": True,
    "wantNameId": True,
    "authnRequestsSigned": True,
    "signatureAlgorithm": provider.SHA256,
    "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
    "rejectDeprecatedAlgorithm": True,
    "rejectUnsolicitedResponsesWithInResponseTo": True,
    "requestedAuthnContext": True,
}


def settings() -> dict[str, Any]:
    """Return the settings of the vendor's software, the portal's part read from its metadata."""
    told: dict[str, Any] = OneLogin_Saml2_IdPMetadataParser.parse(our_metadata().decode())
    vendor = {
        "entityId": NAME,
        "assertionConsumerService": {"url": ACS},
        "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "x509cert": provider.certificate_text(),
        "privateKey": provider.key_pem(),
    }
    return {"strict": True, "debug": True, "sp": vendor, "idp": told["idp"], "security": STRICT}


def arrived(fields: dict[str, str]) -> dict[str, Any]:
    """Return a request as the library wants it from a web framework."""
    parts = urlsplit(ACS)
    return {"https": "on", "http_host": parts.netloc, "script_name": parts.path, "get_data": {}, "post_data": fields}


def taken(fields: Any, request_id: str | None = None) -> OneLogin_Saml2_Auth:
    """Return the vendor's software after it has read an answer."""
    auth = OneLogin_Saml2_Auth(arrived(dict(fields)), settings())
    auth.process_response(request_id=request_id)
    return auth


@pytest.fixture
def access() -> VendorAccess:
    """Return how a resource opens, by the metadata that the library itself writes."""
    access = factories.vendor(tells={"mail": "urn:oid:0.9.2342.19200300.100.1.3", "first_name": "prenom"})
    written = OneLogin_Saml2_Settings(settings(), sp_validation_only=True).get_sp_metadata()
    return import_metadata(access, written, acting_user=factories.staff("administrator"))


@pytest.fixture
def reader(access: VendorAccess) -> Reader:
    subscription = factories.SubscriptionFactory(active=True)
    factories.GrantFactory(subscription=subscription, resource=access.resource, state=GrantState.GRANTED)
    found: Reader = subscription.reader
    return found


def test_an_answer_that_was_touched_or_is_another_s_is_refused(access: VendorAccess, reader: Reader) -> None:
    asked = doors.receive_form(lists(form(provider.signed(provider.request()))))
    fields = dict(doors.answer(asked, reader).fields)
    assert not taken(fields, asked.request_id).get_errors()
    name = pairwise_id(reader, access.resource).encode()
    touched = provider.opened(fields).replace(name, b"0" * 32)
    assert taken({"SAMLResponse": base64.b64encode(touched).decode()}).get_errors()
    assert taken(fields, "_another").get_errors()


@pytest.mark.parametrize("post", [True, False])
def test_the_vendor_begins(access: VendorAccess, reader: Reader, post: bool) -> None:
    auth = OneLogin_Saml2_Auth(arrived({}), settings())
    address = auth.login(return_to="https://sp.example.org/livre?n=1&m=é")
    assert address.startswith(f"{provider.SSO}?")
    if post:
        asked = doors.receive_form(lists(form(provider.signed(auth.get_last_request_xml().encode()))))
    else:
        asked = doors.receive_query(urlsplit(address).query)
        assert asked.relay == "https://sp.example.org/livre?n=1&m=é"
    assert access.metadata
    found = taken(doors.answer(asked, reader).fields, auth.get_last_request_id())
    assert found.get_errors() == [], found.get_last_error_reason()
    assert found.is_authenticated()
    assert found.get_nameid() == pairwise_id(reader, access.resource)
    assert found.get_session_index()
    assert found.get_attributes() == {
        "urn:oid:0.9.2342.19200300.100.1.3": [reader.user.email],
        "prenom": [reader.first_name],
    }


def test_the_portal_begins(access: VendorAccess, reader: Reader) -> None:
    found = taken(open_resource(reader.user, access.resource).fields)
    assert found.get_errors() == [], found.get_last_error_reason()
    assert found.get_nameid() == pairwise_id(reader, access.resource)


def test_all_along_a_change_of_keys(access: VendorAccess, reader: Reader) -> None:
    staff = factories.staff("administrator")
    steps = (
        lambda: keys.current(KeyUse.SAML),
        lambda: keys.prepare_next(KeyUse.SAML, acting_user=staff),
        lambda: keys.switch(KeyUse.SAML, acting_user=staff),
        lambda: keys.withdraw_previous(KeyUse.SAML, acting_user=staff),
    )
    for step in steps:
        step()
        found = taken(open_resource(reader.user, access.resource).fields)
        assert found.get_errors() == [], found.get_last_error_reason()
