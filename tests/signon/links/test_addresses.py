"""Where links lead: a registered address with parameters after its own, or another page of the same origin (SSO-04)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.signon.links.addresses import is_at, with_parameters

HOME = "https://vendor.example.org/in"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/in",
        "//vendor.example.org/in",
        "http://vendor.example.org/in",
        "https://vendor.example.org:8443/in",
        "https://vendor.example.org.evil.org/in",
        "https://evil.org/vendor.example.org",
        "https://vendor.example.org@evil.org/",
        "https://me@vendor.example.org/in",
        "https://vendor.example.org\\@evil.org/",
        "https:\\\\vendor.example.org/in",
        "https://evil.org#https://vendor.example.org",
        "https://vendor.example.org:port/",
        "https://[::1",
        "https://vendor.example.org/a b",
        "https://vendor.example.org/\r\nX: y",
        "https://vendor.example.org/\x00",
        "javascript:alert(1)//vendor.example.org",
        "https://vendor.example.orɡ/",
        HOME + "/" + "a" * 2_000,
    ],
)
def test_sso_04_what_is_elsewhere_or_ambiguous_is_not_at_the_vendors(address: str) -> None:
    assert not is_at(HOME, address)


@pytest.mark.parametrize(
    "address", [HOME, "https://VENDOR.example.org/film/3?a=b#c", "https://vendor.example.org:443", HOME + "%20"]
)
def test_another_page_of_the_same_origin_is_at_the_vendors(address: str) -> None:
    assert is_at(HOME, address)


@given(st.text())
def test_no_address_fails(address: str) -> None:
    assert isinstance(is_at(HOME, address), bool)
    assert not is_at(address, "")


def test_parameters_stand_after_the_vendors_own_and_replace_those_of_their_name() -> None:
    address = with_parameters("https://v.example.org/in?portail=33&id=x&vide=#haut", {"id": "é&=", "b": "2"})
    assert address == "https://v.example.org/in?portail=33&vide=&id=%C3%A9%26%3D&b=2#haut"
