"""SSO-02: of many checks of one ticket at the same moment, one succeeds, whatever the number of processes."""

import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client

from navette.portal.models import Portal
from navette.signon.models import EventKind, Opening, SignonEvent, VendorSession
from tests.at_once import at_once
from tests.lifecycle.processes import start, wait_for
from tests.web.sso.cas_world import SERVICE, Cas, cas

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER = 50


@pytest.fixture
def world(portal: Portal) -> Cas:
    return cas()


def check_all(answers: list[str]) -> None:
    """Check that one of `answers` confirms, and that one opening was counted."""
    confirmed = [answer for answer in answers if "authenticationSuccess" in answer]
    refused = [answer for answer in answers if 'code="INVALID_TICKET"' in answer]
    assert (len(confirmed), len(refused)) == (1, TOGETHER - 1)
    assert Opening.objects.count() == 1
    assert VendorSession.objects.count() == 1
    assert SignonEvent.objects.filter(kind=EventKind.FAILED, reason="ticket_used").count() == TOGETHER - 1


def test_sso_02_of_fifty_checks_at_once_one_succeeds(world: Cas) -> None:
    ticket = world.ticket()
    query = urlencode({"service": SERVICE, "ticket": ticket})
    check_all(at_once(lambda _n: Client().get(f"/cas/serviceValidate?{query}").content.decode(), TOGETHER))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.fixture
def servers(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Two real servers on the tests' database; their addresses."""
    (tmp_path / "staticfiles.json").write_text(json.dumps({"paths": {}, "version": "1.1", "hash": ""}))
    monkeypatch.setenv("STATIC_ROOT", str(tmp_path))
    ports = [free_port(), free_port()]
    processes = [start("web", "--port", str(port), "--workers", "1") for port in ports]
    readers = [threading.Thread(target=process.communicate, daemon=True) for process in processes]
    for reader in readers:
        reader.start()  # a pipe that nobody reads fills up
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for address, process in zip(addresses, processes, strict=True):
            wait_for(lambda address=address: answers(address), process)  # type: ignore[misc]
        yield addresses
    finally:
        stop(processes)
        for reader in readers:
            reader.join(20)


def stop(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(20)


def test_sso_02_of_fifty_checks_at_two_servers_one_succeeds(world: Cas, servers: list[str]) -> None:
    query = urlencode({"service": SERVICE, "ticket": world.ticket()})

    def check(number: int) -> str:
        return requests.get(f"{servers[number % 2]}/cas/serviceValidate?{query}", timeout=60).text

    check_all(at_once(check, TOGETHER))
