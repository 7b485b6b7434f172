"""Codes and refresh tokens, redeemed by those they were given to, once."""

import base64
import datetime as dt
import hashlib
from typing import Any

import pytest
import time_machine

from navette.readers.models import Reader
from navette.signon.identifiers import pairwise_id
from navette.signon.models import EventKind, Opening, SignonEvent, Ticket, TicketKind, VendorAddress
from navette.signon.oidc import calls
from navette.signon.sessions import mark_of
from navette.signon.tickets import revoke_session
from navette.signon.trials import Trial
from navette.subscriptions.models import ResourceGrant
from tests.at_once import at_once
from tests.signon.oidc.relying import CHALLENGE, SECRET, VERIFIER, Vendor, claims_in, reader_of, told, vendor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
REFUSED = (400, "invalid_grant")


@pytest.fixture
def site() -> Vendor:
    return vendor()


@pytest.fixture
def reader(site: Vendor) -> Reader:
    return reader_of(site.access.resource)


def refusal(answer: tuple[int, dict[str, str]]) -> tuple[int, str]:
    """Return the status and error of an answer."""
    return answer[0], answer[1]["error"]


def failures() -> list[str]:
    """Return why checks failed, in order."""
    return list(SignonEvent.objects.filter(kind=EventKind.FAILED).order_by("pk").values_list("reason", flat=True))


# ---- a code refused
@pytest.mark.parametrize("code", ["", "nonsense", "0" * 64, "\0", "é"])
def test_sso_02_what_was_never_given_is_refused(site: Vendor, code: str) -> None:
    assert refusal(site.redeem(code)) == REFUSED
    assert failures() == ["ticket_unknown"]


def test_sso_02_a_code_shown_twice_ends_what_came_of_it(site: Vendor, reader: Reader) -> None:
    code = site.code(reader)
    _status, tokens = site.redeem(code)
    assert told(tokens["access_token"])[0] == 200
    assert refusal(site.redeem(code)) == REFUSED
    assert told(tokens["access_token"])[0] == 401
    assert refusal(site.renew(tokens["refresh_token"])) == REFUSED
    assert failures()[0] == "ticket_used"


def test_sso_02_a_code_lasts_a_minute(site: Vendor, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        early, late = site.code(reader), site.code(reader)
        time.shift(59)
        assert site.redeem(early)[0] == 200
        time.shift(1)
        assert refusal(site.redeem(late)) == REFUSED
    assert failures() == ["ticket_expired"]


def test_sso_02_a_code_of_another_vendor_is_refused_and_spent(site: Vendor, reader: Reader) -> None:
    other, code = vendor(client_id="another"), site.code(reader)
    assert refusal(other.redeem(code)) == REFUSED
    assert refusal(site.redeem(code)) == REFUSED
    assert failures() == ["wrong_vendor", "ticket_used"]


def test_sso_04_a_code_is_redeemed_with_the_address_it_was_sent_to(site: Vendor, reader: Reader) -> None:
    other = "https://vendor.example.org/other"
    VendorAddress.objects.create(access=site.access, use="redirect", url=other)
    code = site.code(reader)
    assert refusal(site.redeem(code, redirect_uri=other))[0] == 400
    assert refusal(site.redeem(code)) == REFUSED  # spent by the first attempt
    assert refusal(site.redeem(site.code(reader), redirect_uri=None))[0] == 400
    assert failures()[0] == "wrong_service"


@pytest.mark.parametrize(
    "verifier", [None, "", "wrong" * 10, CHALLENGE, VERIFIER + "x", VERIFIER.upper(), "é" * 50, "short", "a" * 129]
)
def test_pkce_the_one_who_redeems_is_the_one_who_asked(site: Vendor, reader: Reader, verifier: str | None) -> None:
    code = site.code(reader)
    status, body = site.redeem(code, code_verifier=verifier)
    assert status == 400
    assert body["error"] in {"invalid_grant", "invalid_request"}
    assert refusal(site.redeem(code)) == REFUSED


def test_pkce_a_code_asked_for_without_it_is_not_redeemed_with_it(site: Vendor, reader: Reader) -> None:
    """Else somebody who injects a code of theirs, asked for without, passes for the vendor's own request."""
    without: dict[str, Any] = {"code_challenge": None, "code_challenge_method": None}
    assert refusal(site.redeem(site.code(reader, **without))) == REFUSED
    assert failures() == ["bad_verifier"]
    assert site.redeem(site.code(reader, **without), code_verifier=None)[0] == 200


# ---- who redeems
@pytest.mark.parametrize(
    "changes",
    [
        {"client_secret": None},
        {"client_secret": ""},
        {"client_secret": SECRET + "x"},
        {"client_secret": SECRET.upper()},
        {"client_secret": "é\0"},
        {"client_id": "nobody"},
        {"client_id": None},
        {"client_id": "\0"},
    ],
)
def test_a_vendor_that_does_not_prove_itself_gets_nothing_and_spends_nothing(
    site: Vendor, reader: Reader, changes: dict[str, str | None]
) -> None:
    code = site.code(reader)
    assert refusal(site.redeem(code, **changes)) == (401, "invalid_client")
    assert site.redeem(code)[0] == 200


def basic(client_id: str, secret: str) -> str:
    """Return an Authorization header."""
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        basic("the-vendor", "wrong"),
        basic("another", SECRET),
        basic("the-vendor", ""),
        basic("the-vendor", SECRET) + "=",
        "Basic",
        "Basic !!!",
        "Basic /////w==",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Bearer " + SECRET,
        "\0",
    ],
)
def test_a_wrong_authorization_header_is_refused(site: Vendor, reader: Reader, authorization: str) -> None:
    form = site.form(site.code(reader), client_secret=None)
    reply = calls.redeem(form.items(), authorization)
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_vendor_proves_itself_by_header_too_and_by_one_way_only(site: Vendor, reader: Reader) -> None:
    header = basic("the-vendor", SECRET)
    both = site.form(site.code(reader))
    assert calls.redeem(both.items(), header).status == 401
    for leaves_out in ({"client_secret": None}, {"client_secret": None, "client_id": None}):
        assert calls.redeem(site.form(site.code(reader), **leaves_out).items(), header).status == 200


def test_a_public_vendor_has_no_secret_to_show(reader: Reader) -> None:
    public = vendor(public=True, client_id="an-application")
    holder = reader_of(public.access.resource)
    assert refusal(public.redeem(public.code(holder), client_secret="anything")) == (401, "invalid_client")
    assert public.redeem(public.code(holder))[0] == 200


@pytest.mark.parametrize("grant", ["password", "client_credentials", "implicit", "", "refresh_token", None])
def test_nothing_else_is_granted(site: Vendor, reader: Reader, grant: str | None) -> None:
    assert site.redeem(site.code(reader), grant_type=grant)[0] == 400


def test_what_is_given_twice_is_refused(site: Vendor, reader: Reader) -> None:
    pairs = [*site.form(site.code(reader)).items(), ("code_verifier", VERIFIER)]
    assert calls.redeem(pairs, "").status == 400


# ---- who may not any more
def test_sso_05_who_may_not_open_it_any_more_is_refused_when_the_vendor_asks(site: Vendor, reader: Reader) -> None:
    code = site.code(reader)
    ResourceGrant.objects.all().delete()
    assert refusal(site.redeem(code)) == REFUSED
    assert failures() == ["not_asked"]
    assert not Opening.objects.exists()
    assert Ticket.objects.filter(kind=TicketKind.ACCESS).count() == 0


# ---- a code redeemed
def test_sso_03_the_id_token_says_who_for_whom_and_since_when_and_nothing_else(site: Vendor, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False):
        status, tokens = site.redeem(site.code(reader, session="a session"))
    assert status == 200
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 600, "openid profile")
    claims = claims_in(tokens["id_token"])
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims == {
        "iss": "https://navette.test",
        "sub": pairwise_id(reader, site.access.resource),
        "aud": "the-vendor",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 300,
        "auth_time": int(NOW.timestamp()) - 300,
        "nonce": "a nonce",
        "at_hash": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "sid": claims["sid"],
    }
    assert "a session" not in str(claims)


def test_sso_03_two_vendors_can_not_compare_the_person_nor_the_session(site: Vendor, reader: Reader) -> None:
    other = vendor(client_id="another")
    ResourceGrant.objects.create(subscription=reader.subscription, resource=other.access.resource, state="granted")
    found = [claims_in(row.redeem(row.code(reader, session="one"))[1]["id_token"]) for row in (site, other)]
    assert found[0]["sub"] != found[1]["sub"]
    assert found[0]["sid"] != found[1]["sid"]


def test_sso_06_the_opening_is_counted_when_the_code_is_redeemed_and_once(site: Vendor, reader: Reader) -> None:
    code = site.code(reader)
    assert not Opening.objects.exists()
    _status, tokens = site.redeem(code)
    site.renew(tokens["refresh_token"])
    assert Opening.objects.get().reader == reader


def test_a_trial_is_redeemed_and_not_counted(site: Vendor) -> None:
    status, tokens = site.redeem(site.code(Trial.MAY))
    assert status == 200
    assert told(tokens["access_token"])[1]["email"] == "camille.essai@example.org"
    assert site.renew(tokens["refresh_token"])[0] == 200
    assert not Opening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_fifty_simultaneous_redemptions_one_succeeds() -> None:
    site = vendor()
    code = site.code(reader_of(site.access.resource))
    answers = at_once(lambda _number: site.redeem(code), 50)
    assert sorted(status for status, _body in answers) == [200, *[400] * 49]
    tokens = next(body for status, body in answers if status == 200)
    assert told(tokens["access_token"])[0] == 401  # it was shown twice: stolen once


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_many_simultaneous_renewals_one_succeeds() -> None:
    site = vendor()
    _status, tokens = site.redeem(site.code(reader_of(site.access.resource)))
    answers = at_once(lambda _number: site.renew(tokens["refresh_token"]), 12)
    assert sorted(status for status, _body in answers) == [200, *[400] * 11]
    renewed = next(body for status, body in answers if status == 200)
    assert site.renew(renewed["refresh_token"])[0] == 400


# ---- renewals
def test_a_refresh_token_is_replaced_at_each_use_and_one_used_twice_ends_them_all(site: Vendor, reader: Reader) -> None:
    _status, first = site.redeem(site.code(reader))
    status, second = site.renew(first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert claims_in(second["id_token"])["sub"] == claims_in(first["id_token"])["sub"]
    assert "nonce" not in claims_in(second["id_token"])
    assert refusal(site.renew(first["refresh_token"])) == REFUSED
    assert refusal(site.renew(second["refresh_token"])) == REFUSED
    assert told(second["access_token"])[0] == 401


def test_a_refresh_token_is_good_for_its_vendor_only(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    assert refusal(vendor(client_id="another").renew(tokens["refresh_token"])) == REFUSED
    assert failures() == ["wrong_vendor"]


def test_a_token_of_one_kind_never_passes_for_another(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    assert refusal(site.renew(tokens["access_token"])) == REFUSED
    assert refusal(site.redeem(tokens["refresh_token"])) == REFUSED
    assert told(tokens["refresh_token"])[0] == 401
    assert told(site.code(reader))[0] == 401


def test_more_than_was_given_is_not_renewed(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader, scope="openid"))
    assert refusal(site.renew(tokens["refresh_token"], scope="openid email")) == (400, "invalid_scope")


def test_all_ends_twelve_hours_after_the_opening(site: Vendor, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        _status, tokens = site.redeem(site.code(reader))
        for _hour in range(11):
            time.shift(dt.timedelta(hours=1))
            _status, tokens = site.renew(tokens["refresh_token"])
        time.shift(dt.timedelta(minutes=55))
        _status, tokens = site.renew(tokens["refresh_token"])
        time.shift(dt.timedelta(minutes=4))
        assert told(tokens["access_token"])[0] == 200
        time.shift(dt.timedelta(minutes=1))
        assert told(tokens["access_token"])[0] == 401
        assert refusal(site.renew(tokens["refresh_token"])) == REFUSED


def test_sso_05_the_decision_is_asked_again_at_each_renewal(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    ResourceGrant.objects.all().delete()
    assert refusal(site.renew(tokens["refresh_token"])) == REFUSED
    assert failures() == ["not_asked"]
    assert told(tokens["access_token"])[0] == 401


def test_what_a_session_opened_ends_with_it(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader, session="a session"))
    assert told(tokens["access_token"])[0] == 200
    revoke_session(mark_of("a session"))
    assert told(tokens["access_token"])[0] == 401
    assert refusal(site.renew(tokens["refresh_token"])) == REFUSED


def test_a_session_that_has_ended_by_itself_renews_nothing(site: Vendor, reader: Reader) -> None:
    """Nobody logged out: the session's row is gone, or its time is over."""
    _status, tokens = site.redeem(site.code(reader, session="a session of which nothing is left"))
    assert refusal(site.renew(tokens["refresh_token"])) == REFUSED
    assert failures() == ["session_over"]
