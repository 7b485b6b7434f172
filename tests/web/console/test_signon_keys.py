"""« Clés et adresses »: the portal's keys are changed in steps, each explained before it is done."""

import html

import pytest
from cryptography import x509

from navette.core.models import AuditRow
from navette.signon import keys
from navette.signon.models import KeyState, KeyUse, SigningKey
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")
PAGE = "/console/cles"


def test_reading_makes_no_key_and_tells_what_vendors_ask() -> None:
    page = html.unescape(client_of(factories.staff()).get(PAGE).content.decode())
    assert not SigningKey.objects.exists()
    for address in ("/cas", "/saml/metadata", "/.well-known/openid-configuration"):
        assert f"https://navette.test{address}" in page


def test_a_key_is_changed_in_three_steps_each_told_before_it_is_done() -> None:
    client = client_of(factories.staff("digital"))
    first = keys.current(KeyUse.SAML)
    words = {"prepare": "ne signe encore rien", "switch": "sept jours", "withdraw": "ne se défait pas"}
    for step, told in words.items():
        assert f"{PAGE}/saml/{step}" in client.get(PAGE).content.decode()
        assert told in html.unescape(client.get(f"{PAGE}/saml/{step}").content.decode())
        assert client.post(f"{PAGE}/saml/{step}").status_code == 302
    states = dict(SigningKey.objects.values_list("kid", "state"))
    assert states.pop(first.kid) == KeyState.WITHDRAWN
    assert list(states.values()) == [KeyState.CURRENT]
    assert not SigningKey.objects.filter(use=KeyUse.OIDC).exists()


def test_there_is_nothing_to_put_into_service_before_it_is_prepared() -> None:
    client = client_of(factories.staff())
    answer = client.post(f"{PAGE}/oidc/switch", follow=True)
    assert "Aucune clé n’est prête" in html.unescape(answer.content.decode())


@pytest.mark.parametrize("step", ["odd/prepare", "saml/odd", "saml/", "prepare"])
def test_an_odd_step_is_not_there(step: str) -> None:
    client = client_of(factories.staff())
    assert {client.get(f"{PAGE}/{step}").status_code, client.post(f"{PAGE}/{step}").status_code} == {404}
    assert not AuditRow.objects.filter(action__startswith="signon.").exists()


def test_the_certificate_is_given_and_the_private_key_never() -> None:
    client, key = client_of(factories.staff()), keys.current(KeyUse.SAML)
    answer = client.get(f"{PAGE}/{key.kid}.pem")
    assert "navette.test" in x509.load_pem_x509_certificate(answer.content).subject.rfc4514_string()
    assert b"PRIVATE" not in answer.content + client.get(PAGE).content
    SigningKey.objects.update(state=KeyState.WITHDRAWN)
    assert client.get(f"{PAGE}/{key.kid}.pem").status_code == 404
