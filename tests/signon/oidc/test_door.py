"""What a vendor asks for through the browser: refused, sent back with an error, or answered by a code."""

import datetime as dt

import pytest

from navette.core import clock
from navette.signon import errors
from navette.signon.models import EventKind, SignonEvent, Ticket, TicketKind, VendorAddress
from navette.signon.oidc.authorize import authorize, read
from navette.signon.oidc.errors import NowhereToGo, TurnedBack
from navette.signon.oidc.presence import Presence
from navette.signon.oidc.signing import sign
from navette.signon.tickets import digest_of
from navette.signon.trials import Trial
from tests.signon.oidc.relying import BACK, Vendor, answer_of, reader_of, vendor

pytestmark = pytest.mark.django_db
HERE = Presence("a-session", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


@pytest.fixture
def site() -> Vendor:
    return vendor()


def error_of(site: Vendor, **changes: str | None) -> str:
    """Return the error by which a request is sent back; it goes to the registered address, with state and name."""
    with pytest.raises(TurnedBack) as caught:
        read(site.asks(**changes).items())
    answer = answer_of(caught.value.address)
    assert caught.value.address.startswith(BACK + "?")
    assert answer["iss"] == "https://navette.test"
    assert answer.get("state") == site.asks(**changes).get("state")
    assert answer["error"] == caught.value.error
    return answer["error"]


# ---- nowhere to go
@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        BACK + "/",
        BACK + "/more",
        BACK + "?a=b",
        BACK + "#here",
        BACK.upper(),
        BACK[:-1],
        BACK + "%2f..",
        BACK + "\0",
        BACK + "\r\nSet-Cookie: a=b",
        "https://vendor.example.org",
        "https://vendor.example.org.evil.org/back",
        "https://vendor.example.org@evil.org/back",
        "https://evil.org/?" + BACK,
        "http://vendor.example.org/back",
        "//vendor.example.org/back",
        "javascript:alert(1)",
        "https://[",
        "https://vendor.example.org/out",
        "a" * 3_000,
    ],
)
def test_sso_04_nobody_is_sent_to_an_address_that_is_not_the_registered_one_whole(
    site: Vendor, address: str | None
) -> None:
    with pytest.raises(NowhereToGo):
        read(site.asks(redirect_uri=address).items())
    assert not Ticket.objects.exists()
    assert SignonEvent.objects.get().kind == EventKind.VENDOR_ERROR


def test_sso_04_the_address_of_another_vendor_is_not_this_ones(site: Vendor) -> None:
    other = vendor(client_id="another")
    VendorAddress.objects.create(access=other.access, use="redirect", url="https://another.example.org/")
    with pytest.raises(NowhereToGo):
        read(site.asks(redirect_uri="https://another.example.org/").items())


@pytest.mark.parametrize("client_id", [None, "", "nobody", "the-vendor ", "THE-VENDOR", "\0", "é" * 500])
def test_sso_04_a_vendor_that_is_not_registered_gets_no_answer(site: Vendor, client_id: str | None) -> None:
    with pytest.raises(NowhereToGo):
        read(site.asks(client_id=client_id).items())


def test_a_resource_that_opens_otherwise_now_has_no_door_here(site: Vendor) -> None:
    site.access.way = "cas"
    site.access.save()
    with pytest.raises(NowhereToGo):
        read(site.asks().items())


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "state", "scope", "response_type"])
def test_what_is_sent_twice_goes_nowhere(site: Vendor, name: str) -> None:
    pairs = [*site.asks().items(), (name, "another")]
    with pytest.raises(NowhereToGo):
        read(pairs)


# ---- back to the vendor with an error
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None, "nonce": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "9" * 400}, "invalid_request"),
        ({"nonce": "a\0b"}, "invalid_request"),
        ({"request": "a.b.c"}, "request_not_supported"),
        ({"request_uri": "https://evil.org/"}, "request_uri_not_supported"),
        ({"response_type": "token", "state": None}, "unsupported_response_type"),
    ],
)
def test_a_request_that_is_not_in_order_is_told_to_the_vendor(
    site: Vendor, changes: dict[str, str | None], error: str
) -> None:
    assert error_of(site, **changes) == error


def test_pkce_is_owed_by_a_public_vendor_whatever_else_it_sends() -> None:
    public = vendor(public=True)
    assert error_of(public, code_challenge=None, code_challenge_method=None) == "invalid_request"


def test_a_vendor_with_a_secret_may_do_without_pkce_when_it_sends_a_nonce(site: Vendor) -> None:
    assert read(site.asks(code_challenge=None, code_challenge_method=None).items()).access == site.access


def test_a_nonce_sent_twice_is_told_to_the_vendor(site: Vendor) -> None:
    with pytest.raises(TurnedBack, match="invalid_request"):
        read([*site.asks().items(), ("nonce", "another")])


def test_what_we_do_not_do_asks_for_nothing(site: Vendor) -> None:
    asked = site.asks(login_hint="<script>", claims="{not json", ui_locales="zz", acr_values="9", display="touch")
    assert read(asked.items()).access == site.access


def test_the_vendors_own_query_is_kept(site: Vendor) -> None:
    address = "https://vendor.example.org/back?shop=3&empty="
    VendorAddress.objects.create(access=site.access, use="redirect", url=address)
    asked = read(site.asks(redirect_uri=address).items())
    left = authorize(asked, reader_of(site.access.resource), HERE).address
    assert left.startswith(address + "&code=")


# ---- stopped at the portal
@pytest.mark.parametrize("trial", [trial for trial in Trial if trial is not Trial.MAY])
def test_sso_05_whoever_may_not_is_stopped_and_no_code_is_made(site: Vendor, trial: Trial) -> None:
    with pytest.raises(errors.Stopped):
        authorize(read(site.asks().items()), trial, HERE)
    assert not Ticket.objects.exists()
    event = SignonEvent.objects.get()
    assert (event.kind, event.trial, event.reason) == (EventKind.STOPPED, True, trial.value)


def test_sso_05_a_reader_whose_year_is_over_is_stopped(site: Vendor) -> None:
    reader = reader_of(site.access.resource, active=True, starts_on=clock.today() - dt.timedelta(days=370))
    with pytest.raises(errors.Expired):
        authorize(read(site.asks().items()), reader, HERE)
    assert SignonEvent.objects.get().reader == reader


@pytest.mark.parametrize("hint", ["nonsense", "a.b.c", "another's"])
def test_another_person_than_the_vendor_means_is_told_to_it(site: Vendor, hint: str) -> None:
    claims = {"iss": "https://navette.test", "aud": "the-vendor", "sub": "somebody else"}
    asked = read(site.asks(id_token_hint=sign(claims) if hint == "another's" else hint).items())
    with pytest.raises(TurnedBack, match="login_required"):
        authorize(asked, reader_of(site.access.resource), HERE)
    assert not Ticket.objects.exists()


# ---- let in
def test_sso_02_a_code_is_for_one_vendor_one_address_and_a_minute(site: Vendor) -> None:
    reader = reader_of(site.access.resource)
    departure = authorize(read(site.asks().items()), reader, HERE)
    answer = answer_of(departure.address)
    assert departure.address.startswith(BACK + "?")
    assert not departure.fields
    assert (answer["state"], answer["iss"]) == ("a state", "https://navette.test")
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.digest) == (TicketKind.CODE, digest_of(answer["code"]))
    assert (ticket.access, ticket.reader, ticket.service) == (site.access, reader, BACK)
    assert ticket.expires_at - ticket.issued_at == dt.timedelta(seconds=60)
    assert SignonEvent.objects.get().kind == EventKind.SENT


def test_the_sessions_key_stands_nowhere_in_the_clear(site: Vendor) -> None:
    site.code(reader_of(site.access.resource), session="the-key-of-a-session")
    assert "the-key-of-a-session" not in str(Ticket.objects.values().get())


def test_a_trial_goes_through_the_same_door(site: Vendor) -> None:
    assert site.code(Trial.MAY)
    ticket = Ticket.objects.get()
    assert (ticket.reader, ticket.trial) == (None, "may")
    assert SignonEvent.objects.get().trial
