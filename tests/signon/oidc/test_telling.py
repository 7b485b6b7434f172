"""What a vendor's server is told of a person, and the tokens that it ends."""

import datetime as dt

import pytest
import time_machine

from navette.core import clock
from navette.readers.models import Reader
from navette.signon.identifiers import pairwise_id
from navette.signon.models import Ticket
from navette.signon.oidc import calls
from tests.signon.oidc.relying import Vendor, reader_of, told, vendor

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def site() -> Vendor:
    return vendor()


@pytest.fixture
def reader(site: Vendor) -> Reader:
    return reader_of(site.access.resource)


# ---- userinfo
def test_sso_03_userinfo_tells_what_is_released_under_the_vendors_names(site: Vendor, reader: Reader) -> None:
    status, claims = told(site.redeem(site.code(reader))[1]["access_token"])
    assert status == 200
    assert claims == {
        "sub": pairwise_id(reader, site.access.resource),
        "email": reader.user.email,
        "family_name": reader.last_name,
        "naissance": reader.birth_date.isoformat(),
    }


def test_sso_03_nothing_but_the_identifier_is_told_unless_it_is_released() -> None:
    site = vendor(tells={})
    reader = reader_of(site.access.resource)
    _status, claims = told(site.redeem(site.code(reader))[1]["access_token"])
    assert claims == {"sub": pairwise_id(reader, site.access.resource)}


def test_sso_03_no_attribute_passes_for_the_identifier() -> None:
    site = vendor(tells={"mail": "sub"})
    reader = reader_of(site.access.resource)
    _status, claims = told(site.redeem(site.code(reader))[1]["access_token"])
    assert claims == {"sub": pairwise_id(reader, site.access.resource)}


def test_an_access_token_lasts_ten_minutes(site: Vendor, reader: Reader) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        _status, tokens = site.redeem(site.code(reader))
        time.shift(599)
        assert told(tokens["access_token"])[0] == 200
        time.shift(1)
        assert told(tokens["access_token"])[0] == 401


def test_sso_05_nothing_is_told_of_who_may_not_any_more(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    with clock.set_today(clock.today() + dt.timedelta(days=400)):
        Ticket.objects.update(expires_at=clock.now() + dt.timedelta(days=800))
        assert told(tokens["access_token"])[0] == 401


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer a b", "Basic abc", "Bearer \0", "Bearer é"])
def test_userinfo_wants_a_token(site: Vendor, authorization: str) -> None:
    reply = calls.tell(authorization, "")
    assert reply.status == 401
    assert reply.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_given_in_one_place(site: Vendor, reader: Reader) -> None:
    token = site.redeem(site.code(reader))[1]["access_token"]
    assert calls.tell(f"Bearer {token}", token).status == 400
    assert calls.tell("", token).status == 200


# ---- revocation
def revoke(site: Vendor, token: str, **changes: str | None) -> int:
    """Have the vendor revoke a token, and return the answer's status."""
    form = {"token": token, "client_id": site.access.client_id, "client_secret": site.secret} | changes
    return calls.revoke([(name, value) for name, value in form.items() if value], "").status


def test_a_stranger_revokes_nothing(site: Vendor, reader: Reader) -> None:
    _status, tokens = site.redeem(site.code(reader))
    assert revoke(site, tokens["access_token"], client_secret="wrong") == 401
    assert revoke(vendor(client_id="another"), tokens["access_token"]) == 200  # in silence
    assert told(tokens["access_token"])[0] == 200
    assert revoke(site, "") == 400


@pytest.mark.parametrize("name", ["access_token", "refresh_token"])
def test_a_vendor_ends_what_it_was_given(site: Vendor, reader: Reader, name: str) -> None:
    _status, tokens = site.redeem(site.code(reader))
    assert revoke(site, tokens[name]) == 200
    assert revoke(site, tokens[name]) == 200
    assert told(tokens["access_token"])[0] == 401
    assert site.renew(tokens["refresh_token"])[1] == {"error": "invalid_grant"}
