"""Apache's mod_auth_mellon before a vendor's page: metadata exchanged by both sides, requests, answers, refusals."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from navette.signon import keys
from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind, KeyUse, VendorAccess
from navette.signon.saml.importing import import_metadata
from tests.apache import httpd
from tests.apache.certificate import Certificate
from tests.apache.conftest import Bought
from tests.apache.httpd import PATIENCE, Server
from tests.apache.portal import RunningPortal
from tests.apache.shared import connect, steps_of
from tests.apache.visitor import Visitor
from tests.journeys.server import free_port

CONFIG = """\
MellonLockFile "{vendor.home}/run/mellon.lock"
<Location />
  MellonEnable info
  MellonEndpointPath /mellon
  {metadata}
  MellonSPPrivateKeyFile "{vendor.home}/key.pem"
  MellonSPCertFile "{vendor.home}/certificate.pem"
  MellonIdPMetadataFile "{vendor.home}/portal.xml"
  MellonSecureCookie On
  MellonCookieSameSite None
</Location>
<Location /prive>
  AuthType Mellon
  MellonEnable auth
  Require valid-user
</Location>
"""
# What the vendor says of itself: its requests are signed, it wants a lasting identifier, it is told of logouts by SOAP.
METADATA = """\
<EntityDescriptor entityID="{name}" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
  <SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <KeyDescriptor use="signing">
      <KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">
        <X509Data><X509Certificate>{certificate}</X509Certificate></X509Data>
      </KeyInfo>
    </KeyDescriptor>
    <SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:SOAP" Location="{url}/mellon/logout"/>
    <NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</NameIDFormat>
    <AssertionConsumerService index="0" isDefault="true" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
        Location="{url}/mellon/postResponse"/>
  </SPSSODescriptor>
</EntityDescriptor>
"""
NAME = "https://vendor.example.org/saml"  # the vendor's entityID: a name, at which nothing need answer
OWN = f"MellonSPentityId {NAME}"  # the module then words its metadata itself
Visit = Callable[[], Visitor]


def prepared(root: Path, shown: Certificate, portal: RunningPortal) -> Server:
    """Return an Apache that has read the portal's metadata; it does not run yet."""
    server = httpd.prepare(root, "127.0.0.1", free_port(), shown)
    text = "".join(line for line in shown.pem.splitlines() if "-----" not in line)
    (server.home / "vendor.xml").write_text(METADATA.format(name=NAME, url=server.url, certificate=text))
    (server.home / "portal.xml").write_bytes(portal.metadata())
    return server


def directives(vendor: Server, metadata: str = "") -> str:
    """Return the module's configuration, with the metadata above or the directive `metadata`."""
    return CONFIG.format(vendor=vendor, metadata=metadata or f'MellonSPMetadataFile "{vendor.home}/vendor.xml"')


def taken_in(vendor: Server, portal: RunningPortal, bought: Bought) -> VendorAccess:
    """Have the staff take in the metadata that the vendor's Apache publishes."""
    access = connect(bought.resource, bought.staff, "saml", vendor.page)
    told = requests.get(f"{vendor.url}/mellon/metadata", verify=str(portal.certificate), timeout=PATIENCE)
    return import_metadata(access, told.content, acting_user=bought.staff)


@pytest.fixture
def vendor(root: Path, shown: Certificate, running_portal: RunningPortal, bought: Bought) -> Iterator[Server]:
    """Run the vendor's Apache, known to the portal."""
    server = prepared(root, shown, running_portal)
    with httpd.running(server, "auth_mellon", directives(server)):
        taken_in(server, running_portal, bought)
        yield server


def test_a_reader_comes_from_the_page_and_goes_back_to_it_under_an_opaque_name(
    visit: Visit, vendor: Server, bought: Bought
) -> None:
    reader, visitor = bought.reader, visit()
    visitor.goes_to(vendor.page)
    shown = visitor.logs_in(reader).reads_at(vendor)
    assert shown["REMOTE_USER"] == shown["MELLON_NAME_ID"] == pairwise_id(reader, bought.resource)
    assert shown["MELLON_courriel"] == reader.user.email
    assert shown["MELLON_prenom"] == "Dave"
    assert shown["MELLON_naissance"] == "13/03/1990"
    assert reader.last_name not in str(shown)
    assert steps_of(reader, bought.resource) == [(EventKind.SENT, "")]


def test_a_reader_who_begins_at_the_portal_lands_on_the_page(
    visit: Visit, vendor: Server, bought: Bought, running_portal: RunningPortal
) -> None:
    visitor = visit()
    visitor.goes_to(f"{running_portal.url}/mon-compte")
    visitor.logs_in(bought.reader)
    visitor.goes_to(f"{running_portal.url}/ressources-numeriques/{bought.resource.slug}/ouvrir")
    visitor.page.wait_for_url(f"{vendor.url}/**")
    visitor.goes_to(vendor.page)
    assert visitor.reads_at(vendor)["REMOTE_USER"] == pairwise_id(bought.reader, bought.resource)


def test_sso_05_an_expired_reader_is_stopped_at_the_portal(visit: Visit, vendor: Server, bought: Bought) -> None:
    visitor = visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(bought.expired).is_stopped_at_the_portal("Votre abonnement a pris fin le")
    assert steps_of(bought.expired, bought.resource) == [(EventKind.STOPPED, "expired")]


def test_sso_04_a_page_whose_address_is_not_registered_gets_nobody(
    root: Path, shown: Certificate, running_portal: RunningPortal, visit: Visit, vendor: Server, bought: Bought
) -> None:
    other = prepared(root, shown, running_portal)
    with httpd.running(other, "auth_mellon", directives(other)):
        visitor = visit()
        assert visitor.goes_to(other.page).status == 400
        visitor.is_stopped_at_the_portal("Cette demande de connexion n’est pas valable")
    assert (EventKind.VENDOR_ERROR, "service_unknown") in steps_of(None, bought.resource)


def test_a_vendor_that_nobody_has_registered_gets_nobody(visit: Visit, vendor: Server, bought: Bought) -> None:
    VendorAccess.objects.update(entity_id="https://another.example.org/saml")
    visitor = visit()
    assert visitor.goes_to(vendor.page).status == 400
    assert (EventKind.VENDOR_ERROR, "vendor_unknown") in steps_of(None, None)


def test_a_module_that_asks_for_a_passing_identifier_is_answered_so_and_the_staff_read_why(
    root: Path, shown: Certificate, running_portal: RunningPortal, visit: Visit, bought: Bought
) -> None:
    """Left to word its metadata itself, the module asks for the format `transient`."""
    server = prepared(root, shown, running_portal)
    with httpd.running(server, "auth_mellon", directives(server, OWN)):
        taken_in(server, running_portal, bought)
        visitor = visit()
        visitor.goes_to(server.page)
        expect(visitor.page.get_by_text("Unauthorized")).to_be_visible()
        assert "InvalidNameIDPolicy" in server.log()
    assert steps_of(None, bought.resource) == [(EventKind.STOPPED, "saml_name_id")]


def test_an_answer_signed_with_a_key_that_the_vendor_has_not_read_opens_nothing(
    visit: Visit, vendor: Server, bought: Bought
) -> None:
    keys.prepare_next(KeyUse.SAML, acting_user=bought.staff)
    keys.switch(KeyUse.SAML, acting_user=bought.staff)
    visitor = visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(bought.reader)
    visitor.page.wait_for_url(f"{vendor.url}/mellon/postResponse")
    expect(visitor.page).not_to_have_title("Page of the vendor")


def test_who_logs_out_of_the_portal_is_logged_out_at_the_vendor(
    visit: Visit, vendor: Server, bought: Bought, running_portal: RunningPortal
) -> None:
    visitor = visit()
    with running_portal.worker():
        visitor.goes_to(vendor.page)
        visitor.logs_in(bought.reader).reads_at(vendor)
        visitor.logs_out_everywhere(vendor)
