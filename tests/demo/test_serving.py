"""The demo's two processes live and die together."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from navette.demo import serving
from navette.demo.serving import CannotServe, serve

ANSWERS = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Fine(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()
    def log_message(self, *args):
        pass
HTTPServer(("127.0.0.1", int(sys.argv[1])), Fine).serve_forever()
"""
SLEEPS = "import time; time.sleep(60)"
ENDS = "raise SystemExit(3)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
Start = Callable[[str, str], int]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Return the children by name; none outlives the test, and this process keeps its own signals."""
    started: dict[str, subprocess.Popen[bytes]] = {}
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)
    yield started
    for child in started.values():
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, children: dict[str, "subprocess.Popen[bytes]"]) -> Start:
    """Return what makes the web server and the worker run these scripts, and gives the port."""

    def scripts(web: str, worker: str) -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])

        def run(arguments: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
            script = web if arguments[0] == "web" else worker
            children[arguments[0]] = subprocess.Popen(
                [sys.executable, "-c", script, str(port)], start_new_session=True, stdout=subprocess.PIPE
            )
            return children[arguments[0]]

        monkeypatch.setattr(serving, "_start", run)
        return port

    return scripts


def ended(children: dict[str, "subprocess.Popen[bytes]"]) -> bool:
    """Say whether both children have ended."""
    return len(children) == 2 and all(child.poll() is not None for child in children.values())


def test_a_worker_that_ends_takes_the_web_server_along(
    start: Start, children: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    running = serve("127.0.0.1", start(ANSWERS, SLEEPS), {})
    next(running)
    children["worker"].kill()
    with pytest.raises(CannotServe, match="The worker ended by itself"):
        next(running)
    assert ended(children)


def test_a_web_server_that_never_answers_and_ends_is_told(
    start: Start, children: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    with pytest.raises(CannotServe, match=r"The web server ended by itself \(exit code 3\)"):
        next(serve("127.0.0.1", start(ENDS, SLEEPS), {}))
    assert ended(children)


def test_a_web_server_that_never_answers_is_given_up(
    start: Start, children: dict[str, "subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "READY_WITHIN", 0.5)
    with pytest.raises(CannotServe, match="did not answer"):
        next(serve("127.0.0.1", start(SLEEPS, SLEEPS), {}))
    assert ended(children)


def test_the_address_is_given_once_it_answers_and_stopping_ends_both(
    start: Start, children: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    port = start(ANSWERS, SLEEPS)
    running = serve("127.0.0.1", port, {})
    assert next(running) == f"http://127.0.0.1:{port}"
    with pytest.raises(KeyboardInterrupt):
        running.throw(KeyboardInterrupt)
    assert ended(children)


def test_a_child_that_will_not_stop_is_killed(
    start: Start, children: dict[str, "subprocess.Popen[bytes]"], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STOP_WITHIN", 0.3)
    running = serve("127.0.0.1", start(ANSWERS, DEAF), {})
    next(running)
    deaf = children["worker"]
    assert deaf.stdout is not None
    assert deaf.stdout.readline() == b"deaf\n"
    with pytest.raises(KeyboardInterrupt):
        running.throw(KeyboardInterrupt)
    assert ended(children)
    assert deaf.returncode == -signal.SIGKILL
