"""SSO-04: the services that are a vendor's, and all those that only look so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.core.errors import Invalid
from navette.signon.actions import register_address
from navette.signon.cas.services import LONGEST, find, place_of, without_query
from navette.signon.models import VendorAccess
from tests.factories import staff, vendor

BELOW = "https://vendor.example.org/app"
OURS = [
    "https://vendor.example.org/app",
    "https://vendor.example.org/app/",
    "https://vendor.example.org/app/cas/back",
    "https://vendor.example.org/app?film=12&page=2",
    "https://vendor.example.org/app/?next=//evil.example/",
    "https://vendor.example.org/app#part",
    "https://vendor.example.org:443/app",
    "https://vendor.example.org:0443/app",
    "HTTPS://Vendor.Example.ORG/app",
    "https://vendor.example.org/app/caf%C3%A9",
    "https://vendor.example.org/app/café?q=été",
    "https://vendor.example.org/app/a.b/..c/d..",
    "https://vendor.example.org/app/" + "a" * (LONGEST - 40),
]
NOT_OURS = [
    "http\u017f://vendor.example.org/app",  # a letter that some take for an s
    "https://vendor.example.or\u0261/app",
    "",
    "https://vendor.example.org",
    "https://vendor.example.org/",
    "https://vendor.example.org/other",
    "https://vendor.example.org/application",
    "https://vendor.example.org/app.evil",
    "https://vendor.example.org/App",
    "https://vendor.example.org/app;a=b",
    "https://vendor.example.org/%61pp",
    "http://vendor.example.org/app",
    "https://vendor.example.org:8443/app",
    "https://vendor.example.org:80/app",
    "https://vendor.example.org:/app",
    "https://vendor.example.org:99999999/app",
    # a pattern without an end
    "https://vendor.example.org.evil.example/app",
    "https://vendor.example.organic/app",
    "https://evilvendor.example.org/app",
    "https://www.vendor.example.org/app",
    "https://example.org/app",
    "https://vendor.example.org./app",
    # another host, for some who read it
    "https://vendor.example.org@evil.example/app",
    "https://me:secret@vendor.example.org/app",
    "https://evil.example\\@vendor.example.org/app",
    "https://vendor.example.org\\.evil.example/app",
    "https://evil.example/https://vendor.example.org/app",
    "https://evil.example#https://vendor.example.org/app",
    "https://evil.example?https://vendor.example.org/app",
    "https:///vendor.example.org/app",
    "https:/vendor.example.org/app",
    "https:vendor.example.org/app",
    "https:\\\\vendor.example.org\\app",
    "//vendor.example.org/app",
    "/app",
    "vendor.example.org/app",
    "https://vendor.example.org／.evil.example/app",
    "https://vendor.example.org%2eevil.example/app",
    "https://vendor。example。org/app",
    "https://vendоr.example.org/app",  # a Cyrillic o
    # another path, for some who read it
    "https://vendor.example.org/app/../admin",
    "https://vendor.example.org/app/..",
    "https://vendor.example.org/app/.",
    "https://vendor.example.org/app/./x",
    "https://vendor.example.org/app/%2e%2e/admin",
    "https://vendor.example.org/app/%2E./admin",
    "https://vendor.example.org/app/..%2fadmin",
    "https://vendor.example.org/app/..%5cadmin",
    "https://vendor.example.org/app/%252e%252e/admin",
    "https://vendor.example.org/app/%25252525252e/admin",
    "https://vendor.example.org/app/..;/admin",
    "https://vendor.example.org/app\\..\\admin",
    "https://vendor.example.org//app",
    "https://vendor.example.org/app//evil.example",
    "https://vendor.example.org/app/%2f/evil.example",
    "https://vendor.example.org/app/%00",
    "https://vendor.example.org/app/%0d%0aSet-Cookie:%20a=b",
    # no address of the web
    "javascript:alert(1)//https://vendor.example.org/app",
    "JaVaScRiPt:alert(1)",
    "data:text/html,https://vendor.example.org/app",
    "ftp://vendor.example.org/app",
    "file:///app",
    " https://vendor.example.org/app",
    "https://vendor.example.org/app ",
    "https://vendor.example.org/app\r\nSet-Cookie: a=b",
    "https://vendor.example.org/app\n",
    "https://vendor.example.org/app\t",
    "https://vendor.example.org/app\0",
    "https://vendor.example.org/app\u2028",
    "https://vendor.example.org/app/\ud800",
    "https://vendor.example.org/app/" + "a" * LONGEST,
    "https://vendor.example.org/app/" + "é" * 300,
    "https://[::1/app",
]


@pytest.fixture
def access(db: None) -> VendorAccess:
    """Return a vendor with one service registered."""
    return vendor(way="cas", addresses={BELOW: "service"})


@pytest.mark.parametrize("service", OURS)
def test_sso_04_a_service_equal_to_a_registered_address_or_below_it_is_the_vendors(
    access: VendorAccess, service: str
) -> None:
    assert find(service) == access


@pytest.mark.parametrize("service", NOT_OURS)
def test_sso_04_no_other_address_is(access: VendorAccess, service: str) -> None:
    assert find(service) is None


@pytest.mark.parametrize(
    ("registered", "service", "is_ours"),
    [
        ("https://v.example", "https://v.example/", True),
        ("https://v.example/", "https://v.example", True),
        ("https://v.example", "https://v.example/any?a=b", True),
        ("https://v.example", "https://v.example?a=b", True),
        ("https://v.example/app/", "https://v.example/app/x", True),
        ("https://v.example/app/", "https://v.example/app", False),
        ("https://v.example/app/", "https://v.example/application", False),
        ("https://v.example:443/app", "https://v.example/app", True),
        ("https://v.example:8443/app", "https://v.example:8443/app/x", True),
        ("https://v.example:8443/app", "https://v.example/app", False),
        ("http://v.example/app", "http://v.example:80/app", True),
        ("http://v.example/app", "https://v.example/app", False),
        ("https://V.Example/app", "https://v.example/app", True),
        ("https://v.example/app?tenant=33", "https://v.example/app?tenant=33", True),
        ("https://v.example/app?tenant=33", "https://v.example/app/x", True),
        ("https://v.example/app?next=https://evil.example/", "https://evil.example/", False),
        ("https://v.example/app#x", "https://v.example/app/y", True),
        ("https://[2001:db8::1]/app", "https://[2001:db8::1]/app/x", True),
        ("https://user@v.example/app", "https://v.example/app", False),
        ("https://kiosque.example/app", "https://\u212aiosque.example/app", False),
        ("javascript:alert(1)", "javascript:alert(1)", False),
        ("", "https://v.example/", False),
    ],
)
@pytest.mark.django_db
def test_sso_04_what_is_registered_is_read_as_strictly(registered: str, service: str, is_ours: bool) -> None:
    access = vendor(way="cas", addresses={registered: "service"})
    assert find(service) == (access if is_ours else None)


@pytest.mark.django_db
def test_sso_04_addresses_registered_for_something_else_are_no_services() -> None:
    vendor(way="saml", addresses={"https://v.example/a": "service"})
    vendor(way="cas", addresses={"https://v.example/b": "acs"})
    assert [find(f"https://v.example/{path}") for path in ("a", "b")] == [None, None]


@pytest.mark.django_db
def test_of_several_the_nearest_above_is_meant() -> None:
    whole = vendor(way="cas", addresses={"https://v.example/": "service"})
    films = vendor(way="cas", addresses={"https://v.example/films": "service", "https://w.example/": "service"})
    tenant = vendor(way="cas", addresses={"https://v.example/films?tenant=33": "service"})
    assert find("https://v.example/press") == whole
    assert find("https://v.example/films/1") == films
    assert find("https://v.example/films?tenant=34") == films
    assert find("https://v.example/films?page=2&tenant=33") == tenant


@given(st.text(alphabet="htps:/.vendorxaml@\\%2e5c#?;&é \n\0", max_size=60) | st.text(max_size=60))
def test_any_text_is_read_or_refused_and_never_fails(text: str) -> None:
    for address in (text, f"https://vendor.example.org{text}", f"https://vendor.example.org/app{text}"):
        place = place_of(address)
        assert place is None or place.origin[0] in {"http", "https"}


def test_what_is_recorded_of_a_service_has_no_query() -> None:
    assert without_query("https://v.example/a?q=asthme#b") == "https://v.example/a"


@pytest.mark.parametrize(
    "url",
    [
        "https://v.example//app",
        "https://v.example/%2e%2e/app",
        "https://v.example/a%2f%2fb",
        "https://médiathèque.example/",
    ],
)
@pytest.mark.django_db
def test_sso_04_an_address_that_could_never_match_is_not_registered_in_silence(url: str) -> None:
    access = vendor(way="cas")
    with pytest.raises(Invalid, match="de deux façons"):
        register_address(access, acting_user=staff(), use="service", url=url)
    assert not access.addresses.exists()
