"""Whatever is asked of the doors of CAS, the answer is theirs: no error, nothing reflected, nobody sent elsewhere."""

import functools
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navette.portal.models import Portal
from tests.architecture.world import undone
from tests.web.sso.cas_world import SERVICE, Cas, cas
from tests.web.test_hostile_input import VALUES, encoded

pytestmark = pytest.mark.django_db
GETS = ["login", "logout", "validate", "serviceValidate", "proxyValidate", "p3/serviceValidate", "p3/proxyValidate"]
NAMES = ["service", "ticket", "renew", "gateway", "method", "format", "pgtUrl", "url", "TARGET", "reprise", "retour"]
OURS = {"", "vendor.example.org"}
SERVICES = [
    SERVICE,
    f"{SERVICE}/x?a=b#c",
    f"{SERVICE}/%2e%2e",
    f"{SERVICE}//x",
    f"{SERVICE}@evil.example",
    f"{SERVICE}é",
]
values = st.one_of(st.sampled_from([*VALUES, *SERVICES, "true", "POST", "JSON"]), st.text(max_size=40))
queries = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=5)
walk = functools.partial(
    settings,
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas(mail="courriel")


def judge(answer: Any) -> None:
    """Check that an answer is no error, reflects no markup and leads nowhere but here or to the vendor."""
    assert answer.status_code in {200, 302, 403, 405}
    assert b"<navette-x" not in answer.content
    assert b"<script>z()" not in answer.content
    location = answer.headers.get("Location", "")
    parts = urlsplit(location)
    assert parts.netloc in OURS
    assert parts.scheme in {"", "https"}
    assert not location.startswith("//")
    assert "\n" not in location


@pytest.mark.parametrize("path", GETS)
@pytest.mark.parametrize("who", ["reader", "anonymous"])
def test_an_endpoint_takes_any_query(world: Cas, path: str, who: str) -> None:
    key = world.client.cookies["navette"].value

    @walk()
    @given(query=queries)
    def try_it(query: list[tuple[str, str]]) -> None:
        with undone():
            client = Client()
            if who == "reader":
                client.cookies["navette"] = key
            judge(client.get(f"/cas/{path}?{encoded(query)}"))

    try_it()


@pytest.mark.parametrize("path", GETS[2:])
def test_a_good_ticket_amid_anything_is_answered_and_spent(world: Cas, path: str) -> None:
    @walk(max_examples=25)
    @given(query=queries)
    def try_it(query: list[tuple[str, str]]) -> None:
        with undone():
            more = [pair for pair in query if pair[0] != "ticket"]
            address = f"/cas/{path}?{encoded([*more, ('ticket', world.ticket())])}"
            judge(Client().get(address))
            again = Client().get(address).content
            assert b"authenticationSuccess" not in again
            assert not again.startswith(b"yes")

    try_it()


def spoil(body: str) -> st.SearchStrategy[bytes]:
    """Return what makes of an envelope one that is cut, doubled or has something else in it."""
    place = st.tuples(st.integers(0, len(body)), st.integers(0, 60), values)
    return place.map(lambda cut: (body[: cut[0]] + cut[2] + body[cut[0] + cut[1] :]).encode("utf-8", "surrogatepass"))


def test_saml_validate_takes_any_body(world: Cas) -> None:
    body = (
        '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>'
        '<p:Request xmlns:p="urn:oasis:names:tc:SAML:1.0:protocol" RequestID="_a"><p:AssertionArtifact>ST-1'
        "</p:AssertionArtifact></p:Request></S:Body></S:Envelope>"
    )

    @walk()
    @given(body=st.one_of(spoil(body), st.binary(max_size=200)), query=queries, kind=values)
    def try_it(body: bytes, query: list[tuple[str, str]], kind: str) -> None:
        with undone():
            judge(Client().generic("POST", f"/cas/samlValidate?{encoded(query)}", body, content_type="text/xml"))

    try_it()
