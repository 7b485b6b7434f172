"""Whatever is sent to the doors of OpenID Connect, the answer is theirs: no error, nothing reflected, nobody astray."""

import functools
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navette.signon.oidc.authorize import KNOWN
from tests.architecture.world import undone
from tests.signon.oidc.relying import BACK, OUT, SECRET, VERIFIER, Vendor, reader_of, vendor
from tests.web.browsing import client_of
from tests.web.test_hostile_input import VALUES, encoded

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
NEAR = [BACK, BACK + "/", BACK + "?a=b#c", BACK + "\0", BACK + "@evil.org", OUT, OUT + "%2f..", "https://evil.org"]
WORDS = ["none", "login", "consent", "none login", "openid", "code", "S256", "the-vendor", "query", "60", "a.b.c", "é"]
HEADERS = [
    "",
    "Basic",
    "Basic Og==",
    "Basic \xff",
    "Bearer",
    "Bearer a b",
    "Bearer \0",
    "Digest x",
    "Basic " + "=" * 99,
]
values = st.one_of(st.sampled_from([*VALUES, *NEAR, *WORDS]), st.text(max_size=40))
walk = functools.partial(
    settings,
    max_examples=50,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
CALLS = {
    "token": (
        "grant_type",
        "code",
        "redirect_uri",
        "client_id",
        "client_secret",
        "code_verifier",
        "refresh_token",
        "scope",
    ),
    "revoke": ("token", "token_type_hint", "client_id", "client_secret"),
    "userinfo": ("access_token",),
}


@pytest.fixture
def site(portal: object) -> Vendor:
    return vendor()


def judge(answer: Any, *statuses: int) -> None:
    """Check that an answer has one of `statuses`, reflects no markup, and leads here or to the vendor only."""
    assert answer.status_code in statuses
    assert b"<navette-x" not in answer.content
    assert b"<script>z()" not in answer.content
    location = answer.headers.get("Location", "")
    parts = urlsplit(location)
    assert parts.netloc in {"", "vendor.example.org"}
    assert parts.scheme in {"", "https"}
    assert not location.startswith("//")
    if parts.netloc:
        assert f"https://{parts.netloc}{parts.path}" in {BACK, OUT}


def mixed(right: dict[str, str], names: Any) -> Any:
    """Return what makes of a right request one where some parameters are anything, missing or doubled."""
    changes = st.lists(st.tuples(st.sampled_from(sorted(names)), values), max_size=4)
    kept = st.sets(st.sampled_from(sorted(right)), max_size=2)
    return st.tuples(changes, kept).map(
        lambda drawn: [
            *((name, value) for name, value in right.items() if name not in drawn[1]),
            *drawn[0],
        ]
    )


def replaced(right: dict[str, str], names: Any) -> Any:
    """Return what makes of a right request one where some parameters are anything."""
    changes = st.dictionaries(st.sampled_from(sorted(names)), values, max_size=4)
    return changes.map(lambda drawn: list((right | drawn).items()))


@pytest.mark.parametrize("who", ["reader", "anonymous"])
def test_the_door_takes_any_request(site: Vendor, who: str) -> None:
    client = client_of(reader_of(site.access.resource).user) if who == "reader" else Client()
    names = {*KNOWN, "retour", "depuis", "login_hint", "claims"}

    @walk()
    @given(pairs=st.one_of(mixed(site.asks(), names), replaced(site.asks(), names)))
    def try_it(pairs: list[tuple[str, str]]) -> None:
        with undone():
            judge(client.get(f"/oidc/authorize?{encoded(pairs)}"), 200, 302, 400)
            judge(client.post("/oidc/authorize", encoded(pairs), content_type=FORM), 303)

    try_it()


@pytest.mark.parametrize("name", CALLS)
def test_a_call_takes_any_form(site: Vendor, name: str) -> None:
    reader = reader_of(site.access.resource)

    @walk()
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        with undone():
            right = site.form(site.code(reader)) if name == "token" else {"client_id": "the-vendor", "token": VERIFIER}
            pairs = data.draw(st.one_of(mixed(right, CALLS[name]), replaced(right, CALLS[name])))
            header: Any = {"HTTP_AUTHORIZATION": data.draw(st.sampled_from(HEADERS))}
            answer = Client().post(f"/oidc/{name}", encoded(pairs), content_type=FORM, **header)
            judge(answer, 200, 400, 401)
            assert answer["Content-Type"] == "application/json"
            answer.json()

    try_it()


@pytest.mark.parametrize("who", ["reader", "anonymous"])
def test_the_way_out_takes_any_request(site: Vendor, who: str) -> None:
    client = client_of(reader_of(site.access.resource).user) if who == "reader" else Client()
    right = {"client_id": "the-vendor", "post_logout_redirect_uri": OUT, "state": SECRET}

    @walk()
    @given(pairs=st.one_of(mixed(right, [*right, "id_token_hint"]), replaced(right, [*right, "id_token_hint"])))
    def try_it(pairs: list[tuple[str, str]]) -> None:
        with undone():
            judge(client.get(f"/oidc/logout?{encoded(pairs)}"), 200, 302)
            judge(client.post("/oidc/logout", encoded(pairs), content_type=FORM), 303)
            key = client.cookies["navette"].value if "navette" in client.cookies else None
            judge(client.post("/oidc/logout/oui", encoded(pairs), content_type=FORM), 302)
        if key:
            client.cookies["navette"] = key

    try_it()


def test_what_is_public_takes_any_query(site: Vendor) -> None:
    @walk(max_examples=15)
    @given(pairs=st.lists(st.tuples(values, values), max_size=3))
    def try_it(pairs: list[tuple[str, str]]) -> None:
        for path in ("/oidc/jwks", "/.well-known/openid-configuration"):
            judge(Client().get(f"{path}?{encoded(pairs)}"), 200)

    try_it()
