import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.portal.models import Duration, Portal, StartRule
from navette.subscriptions.dates import deadline_of, earliest_start, end_of, may_start, proposed_start, same_day

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "duration", "ends_on"),
    [
        ("2026-04-30", Duration.ONE_YEAR, "2027-04-30"),
        ("2028-02-29", Duration.ONE_YEAR, "2029-02-28"),
        ("2027-02-28", Duration.ONE_YEAR, "2028-02-28"),
        ("2027-03-01", Duration.DAYS_365, "2028-02-29"),
        ("2026-03-01", Duration.DAYS_365, "2027-03-01"),
    ],
)
def test_sub_03_end_follows_the_profile(starts_on: str, duration: str, ends_on: str) -> None:
    assert end_of(dt.date.fromisoformat(starts_on), duration) == dt.date.fromisoformat(ends_on)


@given(DAYS)
def test_sub_03_a_year_is_the_same_day_or_the_28th(day: dt.date) -> None:
    after = same_day(day, 1)
    assert after.year == day.year + 1
    assert (after.month, after.day) == (day.month, day.day) or (day.month, day.day, after.day) == (2, 29, 28)


@given(DAYS)
def test_sub_03_start_is_at_most_today_and_less_than_a_year_old(today: dt.date) -> None:
    first = earliest_start(today)
    assert may_start(today, today)
    assert may_start(first, today)
    assert not may_start(today + dt.timedelta(days=1), today)
    assert not may_start(first - dt.timedelta(days=1), today)
    assert end_of(first, Duration.ONE_YEAR) >= today


@given(requested_on=DAYS, today=DAYS, renewal=st.booleans(), rule=st.sampled_from(StartRule.values))
def test_sub_03_the_proposed_start_is_always_acceptable(
    requested_on: dt.date, today: dt.date, *, renewal: bool, rule: str
) -> None:
    portal = Portal(start_rule=rule)
    assert may_start(proposed_start(portal, requested_on=requested_on, today=today, renewal=renewal), today)


def test_sub_03_each_profile_starts_on_its_own_day() -> None:
    requested_on, today = dt.date(2026, 11, 2), dt.date(2026, 11, 5)
    proposed = {
        (rule, renewal): proposed_start(
            Portal(start_rule=rule), requested_on=requested_on, today=today, renewal=renewal
        )
        for rule in StartRule.values
        for renewal in (False, True)
    }
    assert proposed == {
        (StartRule.CHOSEN, False): requested_on,
        (StartRule.CHOSEN, True): requested_on,
        (StartRule.REGISTRATION, False): requested_on,
        (StartRule.REGISTRATION, True): today,
        (StartRule.DECISION, False): today,
        (StartRule.DECISION, True): today,
    }


def test_sub_05_deadline_counts_calendar_days_from_when_the_library_sees_the_request() -> None:
    assert deadline_of(dt.date(2026, 12, 30), Portal(decision_days=4)) == dt.date(2027, 1, 3)
