"""Apache's mod_auth_cas before a vendor's page: by CAS 3 and by SAML 1.1, single logout included."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from navette.signon.actions import register_address
from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind, VendorSession
from tests.apache import httpd
from tests.apache.certificate import Certificate
from tests.apache.conftest import Bought
from tests.apache.httpd import Server
from tests.apache.portal import RunningPortal
from tests.apache.shared import connect, steps_of
from tests.apache.visitor import Visitor
from tests.journeys.server import free_port

CONFIG = """\
CASVersion 2
CASLoginURL {portal.url}/cas/login
CASValidateURL {portal.url}/cas/{validation}
CASValidateSAML {saml}
CASCertificatePath "{portal.certificate}"
CASCookiePath "{vendor.home}/sessions/"
CASRootProxiedAs {vendor.url}
CASSSOEnabled On
<Location /prive>
  AuthType CAS
  CASAuthNHeader CAS-User
  Require valid-user
</Location>
"""
Visit = Callable[[], Visitor]


def directives(vendor: Server, portal: RunningPortal, validation: str) -> str:
    """Return the module's configuration; `validation` is the portal's address that it checks tickets at."""
    saml = "On" if validation == "samlValidate" else "Off"
    return CONFIG.format(vendor=vendor, portal=portal, validation=validation, saml=saml)


@pytest.fixture(params=["p3/serviceValidate", "samlValidate"])
def validation(request: pytest.FixtureRequest) -> str:
    """Return where the module checks tickets."""
    return str(request.param)


@pytest.fixture
def vendor(
    root: Path, shown: Certificate, running_portal: RunningPortal, bought: Bought, validation: str
) -> Iterator[Server]:
    """Run the vendor's Apache, its address registered."""
    server = httpd.prepare(root, "127.0.0.1", free_port(), shown)
    access = connect(bought.resource, bought.staff, "cas", server.page)
    register_address(access, acting_user=bought.staff, use="service", url=f"{server.url}/prive")
    with httpd.running(server, "auth_cas", directives(server, running_portal, validation)):
        yield server


def test_a_reader_comes_from_the_page_and_goes_back_to_it_under_an_opaque_name(
    visit: Visit, vendor: Server, bought: Bought, validation: str
) -> None:
    reader, visitor = bought.reader, visit()
    visitor.goes_to(vendor.page)
    shown = visitor.logs_in(reader).reads_at(vendor)
    assert shown["REMOTE_USER"] == shown["HTTP_CAS_USER"] == pairwise_id(reader, bought.resource)
    assert shown["HTTP_CAS_COURRIEL"] == reader.user.email
    assert shown["HTTP_CAS_PRENOM"] == "Dave"
    assert shown["HTTP_CAS_NAISSANCE"] == "13/03/1990"
    assert reader.last_name not in str(shown)
    assert steps_of(reader, bought.resource) == [(EventKind.SENT, ""), (EventKind.CHECKED, "")]


def test_sso_05_an_expired_reader_is_stopped_at_the_portal(visit: Visit, vendor: Server, bought: Bought) -> None:
    reader, visitor = bought.expired, visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(reader).is_stopped_at_the_portal("Votre abonnement a pris fin le")
    assert steps_of(reader, bought.resource) == [(EventKind.STOPPED, "expired")]


def test_sso_04_a_page_whose_address_is_not_registered_gets_nobody(
    root: Path, shown: Certificate, running_portal: RunningPortal, visit: Visit, bought: Bought, validation: str
) -> None:
    other = httpd.prepare(root, "127.0.0.1", free_port(), shown)
    with httpd.running(other, "auth_cas", directives(other, running_portal, validation)):
        visitor = visit()
        assert visitor.goes_to(other.page).status == 403
        visitor.is_stopped_at_the_portal("Ce site n’est pas enregistré")
    assert (EventKind.STOPPED, "service_unknown") in steps_of(None, None)


def test_a_false_ticket_opens_nothing(visit: Visit, vendor: Server, validation: str) -> None:
    visitor = visit()
    visitor.goes_to(f"{vendor.page}?ticket=ST-a-ticket-that-nobody-gave")
    expect(visitor.page).not_to_have_title("Page of the vendor")
    assert (EventKind.FAILED, "ticket_unknown") in steps_of(None, None)


@pytest.mark.parametrize("validation", ["p3/serviceValidate"], indirect=True)
def test_who_logs_out_of_the_portal_is_logged_out_at_the_vendor(
    visit: Visit, vendor: Server, bought: Bought, running_portal: RunningPortal
) -> None:
    visitor = visit()
    with running_portal.worker():
        visitor.goes_to(vendor.page)
        visitor.logs_in(bought.reader).reads_at(vendor)
        assert VendorSession.objects.filter(service=vendor.page).exists()
        visitor.logs_out_everywhere(vendor)
    assert not VendorSession.objects.filter(service=vendor.page).exists()
