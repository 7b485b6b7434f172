"""The nightly work over 100,000 subscriptions, of which 5,000 end that day."""

import datetime as dt
from typing import Any

from benchmarks.harness import Figure, peak_memory, timed
from benchmarks.people import make_libraries, make_subscriptions
from navette.core import clock
from navette.lifecycle import nightly
from navette.mail.models import OutgoingMail
from navette.portal.profiles import load_profile
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status

ALL, ENDING = 100_000, 5_000


def run() -> list[Figure]:
    """Do one night's work, and measure its time and the process's peak memory."""
    load_profile("gironde", contact_email="bibnum@example.org", contact_phone="05 56 00 00 00")
    today = clock.today()
    make_subscriptions(ALL, make_libraries(300), lambda number: _columns(number, today))
    figures: dict[str, int] = {}
    before = peak_memory()
    seconds = timed(lambda: nightly.run(figures))
    assert figures["expired"] == ENDING == OutgoingMail.objects.filter(kind="expired").count()
    assert Subscription.objects.filter(status=Status.EXPIRED).count() == ENDING
    what = f"night of {ALL:,} subscriptions, {ENDING:,} ending, {figures['reader_notices']:,} notices"
    again = timed(lambda: nightly.run({}))
    return [
        Figure(what, seconds, "s", aim=60),
        Figure("  peak memory of the process", peak_memory(), "MB", aim=300),
        Figure("  of which before the night", before, "MB"),
        Figure("  run again at once", again, "s"),
    ]


def _columns(number: int, today: dt.date) -> dict[str, Any]:
    """End 5,000 the day before, 1 in 365 on each day to come; one in 50 of the others waits for the library."""
    ends_on = today + dt.timedelta(days=-1 if number < ENDING else number % 365)
    started = {"status": Status.ACTIVE, "starts_on": ends_on - dt.timedelta(days=365), "ends_on": ends_on}
    if number < ENDING or number % 50:
        return started
    asked = clock.now() - dt.timedelta(days=3)
    return {"deadline": today + dt.timedelta(days=1), "requested_at": asked, "announced_at": asked}
