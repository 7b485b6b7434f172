"""The worker beside a database or a mail server that comes and goes, and the night that comes once a day."""

import datetime as dt
import sqlite3

import psycopg
import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from navette.core import clock
from navette.lifecycle import nightly
from navette.lifecycle.models import NightlyRun
from navette.lifecycle.patience import Patience
from navette.lifecycle.worker import Worker
from navette.mail.delivery import Sender
from navette.mail.models import MailState, OutgoingMail
from navette.mail.transport import SMTPBackend
from tests import factories
from tests.factories import MailFactory, SubscriptionFactory
from tests.lifecycle.processes import database_url
from tests.mail.server import MailServer, mail_server

NIGHT = dt.datetime(2027, 3, 1, 2, 0, tzinfo=timezone.get_default_timezone())


def _worker(server: MailServer | None = None) -> Worker:
    worker = Worker(Sender(SMTPBackend(host="127.0.0.1", port=server.port, timeout=5)) if server else Sender())
    worker._night_from = float("inf")
    return worker


def _by_night() -> Worker:
    worker = _worker()
    worker._night_from = 0.0
    return worker


@pytest.fixture
def ended(db: None) -> None:
    """A subscription whose last day was 28 February 2027."""
    factories.portal()
    last = dt.date(2027, 2, 28)
    SubscriptionFactory(active=True, starts_on=last - dt.timedelta(days=365), ends_on=last)


@pytest.mark.django_db
def test_a_mail_server_that_goes_and_comes_back_is_waited_for() -> None:
    MailFactory.create_batch(3)
    with mail_server() as gone:
        worker = _worker(gone)
    assert worker.work() == worker.poll
    assert worker._mail_server.failures == 1
    worker.work()
    assert worker._mail_server.failures == 1, "not asked again at once"
    with mail_server(port=gone.port) as back:
        worker._mails_from = 0.0
        worker.work()
        worker.sender.close()
        assert len(back.arrived) == 3
    assert worker._mail_server.failures == 0
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.SENT, 1)}


def test_delays_grow_up_to_their_bound() -> None:
    patience = Patience("test", first=5, longest=1800)
    assert [patience.failed("away") for _ in range(11)] == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]
    patience.succeeded()
    assert patience.failed("away") == 5


@pytest.mark.django_db(transaction=True)
def test_a_database_locked_for_long_is_waited_for() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the database")
    factories.portal()
    MailFactory.create_batch(2)
    with mail_server() as server:
        worker = _worker(server)
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        assert worker.work() == 1
        assert server.arrived == [], "nothing goes before its claim is written"
        other.execute("COMMIT")
        other.close()
        worker.work()
        worker.sender.close()
        assert len(server.arrived) == 2
    assert worker._database.failures == 0


@pytest.mark.django_db(transaction=True)
def test_a_database_connection_lost_is_opened_again() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no server to lose")
    factories.portal()
    MailFactory.create_batch(2)
    with mail_server() as server:
        worker = _worker(server)
        worker.work()
        MailFactory.create_batch(2)
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert worker.work() >= 1
        assert worker._database.failures == 1
        for _ in range(3):
            worker.work()
        worker.sender.close()
        assert len(server.arrived) == 4
    assert worker._database.failures == 0


@pytest.mark.django_db
def test_an_unexpected_fault_is_told_and_does_not_end_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = _worker()
    with monkeypatch.context() as broken:
        broken.setattr(worker.sender, "round", lambda stop: 1 / 0)
        assert worker.work() == 5
        assert worker.work() == 10
    worker.work()
    assert worker._broken.failures == 0


@pytest.mark.usefixtures("ended")
def test_the_night_begins_at_two_in_paris() -> None:
    with time_machine.travel(NIGHT - dt.timedelta(seconds=1), tick=False):
        _by_night().work()
        assert not NightlyRun.objects.exists()
    with time_machine.travel(NIGHT, tick=False):
        _by_night().work()
    run = NightlyRun.objects.get()
    assert (run.day, run.figures["expired"]) == (dt.date(2027, 3, 1), 1)
    assert run.finished_at is not None


@pytest.mark.usefixtures("ended")
def test_several_workers_do_one_night_and_a_night_missed_is_caught_up_at_noon() -> None:
    with time_machine.travel(NIGHT + dt.timedelta(hours=10), tick=False):
        assert nightly.is_due()
        assert nightly.take(clock.today())
        assert not nightly.take(clock.today())
        _by_night().work()
        assert OutgoingMail.objects.count() == 0, "another worker is at it"
    with time_machine.travel(NIGHT + dt.timedelta(hours=11), tick=False):
        _by_night().work()
        _by_night().work()
        assert not nightly.is_due()
    assert NightlyRun.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="expired").count() == 1


@pytest.mark.usefixtures("ended")
def test_the_night_that_has_no_two_o_clock_is_worked_too() -> None:
    """On 28 March 2027 clocks go from 2:00 to 3:00 in Paris."""
    with time_machine.travel(dt.datetime(2027, 3, 28, 1, 0, tzinfo=dt.UTC), tick=False):
        assert clock.now().hour == 3
        assert nightly.is_due()


@pytest.mark.usefixtures("ended")
def test_mails_go_on_although_the_night_s_work_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "run", lambda figures: 1 / 0)
    with time_machine.travel(NIGHT, tick=False), mail_server() as server:
        MailFactory()
        worker = _worker(server)
        worker._night_from = 0.0
        worker.work()
        worker.work()
        worker.sender.close()
        assert len(server.arrived) == 1
