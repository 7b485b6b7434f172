"""Calendar months at their edges."""

import datetime as dt

import pytest

from navette.core.months import last_of_month, months_before, months_between


@pytest.mark.parametrize(
    ("began", "months", "last_day"),
    [
        ("2026-11-15", 3, "2027-02-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2027-02-28", 12, "2028-02-28"),
        ("2027-08-31", 1, "2027-09-30"),
        ("2026-12-31", 6, "2027-06-30"),
        ("2027-02-28", 3, "2027-05-28"),
        ("2026-12-01", 36, "2029-12-01"),
    ],
)
def test_what_began_is_kept_to_its_last_day_and_gone_on_the_next(began: str, months: int, last_day: str) -> None:
    start, last = dt.date.fromisoformat(began), dt.date.fromisoformat(last_day)
    assert start >= months_before(last, months)
    assert start < months_before(last + dt.timedelta(days=1), months)


def test_the_limit_never_goes_back_as_days_go_by() -> None:
    days = [dt.date(2027, 1, 1) + dt.timedelta(days=n) for n in range(1_600)]
    for months in (1, 3, 6, 12, 36):
        limits = [months_before(day, months) for day in days]
        assert limits == sorted(limits)


def test_months_between_two_days() -> None:
    found = list(months_between(dt.date(2026, 11, 30), dt.date(2027, 1, 1)))
    assert found == [dt.date(2026, 11, 1), dt.date(2026, 12, 1), dt.date(2027, 1, 1)]
    assert list(months_between(dt.date(2027, 1, 2), dt.date(2027, 1, 1))) == [dt.date(2027, 1, 1)]
    assert list(months_between(dt.date(2027, 2, 1), dt.date(2027, 1, 31))) == []
    assert last_of_month(dt.date(2028, 2, 3)) == dt.date(2028, 2, 29)
