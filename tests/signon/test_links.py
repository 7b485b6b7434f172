"""The ways out: plain links carry nothing, signed links are what docs/signed-links.md says."""

import datetime as dt
import re
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from navette.signon.links.addresses import with_parameters
from navette.signon.links.plain import PlainLink
from navette.signon.links.signed import SignedLink, canonical, sign
from navette.signon.models import VendorAccess, WayName
from navette.signon.opening import WAYS
from navette.signon.trials import Trial
from navette.signon.ways import Visit

RECIPE = Path(__file__).resolve().parents[2] / "docs/signed-links.md"
VISIT = Visit(
    resource="filmarelle",
    reader_id="00112233445566778899aabbccddeeff",
    at=dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC),
    nonce="AbCdEfGhIjKlMnOpQrStUv",
    holder=Trial.MAY,
)


def signed(address: str = "https://vendor.example.org/in", key: str = "a key") -> str:
    """Return the address by which VISIT leaves."""
    return SignedLink().open(VendorAccess(way=WayName.SIGNED, address=address, key=key), VISIT).address


def test_every_way_that_a_resource_may_name_can_open() -> None:
    assert set(WAYS) == set(WayName.values)


def test_a_plain_link_carries_nothing_of_the_reader() -> None:
    access = VendorAccess(way=WayName.PLAIN, address="https://vendor.example.org/welcome?lang=fr#top")
    assert PlainLink().open(access, VISIT).address == access.address


def test_a_signed_link_carries_the_five_parameters_once_and_no_name() -> None:
    query = parse_qs(urlsplit(signed()).query, strict_parsing=True)
    assert query == {
        "resource": ["filmarelle"],
        "id": [VISIT.reader_id],
        "time": ["1795363200"],
        "nonce": [VISIT.nonce],
        "signature": [sign("a key", canonical("filmarelle", VISIT.reader_id, 1795363200, VISIT.nonce))],
    }


def test_the_recipe_for_vendors_gives_a_value_that_ours_equals() -> None:
    table = dict(re.findall(r"^\| (\w+) \| `(.+)` \|$", RECIPE.read_text(), re.MULTILINE))
    message = canonical(table["resource"], table["id"], int(table["time"]), table["nonce"])
    assert sign(table["key"], message) == table["signature"]


@pytest.mark.parametrize("change", ["resource", "id", "time", "nonce", "key"])
def test_each_signed_part_changes_the_signature(change: str) -> None:
    parts = {"resource": "r", "id": "i", "time": 1, "nonce": "n", "key": "k"}
    other = parts | {change: 2 if change == "time" else "x"}

    def signature(of: dict[str, object]) -> str:
        message = canonical(str(of["resource"]), str(of["id"]), int(str(of["time"])), str(of["nonce"]))
        return sign(str(of["key"]), message)

    assert signature(parts) != signature(other)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://v.example.org/in?portail=33&vide=", [("portail", "33"), ("vide", "")]),
        ("https://v.example.org/in?q=a%26b&q=%C3%A9t%C3%A9", [("q", "a&b"), ("q", "été")]),
        ("https://v.example.org/in?id=forged&signature=forged", []),
        ("https://v.example.org/in", []),
    ],
)
def test_the_addresss_own_query_is_kept_and_ours_follow(address: str, kept: list[tuple[str, str]]) -> None:
    got = parse_qsl(urlsplit(signed(address)).query, keep_blank_values=True)
    assert got[: len(kept)] == kept
    assert [name for name, _ in got[len(kept) :]] == ["resource", "id", "time", "nonce", "signature"]


def test_a_fragment_stays_at_the_end_and_host_and_path_as_they_were() -> None:
    address = with_parameters("https://v.example.org:8443/a/b;c?x=1#section", {"id": "é &"})
    assert address == "https://v.example.org:8443/a/b;c?x=1&id=%C3%A9+%26#section"
