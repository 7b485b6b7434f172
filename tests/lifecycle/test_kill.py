"""Processes killed with -9 in the middle of their work: nothing is lost, nothing is done twice (SUB-06)."""

import datetime as dt
import random
import signal
import subprocess
from typing import Any

import pytest
from django.db.models import Count

from benchmarks.people import make_libraries, make_subscriptions
from navette.core import clock
from navette.mail.delivery import Sender
from navette.mail.models import MailState, OutgoingMail
from navette.mail.transport import SMTPBackend
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import Status
from tests import factories
from tests.lifecycle.processes import finish, kill, start, wait_for
from tests.mail.server import MailServer, mail_server

pytestmark = pytest.mark.django_db(transaction=True)
MAILS = 500
DAY = dt.date(2027, 3, 1)


def _queue(count: int) -> None:
    OutgoingMail.objects.bulk_create(
        OutgoingMail(kind="accepted", to_email=f"reader{n}@example.org", subject="Validé", body="Bonjour")
        for n in range(count)
    )


def _kill_worker_at(arrival: int, server: MailServer) -> None:
    """Start a worker and kill it when the mail of that number arrives, before it can be told that it was taken."""
    process: list[subprocess.Popen[str]] = []

    def on_arrival(count: int) -> None:
        if count == arrival:
            process[0].kill()
            process[0].wait()

    server.on_arrival = on_arrival
    process.append(start("worker", mail_port=server.port))
    wait_for(lambda: process[0].poll() is not None)
    process[0].communicate()


def test_sub_06_workers_killed_amid_500_mails_lose_none_and_repeat_none() -> None:
    factories.portal()
    _queue(MAILS)
    with mail_server() as server:
        kills = sorted(random.sample(range(20, MAILS - 20), 3))
        for arrival in kills:
            _kill_worker_at(arrival, server)
        last = start("worker", mail_port=server.port)
        wait_for(lambda: not OutgoingMail.objects.filter(state__in=(MailState.QUEUED, MailState.SENDING)).exists())
        last.send_signal(signal.SIGTERM)
        assert finish(last)[0] == 0
        arrived = server.message_ids()
    states = dict(OutgoingMail.objects.values_list("message_id", "state"))
    uncertain = {key for key, state in states.items() if state == MailState.UNCERTAIN}
    assert set(arrived.values()) == {1}
    assert set(states.values()) <= {MailState.SENT, MailState.UNCERTAIN}
    assert len(uncertain) <= len(kills)
    assert set(states) - uncertain <= set(arrived)


def test_sub_06_two_workers_at_once_send_each_mail_once() -> None:
    factories.portal()
    _queue(200)
    with mail_server() as server:
        workers = [start("worker", mail_port=server.port) for _ in range(2)]
        wait_for(lambda: OutgoingMail.objects.filter(state=MailState.SENT).count() == 200)
        for worker in workers:
            # On a busy machine one may not be there yet, and would die of the signal that it is to heed.
            assert worker.stderr is not None
            assert "worker started" in worker.stderr.readline()
            worker.send_signal(signal.SIGTERM)
        assert [finish(worker)[0] for worker in workers] == [0, 0]
        assert set(server.message_ids().values()) == {1}
        assert len(server.arrived) == 200


def test_a_worker_told_to_stop_stops_cleanly_and_says_so() -> None:
    factories.portal()
    for number in (signal.SIGTERM, signal.SIGINT):
        worker = start("worker")
        assert worker.stderr is not None
        assert "worker started" in worker.stderr.readline()
        worker.send_signal(number)
        code, _out, err = finish(worker)
        assert code == 0
        assert "worker stopped" in err
        assert "Traceback" not in err


def _columns(number: int) -> dict[str, Any]:
    """End the day before, in 5 days, in 20 days, or wait until tomorrow."""
    if number % 4 == 3:
        asked = clock.now() - dt.timedelta(days=1)
        return {"deadline": DAY + dt.timedelta(days=1), "requested_at": asked}
    ends_on = DAY + dt.timedelta(days=(-1, 5, 20)[number % 4])
    return {"status": Status.ACTIVE, "starts_on": ends_on - dt.timedelta(days=365), "ends_on": ends_on}


def test_sub_06_nights_killed_at_random_points_queue_each_mail_once() -> None:
    """Each round is killed when some more mails have been committed; the last one finishes."""
    factories.portal()
    count, libraries = 1_200, make_libraries(40)
    make_subscriptions(count, libraries, _columns)
    for _ in range(4):
        process, threshold = (
            start("nightly", "--today", str(DAY)),
            OutgoingMail.objects.count() + random.randint(1, 250),
        )
        wait_for(lambda at=threshold: OutgoingMail.objects.count() >= at, process)  # type: ignore[misc]
        kill(process)
    code, out, err = finish(start("nightly", "--today", str(DAY)))
    assert (code, "Traceback" in err) == (0, False)
    assert "Nuit du 01/03/2027" in out
    kinds = dict(OutgoingMail.objects.values_list("kind").annotate(count=Count("pk")))
    assert kinds == {
        "expired": count // 4,
        "ends_in_7": count // 4,
        "ends_in_30": count // 4,
        "library_digest": 10,
        "library_reminder": 10,
    }
    assert SubscriptionEvent.objects.values("subscription").distinct().count() == count // 4
    assert SubscriptionEvent.objects.count() == Subscription.objects.filter(status=Status.EXPIRED).count() == count // 4


def test_two_nightly_commands_at_the_same_moment_do_each_thing_once() -> None:
    factories.portal()
    make_subscriptions(400, make_libraries(4), _columns)
    both = [start("nightly", "--today", str(DAY)) for _ in range(2)]
    assert [finish(process)[0] for process in both] == [0, 0]
    assert OutgoingMail.objects.filter(kind="expired").count() == 100
    assert SubscriptionEvent.objects.count() == 100
    assert OutgoingMail.objects.filter(kind="library_reminder").count() == 1


def test_mails_queued_on_a_played_day_are_sent_today() -> None:
    factories.portal()
    make_subscriptions(4, make_libraries(1), _columns)
    assert finish(start("nightly", "--today", "2031-05-02"))[0] == 0
    with mail_server() as server:
        sender = Sender(SMTPBackend(host="127.0.0.1", port=server.port))
        sender.round()
        sender.close()
        told = "three that ended, whose accounts are past their time too, and what a library has to decide"
        assert len(server.arrived) == 3 + 3 + 1, told
