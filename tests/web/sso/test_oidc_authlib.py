"""Authlib, which others have written, gets what it expects from a real server."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from django.test import Client, RequestFactory
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from navette.readers.models import Reader
from navette.signon import keys
from navette.signon.identifiers import pairwise_id
from navette.signon.models import KeyUse, Opening
from tests import factories
from tests.signon.oidc.relying import BACK, OUT, Vendor, answer_of, reader_of, vendor
from tests.web.browsing import client_of

pytestmark = pytest.mark.django_db(transaction=True)
PROOFS = ["client_secret_basic", "client_secret_post", "none"]


class Site:
    """A vendor's site built on Authlib: its session with one visitor, who has a browser at the portal."""

    def __init__(self, server: LiveServer, registered: Vendor, proof: str, visitor: Client) -> None:
        self.visitor = visitor
        self.session: dict[str, Any] = {}
        self.client = OAuth().register(
            "portal",
            client_id=registered.access.client_id,
            client_secret=registered.secret or None,
            server_metadata_url=f"{server.url}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": proof,
            },
        )

    def _request(self, address: str) -> Any:
        request: Any = RequestFactory().get(address)
        request.session = self.session
        return request

    def send(self) -> str:
        """Send the visitor to the portal, and return the address by which they come back."""
        away = self.client.authorize_redirect(self._request("/"), BACK)["Location"]
        parts = urlsplit(away)
        return str(self.visitor.get(f"{parts.path}?{parts.query}")["Location"])

    def welcome(self, back: str) -> Any:
        """Return the tokens for the visitor who is back; Authlib checks state, signature, iss, aud, exp, nonce."""
        return self.client.authorize_access_token(self._request(back))


@pytest.fixture
def server(live_server: LiveServer, settings: Settings, portal: object) -> LiveServer:
    """Return a server whose own address is the one that it is asked by."""
    settings.SITE_URL = live_server.url
    return live_server


def open_site(server: LiveServer, proof: str = "client_secret_basic") -> tuple[Site, Reader]:
    """Return a vendor's site and the reader who visits it."""
    registered = vendor(public=proof == "none")
    reader = reader_of(registered.access.resource)
    return Site(server, registered, proof, client_of(reader.user)), reader


@pytest.mark.parametrize("proof", PROOFS)
def test_sso_01_code_and_pkce_userinfo_and_refresh(server: LiveServer, proof: str) -> None:
    site, reader = open_site(server, proof)
    token = site.welcome(site.send())
    subject = pairwise_id(reader, reader.subscription.grants.get().resource)
    assert token["userinfo"]["sub"] == subject
    assert token["userinfo"]["iss"] == server.url
    told = site.client.userinfo(token=token)
    assert (told["sub"], told["email"]) == (subject, reader.user.email)
    with site.client._get_oauth_client(**site.client.load_server_metadata()) as session:
        renewed = session.refresh_token(
            site.client.server_metadata["token_endpoint"], refresh_token=token["refresh_token"]
        )
    assert renewed["refresh_token"] != token["refresh_token"]
    assert site.client.parse_id_token(renewed, nonce=None)["sub"] == subject
    assert Opening.objects.count() == 1


def test_sso_02_a_code_shown_twice_is_refused_and_the_tokens_end(server: LiveServer) -> None:
    site, _reader = open_site(server)
    back = site.send()
    kept = dict(site.session)
    token = site.welcome(back)
    site.session = kept
    with pytest.raises(OAuthError, match="invalid_grant"):
        site.welcome(back)
    with pytest.raises(requests.HTTPError, match="401"):
        site.client.userinfo(token=token)


def test_a_site_with_the_wrong_secret_is_refused(server: LiveServer) -> None:
    site, _reader = open_site(server)
    site.client.client_secret = "wrong"
    with pytest.raises(OAuthError, match="invalid_client"):
        site.welcome(site.send())


def test_keys_change_without_a_site_noticing(server: LiveServer) -> None:
    site, _reader = open_site(server)
    staff = factories.staff("administrator")
    before = site.welcome(site.send())
    keys.prepare_next(KeyUse.OIDC, acting_user=staff)
    site.client.fetch_jwk_set(force=True)
    keys.switch(KeyUse.OIDC, acting_user=staff)
    assert site.welcome(site.send())["userinfo"]["sub"] == before["userinfo"]["sub"]  # signed by the new key
    site.client.fetch_jwk_set(force=True)
    assert site.client.parse_id_token(before, nonce=None)["sub"]  # the former is still shown
    keys.withdraw_previous(KeyUse.OIDC, acting_user=staff)
    assert len(requests.get(f"{server.url}/oidc/jwks", timeout=20).json()["keys"]) == 1


def test_a_site_logs_its_visitor_out_of_the_portal(server: LiveServer) -> None:
    site, _reader = open_site(server)
    token = site.welcome(site.send())
    away = site.client.create_logout_url(OUT, id_token_hint=token["id_token"])
    parts = urlsplit(away["url"])
    answer = site.visitor.get(f"{parts.path}?{parts.query}")
    assert answer["Location"] == f"{OUT}?state={away['state']}"
    assert urlsplit(site.send()).path == "/connexion"
    with pytest.raises(requests.HTTPError, match="401"):
        site.client.userinfo(token=token)


def test_a_site_revokes_what_it_was_given(server: LiveServer) -> None:
    site, _reader = open_site(server)
    token = site.welcome(site.send())
    metadata = site.client.load_server_metadata()
    with site.client._get_oauth_client(**metadata) as session:
        answer = session.revoke_token(metadata["revocation_endpoint"], token["refresh_token"])
    assert answer.status_code == 200
    with pytest.raises(requests.HTTPError, match="401"):
        site.client.userinfo(token=token)


def test_a_forged_host_is_refused_or_changes_nothing(server: LiveServer) -> None:
    site, _reader = open_site(server)
    address = f"{server.url}/.well-known/openid-configuration"
    assert requests.get(address, headers={"Host": "evil.org"}, timeout=20).status_code == 400
    told = requests.get(address, headers={"Host": "testserver"}, timeout=20).json()
    assert told["issuer"] == server.url
    query = parse_qs(urlsplit(site.send()).query)
    assert query["iss"] == [server.url]
    assert "code" in answer_of(site.send())
