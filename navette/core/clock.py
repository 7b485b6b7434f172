"""The one clock. Commands and tests set its day; everything else asks it (never `date.today()`)."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import timezone

_set_day: ContextVar[dt.date | None] = ContextVar("navette_today", default=None)


def now() -> dt.datetime:
    """Return the moment, in the portal's time zone; on a set day, that day at the time it really is."""
    moment = timezone.localtime()
    day = _set_day.get()
    if day is None:
        return moment
    return timezone.make_aware(dt.datetime.combine(day, moment.time()))


def today() -> dt.date:
    """Return the day in the portal's time zone (Europe/Paris)."""
    return now().date()


def day_of(moment: dt.datetime) -> dt.date:
    """Return the portal's day in which `moment` falls."""
    return timezone.localtime(moment).date()


@contextmanager
def set_today(day: dt.date | None) -> Iterator[None]:
    """Make it `day` within the block, for `--today` and for tests; None leaves the real day."""
    token = _set_day.set(day)
    try:
        yield
    finally:
        _set_day.reset(token)
