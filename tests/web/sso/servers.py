"""Real `navette web` processes on the tests' own database."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.lifecycle.processes import start, wait_for

STOPS_WITHIN = 20.0  # seconds


@contextmanager
def web_processes(count: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Serve by `count` processes, and give their addresses; `folder` is for what they want of static files."""
    (folder / "staticfiles.json").write_text(json.dumps({"paths": {}, "version": "1.1", "hash": ""}))
    monkeypatch.setenv("STATIC_ROOT", str(folder))
    ports = [_free_port() for _number in range(count)]
    processes = [start("web", "--port", str(port), "--workers", "1") for port in ports]
    readers = [threading.Thread(target=process.communicate, daemon=True) for process in processes]
    for reader in readers:
        reader.start()  # a pipe that nobody reads fills up
    try:
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for address, process in zip(addresses, processes, strict=True):
            wait_for(lambda address=address: _answers(address), process)  # type: ignore[misc]
        yield addresses
    finally:
        for process in processes:
            process.terminate()
        for reader in readers:
            reader.join(STOPS_WITHIN)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/healthz", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False
