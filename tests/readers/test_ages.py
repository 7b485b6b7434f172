"""Age bands at their edges."""

import datetime as dt

import pytest

from navette.readers.ages import BANDS, age_band, age_on

BIRTH = dt.date(2000, 3, 13)


@pytest.mark.parametrize(
    ("day", "band"),
    [
        (dt.date(2000, 3, 13), "0-14"),
        (dt.date(2015, 3, 12), "0-14"),
        (dt.date(2015, 3, 13), "15-24"),
        (dt.date(2025, 3, 12), "15-24"),
        (dt.date(2025, 3, 13), "25-44"),
        (dt.date(2045, 3, 12), "25-44"),
        (dt.date(2045, 3, 13), "45-64"),
        (dt.date(2065, 3, 12), "45-64"),
        (dt.date(2065, 3, 13), "65+"),
        (dt.date(2110, 1, 1), "65+"),
    ],
)
def test_a_band_begins_on_the_birthday(day: dt.date, band: str) -> None:
    assert age_band(BIRTH, day) == band
    assert band in BANDS


def test_who_was_born_on_a_29_february_is_older_from_1_march() -> None:
    birth = dt.date(2012, 2, 29)
    assert age_on(birth, dt.date(2027, 2, 28)) == 14
    assert age_on(birth, dt.date(2027, 3, 1)) == 15
    assert age_on(birth, dt.date(2028, 2, 29)) == 16
