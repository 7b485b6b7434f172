"""The worker posts each notice of single logout once; vendors that err or hang hold nothing up."""

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from navette.core import clock
from navette.lifecycle import nightly
from navette.lifecycle.farewells import AT_ONCE, Farewells
from navette.lifecycle.worker import Worker
from navette.signon import notices
from navette.signon.models import LogoutNotice, VendorSession
from navette.signon.sessions import remember
from tests import factories
from tests.at_once import at_once

BODY = "logoutRequest=%3Csaml%2F%3E"


class Vendor(ThreadingHTTPServer):
    """A vendor's server that notes what is posted; it answers `status` once `gate` is open."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.arrived: list[tuple[str, str, str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.status = 200

    def address(self, path: str = "/cas") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    """Notes a POST."""

    server: Vendor

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.arrived.append((self.path, self.headers["Content-Type"], body))
        self.server.gate.wait(20)
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    server = Vendor()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()
    thread.join()


def queue(url: str, body: str = BODY) -> LogoutNotice:
    return LogoutNotice.objects.create(url=url, body=body)


def done(farewells: Farewells) -> int:
    """Post all that waits, and return how many."""
    count = 0
    while farewells.begin_one():
        count += 1
        farewells.wait(20)
    return count


@pytest.mark.django_db
def test_sso_01_each_notice_is_posted_once_with_its_form(vendor: Vendor) -> None:
    queue(vendor.address("/a?b=c"))
    queue(vendor.address("/soap"), "<soap/>")
    assert (done(Farewells()), done(Farewells())) == (2, 0)
    assert vendor.arrived == [
        ("/a?b=c", "application/x-www-form-urlencoded; charset=utf-8", BODY),
        ("/soap", "text/xml; charset=utf-8", "<soap/>"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/closed", "ftp://127.0.0.1/", "http://[", "nonsense", "http://" + "a" * 3000]
)
def test_a_vendor_that_can_not_be_reached_changes_nothing(vendor: Vendor, url: str) -> None:
    queue(url)
    queue(vendor.address())
    vendor.status = 500
    assert done(Farewells()) == 2
    assert len(vendor.arrived) == 1
    assert not LogoutNotice.objects.filter(claimed_at__isnull=True).exists()


@pytest.mark.django_db
def test_vendors_that_hang_hold_up_neither_the_worker_nor_each_other(vendor: Vendor) -> None:
    vendor.gate.clear()
    for number in range(AT_ONCE + 1):
        queue(vendor.address(f"/{number}"))
    farewells = Farewells()
    assert [farewells.begin_one() for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
    assert LogoutNotice.objects.filter(claimed_at__isnull=True).count() == 1
    vendor.gate.set()
    farewells.wait(20)
    assert done(farewells) == 1


@pytest.mark.django_db
def test_the_worker_posts_them_between_its_mails(vendor: Vendor) -> None:
    queue(vendor.address())
    worker = Worker()
    worker._night_from = float("inf")
    assert worker.work() == 0
    worker.farewells.wait(20)
    assert len(vendor.arrived) == 1
    assert worker.work() == worker.poll


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_claims_a_notice() -> None:
    queue("https://vendor.example.org/")
    claimed = at_once(lambda _number: notices.claim(), 12)
    assert len([notice for notice in claimed if notice]) == 1


@pytest.mark.django_db
def test_the_night_forgets_old_notices_and_vendors_sessions() -> None:
    for days in (1, 3):
        before = clock.now() - dt.timedelta(days=days)
        LogoutNotice.objects.filter(pk=queue(f"https://v.example/{days}").pk).update(queued_at=before)
        remember(factories.vendor(), "mark", service=str(days), index="")
        VendorSession.objects.filter(service=str(days)).update(started_at=before)
    work = next(row for row in nightly.WORKS if row.name == "vendor_sessions")
    assert (work.count(clock.today()), work.run(clock.today()), work.count(clock.today())) == (2, 2, 0)
    assert LogoutNotice.objects.get().url == "https://v.example/1"
    assert VendorSession.objects.get().service == "1"
