"""Apache's mod_auth_openidc before a vendor's page: discovery, code with PKCE, userinfo, logout begun at the vendor."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind
from navette.signon.oidc.registration import Registered, register_client, rotate_secret
from tests.apache import httpd
from tests.apache.certificate import Certificate
from tests.apache.conftest import Bought
from tests.apache.httpd import Server
from tests.apache.portal import RunningPortal
from tests.apache.shared import connect, steps_of
from tests.apache.visitor import Visitor
from tests.journeys.server import free_port

CONFIG = """\
OIDCProviderMetadataURL {portal.url}/.well-known/openid-configuration
OIDCSSLValidateServer On
OIDCCABundlePath "{portal.certificate}"
OIDCClientID {client.access.client_id}
OIDCClientSecret {client.secret}
OIDCProviderTokenEndpointAuth {proof}
OIDCRedirectURI {vendor.url}/prive/retour
OIDCDefaultURL {vendor.page}
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim sub
OIDCCryptoPassphrase {passphrase}
<Location /prive>
  AuthType openid-connect
  Require valid-user
</Location>
"""
Visit = Callable[[], Visitor]


def directives(vendor: Server, portal: RunningPortal, client: Registered, proof: str = "client_secret_basic") -> str:
    """Return the module's configuration; by `proof` it shows the portal its secret."""
    passphrase = secrets.token_hex()
    return CONFIG.format(vendor=vendor, portal=portal, client=client, proof=proof, passphrase=passphrase)


@pytest.fixture
def server(root: Path, shown: Certificate) -> Server:
    """Return the vendor's Apache, which does not run yet."""
    return httpd.prepare(root, "127.0.0.1", free_port(), shown)


@pytest.fixture
def client(bought: Bought, server: Server) -> Registered:
    """Return the vendor as it is registered."""
    return register_client(
        connect(bought.resource, bought.staff, "oidc", server.page),
        acting_user=bought.staff,
        redirect_uris=[f"{server.url}/prive/retour"],
        logout_uris=[left(server)],
        confidential=True,
    )


@pytest.fixture(params=["client_secret_basic", "client_secret_post"])
def proof(request: pytest.FixtureRequest) -> str:
    """Return how the module shows its secret."""
    return str(request.param)


@pytest.fixture
def vendor(server: Server, running_portal: RunningPortal, client: Registered, proof: str) -> Iterator[Server]:
    """Run the vendor's Apache."""
    with httpd.running(server, "auth_openidc", directives(server, running_portal, client, proof)):
        yield server


def left(vendor: Server) -> str:
    """Return the vendor's page for who has logged out."""
    return f"{vendor.url}/public/parti.html"


def test_a_reader_comes_from_the_page_and_goes_back_to_it_under_an_opaque_name(
    visit: Visit, vendor: Server, bought: Bought
) -> None:
    reader, visitor = bought.reader, visit()
    visitor.goes_to(vendor.page)
    shown = visitor.logs_in(reader).reads_at(vendor)
    assert shown["REMOTE_USER"] == shown["OIDC_CLAIM_sub"] == pairwise_id(reader, bought.resource)
    assert shown["OIDC_CLAIM_courriel"] == reader.user.email
    assert shown["OIDC_CLAIM_prenom"] == "Dave"
    assert shown["OIDC_CLAIM_naissance"] == "13/03/1990"
    assert reader.last_name not in str(shown)
    steps = steps_of(reader, bought.resource)
    assert steps[0] == (EventKind.SENT, "")
    assert set(steps[1:]) == {(EventKind.CHECKED, "")}


@pytest.mark.parametrize("proof", ["client_secret_basic"], indirect=True)
def test_sso_05_an_expired_reader_is_stopped_at_the_portal(visit: Visit, vendor: Server, bought: Bought) -> None:
    visitor = visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(bought.expired).is_stopped_at_the_portal("Votre abonnement a pris fin le")
    assert steps_of(bought.expired, bought.resource) == [(EventKind.STOPPED, "expired")]


def test_sso_04_a_page_whose_address_is_not_registered_gets_nobody(
    root: Path, shown: Certificate, running_portal: RunningPortal, visit: Visit, bought: Bought, client: Registered
) -> None:
    other = httpd.prepare(root, "127.0.0.1", free_port(), shown)
    with httpd.running(other, "auth_openidc", directives(other, running_portal, client)):
        visitor = visit()
        assert visitor.goes_to(other.page).status == 400
        visitor.is_stopped_at_the_portal("Cette demande n’est pas reconnue")
    assert (EventKind.VENDOR_ERROR, "service_unknown") in steps_of(None, bought.resource)


@pytest.mark.parametrize("proof", ["client_secret_basic"], indirect=True)
def test_a_vendor_whose_secret_was_replaced_gets_nothing_for_its_code(
    visit: Visit, vendor: Server, bought: Bought, client: Registered
) -> None:
    rotate_secret(client.access, acting_user=bought.staff)
    visitor = visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(bought.reader)
    visitor.page.wait_for_url(f"{vendor.url}/**")
    expect(visitor.page).not_to_have_title("Page of the vendor")
    assert (EventKind.FAILED, "bad_secret") in steps_of(None, bought.resource)


@pytest.mark.parametrize("proof", ["client_secret_basic"], indirect=True)
def test_who_logs_out_at_the_vendor_is_logged_out_of_the_portal_and_lands_back(
    visit: Visit, vendor: Server, bought: Bought, running_portal: RunningPortal
) -> None:
    visitor = visit()
    visitor.goes_to(vendor.page)
    visitor.logs_in(bought.reader).reads_at(vendor)
    visitor.goes_to(f"{vendor.url}/prive/retour?logout={left(vendor)}")
    expect(visitor.page).to_have_url(left(vendor))
    visitor.goes_to(f"{running_portal.url}/mon-compte")
    visitor.is_asked_to_log_in()
