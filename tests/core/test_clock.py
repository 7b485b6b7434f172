import datetime as dt

import time_machine

from navette.core import clock


def test_the_day_is_that_of_paris_not_of_utc() -> None:
    with time_machine.travel(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC)):
        assert clock.today() == dt.date(2026, 11, 23)


def test_a_set_day_holds_within_its_block_only() -> None:
    with clock.set_today(dt.date(2027, 3, 1)):
        assert clock.today() == dt.date(2027, 3, 1)
        assert clock.day_of(clock.now()) == dt.date(2027, 3, 1)
    assert clock.today() != dt.date(2027, 3, 1)
