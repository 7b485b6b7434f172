"""Nights killed with -9 while they erase: all that is due goes, exactly, and the figures are not doubled (DATA-01)."""

import datetime as dt
import random

import pytest
from django.db.models import Sum

from benchmarks.people import make_libraries, make_subscriptions
from navette.accounts.models import User
from navette.core import clock
from navette.core.models import AuditRow
from navette.mail.models import OutgoingMail
from navette.signon.models import Opening
from navette.subscriptions.models import Measure, Subscription, SubscriptionEvent, Tally
from navette.subscriptions.states import Status
from tests import factories
from tests.lifecycle.processes import finish, kill, start, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.date(2027, 3, 1)
COUNT = 900  # of which two thirds go


def _columns(number: int) -> dict[str, object]:
    """End long ago, told in time; wait since long ago; or be valid."""
    if number % 3 == 0:
        ends_on = dt.date(2026, 1, 10)
        told = {"erasure_told_on": dt.date(2027, 1, 1)}
        return {"status": Status.EXPIRED, "starts_on": dt.date(2025, 1, 10), "ends_on": ends_on} | told
    if number % 3 == 1:
        asked = clock.now().replace(year=2026, month=9, day=1)
        return {"requested_at": asked, "announced_at": asked, "reminded_at": asked, "deadline": dt.date(2026, 9, 5)}
    return {"status": Status.ACTIVE, "starts_on": dt.date(2026, 12, 1), "ends_on": dt.date(2027, 12, 1)}


def _prepare() -> None:
    factories.portal()
    make_subscriptions(COUNT, make_libraries(5), _columns)
    SubscriptionEvent.objects.bulk_create(
        SubscriptionEvent(subscription_id=pk, actor_label="A", move="edit", to_status="pending", message="Bonjour")
        for pk in Subscription.objects.filter(status=Status.PENDING).values_list("pk", flat=True)
    )
    resource = factories.ResourceFactory()
    Opening.objects.bulk_create(
        Opening(
            resource=resource,
            library_id=library,
            reader_id=reader,
            age_band="25-44",
            day=dt.date(2026, 1, 5),
            opened_at=clock.now(),
        )
        for library, reader in Subscription.objects.values_list("library", "reader")
    )


def _check() -> None:
    """Find gone exactly what had to, and each life counted once."""
    assert User.objects.count() == Subscription.objects.count() == COUNT // 3
    assert set(Subscription.objects.values_list("status", flat=True)) == {Status.ACTIVE}
    assert AuditRow.objects.filter(action="accounts.erase").count() == COUNT * 2 // 3
    totals = dict(Tally.objects.values_list("measure").annotate(total=Sum("count")))
    assert totals == {Measure.REGISTERED: COUNT * 2 // 3, Measure.ACTIVE: 13 * COUNT // 3}
    events = SubscriptionEvent.objects.all()
    assert events.filter(subscription=None, message="").exclude(pseudonym="").count() == events.count() == COUNT // 3
    assert not Opening.objects.exclude(reader=None, opened_at=None).exists()
    assert Opening.objects.count() == COUNT
    assert not OutgoingMail.objects.filter(kind="account_ends").exists()


def test_data_01_nights_killed_at_random_points_erase_all_and_count_each_once() -> None:
    _prepare()
    for _ in range(3):
        process, left = start("nightly", "--today", str(DAY)), User.objects.count()
        threshold = left - random.randint(1, 150)
        wait_for(lambda at=threshold: User.objects.count() <= at, process)  # type: ignore[misc]
        kill(process)
    code, out, err = finish(start("nightly", "--today", str(DAY)))
    assert (code, "Traceback" in err) == (0, False)
    assert "Nuit du 01/03/2027" in out
    _check()


def test_data_01_two_nights_at_once_erase_each_account_once() -> None:
    _prepare()
    both = [start("nightly", "--today", str(DAY)) for _ in range(2)]
    assert [finish(process)[0] for process in both] == [0, 0]
    _check()
