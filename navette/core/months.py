"""Calendar months: when what is kept for some months goes, and the months that a span of days touches."""

import calendar
import datetime as dt
from collections.abc import Iterator


def months_before(day: dt.date, count: int) -> dt.date:
    """Return the oldest day from which `count` months last until `day` or longer: what is older has had its time.

    A month that has no such day ends earlier: what began on 30 November has lasted three months on 28 February, so
    from 1 March on it is over; and seen from 30 May, three months ago is 1 March.
    """
    first = _shifted(day, -count)
    last = calendar.monthrange(first.year, first.month)[1]
    return first.replace(day=day.day) if day.day <= last else _shifted(first, 1)


def _shifted(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month that is so many months after that of `day`, or before."""
    number = day.year * 12 + day.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def months_between(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Give the first day of each month that the days from `first` to `last`, both included, fall in."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _shifted(month, 1)


def last_of_month(month: dt.date) -> dt.date:
    """Return the last day of the month of `month`."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])
