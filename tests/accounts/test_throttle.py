"""AUTH-02: guessing is slowed, in the database, without shutting out those who did nothing."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import Settings

from navette.accounts import throttle
from navette.accounts.models import FailedLogins, Kind, User
from navette.accounts.throttle import TooManyAttempts
from navette.core import clock
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

HOME, SCHOOL = "192.0.2.1", "198.51.100.7"
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.fixture
def library() -> User:
    return factories.UserFactory(kind=Kind.LIBRARY, name="Sauveterre-de-Guyenne", email="")


def asks_from(address: str) -> HttpRequest:
    return RequestFactory().post("/connexion", REMOTE_ADDR=address)


def log_in(identifier: str, address: str = HOME, password: str = factories.PASSWORD) -> User | None:
    user = authenticate(asks_from(address), identifier=identifier, password=password)
    assert user is None or isinstance(user, User)
    return user


def fail(identifier: str, address: str, times: int) -> None:
    for _turn in range(times):
        throttle.reserve(identifier, address)


def seconds_to_wait(identifier: str, address: str) -> int:
    """Return how long an attempt is told to wait; 0 if it would pass (then it is counted)."""
    try:
        throttle.reserve(identifier, address)
    except TooManyAttempts as refusal:
        return refusal.seconds
    return 0


# ---- one address and one account
def test_auth_02_the_sixth_guess_in_a_row_waits_even_with_the_right_password(library: User) -> None:
    for _turn in range(5):
        assert log_in("sauveterre de guyenne", password="faux") is None
    with pytest.raises(TooManyAttempts, match=r"^Trop de tentatives. Réessayez dans 15 secondes.$"):
        log_in("Sauveterre-de-Guyenne")


def test_auth_02_delays_grow_to_a_quarter_of_an_hour() -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        fail("x", HOME, 5)
        waits = []
        for _turn in range(9):
            waits.append(seconds_to_wait("x", HOME))
            clock_hands.shift(waits[-1])
            assert seconds_to_wait("x", HOME) == 0
    assert waits[:6] == [15, 30, 60, 120, 240, 480]
    assert max(waits) == 900


def test_auth_02_attempts_made_while_waiting_are_not_counted() -> None:
    with time_machine.travel(NOON, tick=False):
        fail("x", HOME, 5)
        assert {seconds_to_wait("x", HOME) for _turn in range(50)} == {15}


def test_auth_02_success_clears_the_pair(library: User) -> None:
    for _turn in range(4):
        log_in(library.identifier, password="faux")
    assert log_in(library.identifier) == library
    for _turn in range(5):
        assert log_in(library.identifier, password="faux") is None


def test_auth_02_failures_fade_in_a_day() -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        fail("x", HOME, 5)
        clock_hands.shift(dt.timedelta(days=1))
        fail("x", HOME, 5)
        assert seconds_to_wait("x", HOME) == 15


def test_auth_02_frequent_failures_do_not_fade_by_being_frequent() -> None:
    """Rounding at each failure would let a count stand still for ever."""
    with time_machine.travel(NOON, tick=False) as clock_hands:
        for _turn in range(5):
            fail("x", HOME, 1)
            clock_hands.shift(60)
        assert throttle.PAIR.wait(FailedLogins.objects.get(key=throttle._key("pair", "x", HOME)).failures) == 15


# ---- one address
def test_auth_02_ten_wrong_passwords_from_one_address_leave_other_addresses_in(library: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        for _turn in range(10):
            assert log_in(library.identifier, SCHOOL, "faux") is None
            clock_hands.shift(throttle.PAIR.longest)
        fail(library.identifier, SCHOOL, 1)
        with pytest.raises(TooManyAttempts):
            log_in(library.identifier, SCHOOL)
        assert log_in(library.identifier, HOME) == library


def test_auth_02_one_address_adds_five_at_most_to_an_account() -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        for _turn in range(12):
            fail("x", SCHOOL, 1)
            clock_hands.shift(throttle.PAIR.wait(99) if _turn >= 4 else 0)
        row = FailedLogins.objects.get(key=throttle._key("identifier", "x"))
    assert row.failures <= throttle.SHARE
    assert row.wait_until is None


def test_auth_02_a_school_has_thirty_failures_before_a_short_wait() -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(30):
            fail(f"eleve{number}", SCHOOL, 1)
        assert seconds_to_wait("eleve99", SCHOOL) == 1
        assert seconds_to_wait("eleve99", HOME) == 0


def test_auth_02_one_password_tried_on_many_accounts_is_slowed_to_one_a_minute() -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        for number in range(90):
            clock_hands.shift(seconds_to_wait(f"compte{number}", SCHOOL))
        clock_hands.shift(61)
        fail("compte-99", SCHOOL, 1)
        assert seconds_to_wait("compte-100", SCHOOL) >= 50


def test_auth_02_a_success_gives_its_mistypings_back_to_the_address(library: User) -> None:
    for _turn in range(4):
        log_in(library.identifier, SCHOOL, "faux")
    log_in(library.identifier, SCHOOL)
    assert FailedLogins.objects.get(key=throttle._key("address", SCHOOL)).failures == pytest.approx(0, abs=0.01)
    name = throttle._key("identifier", library.identifier)
    assert FailedLogins.objects.get(key=name).failures == pytest.approx(0, abs=0.01)


def test_auth_02_logging_in_oneself_does_not_lift_an_addresss_wait() -> None:
    """An attacker with an account of their own gains no guess by logging in between two."""
    own = factories.UserFactory()
    with time_machine.travel(NOON, tick=False):
        for number in range(60):
            FailedLogins.objects.update(wait_until=None)
            fail(f"autre{number}", SCHOOL, 1)
        with pytest.raises(TooManyAttempts):
            log_in(own.identifier, SCHOOL)


# ---- many addresses
def addresses(count: int) -> list[str]:
    return [f"203.0.113.{number}" for number in range(1, count + 1)]


def test_auth_02_a_hundred_addresses_guessing_one_account_are_slowed() -> None:
    with time_machine.travel(NOON, tick=False):
        passed = [address for address in addresses(100) if seconds_to_wait("x", address) == 0]
    assert len(passed) == 20


def test_auth_02_an_address_known_to_the_account_is_not_slowed_by_others(library: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        assert log_in(library.identifier, HOME) == library
        clock_hands.shift(dt.timedelta(days=29))
        for address in addresses(40):
            seconds_to_wait(library.identifier, address)
        with pytest.raises(TooManyAttempts):
            log_in(library.identifier, SCHOOL)
        assert log_in(library.identifier, HOME) == library


def test_auth_02_an_address_is_forgotten_after_thirty_days(library: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        log_in(library.identifier, HOME)
        clock_hands.shift(dt.timedelta(days=31))
        for address in addresses(40):
            seconds_to_wait(library.identifier, address)
        with pytest.raises(TooManyAttempts):
            log_in(library.identifier, HOME)


def test_auth_02_the_slowing_of_an_account_stays_small() -> None:
    assert throttle.IDENTIFIER.wait(20) == 2
    assert throttle.IDENTIFIER.wait(10_000_000) == 60


# ---- at the same moment
@pytest.mark.django_db(transaction=True)
def test_auth_02_of_a_hundred_parallel_guesses_five_are_looked_at() -> None:
    assert sum(at_once(lambda _number: seconds_to_wait("x", HOME) == 0, 100)) == 5


@pytest.mark.django_db(transaction=True)
def test_auth_02_parallel_guesses_from_many_addresses_neither_block_each_other_nor_all_pass() -> None:
    places = addresses(40)
    assert sum(at_once(lambda number: seconds_to_wait("x", places[number]) == 0, 40)) == 20


@pytest.mark.django_db(transaction=True)
def test_auth_02_a_right_password_among_parallel_guesses_comes_in_only_if_it_was_reserved(portal: object) -> None:
    user = factories.UserFactory()

    def guess(number: int) -> bool:
        try:
            return log_in(user.identifier, HOME, factories.PASSWORD if number == 19 else f"faux {number}") is not None
        except TooManyAttempts:
            return False

    assert sum(at_once(guess, 20)) <= 1
    assert FailedLogins.objects.get(key=throttle._key("pair", user.identifier, HOME)).failures <= 5


# ---- what is counted by
@pytest.mark.parametrize(
    ("proxies", "meta", "expected"),
    [
        (0, {"REMOTE_ADDR": "192.0.2.9"}, "192.0.2.9"),
        (0, {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, "192.0.2.9"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.5"}, "203.0.113.5"),
        (2, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.5, 10.0.0.2"}, "203.0.113.5"),
        (2, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5"}, "10.0.0.1"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.5:4711"}, "203.0.113.5"),
        (0, {"REMOTE_ADDR": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        (0, {"REMOTE_ADDR": "2001:db8:1:2::99%eth0"}, "2001:db8:1:2::/64"),
        (0, {"REMOTE_ADDR": "::ffff:192.0.2.9"}, "192.0.2.9"),
        (1, {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "<script>"}, ""),
        (0, {"REMOTE_ADDR": ""}, ""),
    ],
)
def test_auth_02_which_address_counts(settings: Settings, proxies: int, meta: dict[str, str], expected: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert throttle.address_of(RequestFactory().get("/", **meta)) == expected  # type: ignore[arg-type]


def test_auth_02_the_table_names_nobody(library: User) -> None:
    log_in(library.identifier, password="faux")
    keys = list(FailedLogins.objects.values_list("key", flat=True))
    assert len(keys) == 3
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


# ---- the generic brake
def test_a_brake_lets_so_many_pass_in_each_span() -> None:
    hour = dt.timedelta(hours=1)
    with time_machine.travel(NOON, tick=False) as clock_hands:
        assert [throttle.allow("essai", "a", 3, hour) for _turn in range(5)] == [True, True, True, False, False]
        assert throttle.allow("essai", "b", 3, hour)
        assert throttle.allow("autre", "a", 3, hour)
        clock_hands.shift(dt.timedelta(minutes=30))
        with pytest.raises(TooManyAttempts, match="Réessayez dans 30 minutes"):
            throttle.brake("essai", "a", 3, hour)
        clock_hands.shift(dt.timedelta(minutes=30))
        assert throttle.allow("essai", "a", 3, hour)


@pytest.mark.django_db(transaction=True)
def test_a_brake_holds_for_parallel_calls() -> None:
    assert sum(at_once(lambda _number: throttle.allow("essai", "a", 3, dt.timedelta(hours=1)), 20)) == 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 seconde."),
        (59, "59 secondes."),
        (60, "1 minute."),
        (61, "2 minutes."),
        (900, "15 minutes."),
        (7201, "3 heures."),
    ],
)
def test_a_refusal_says_how_long_to_wait(seconds: int, words: str) -> None:
    assert TooManyAttempts(seconds).message.endswith("dans " + words)


# ---- forgetting
def test_old_failures_are_forgotten_but_not_known_addresses(library: User) -> None:
    with time_machine.travel(NOON, tick=False) as clock_hands:
        log_in(library.identifier, HOME)
        fail("x", SCHOOL, 1)
        clock_hands.shift(dt.timedelta(days=2))
        fail("y", SCHOOL, 1)
        throttle.allow("essai", "a", 1, dt.timedelta(days=7))
        yesterday = clock.now() - dt.timedelta(days=1)
        # x and its pair go, and what the library's login left of its address and its name
        assert throttle.forget_old_failures(yesterday) == 4
        assert throttle.forget_old_failures(yesterday) == 0
        pair = FailedLogins.objects.get(key=throttle._key("pair", library.identifier, HOME))
        assert pair.succeeded_at is not None
        clock_hands.shift(dt.timedelta(days=40))
        throttle.forget_old_failures(clock.now() - dt.timedelta(days=1))
        assert not FailedLogins.objects.exists()
