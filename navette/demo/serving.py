"""Running the demo: its worker and its web server as children, from the first answer to the last."""

import contextlib
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from types import FrameType

READY_WITHIN = 60.0  # seconds
STOP_WITHIN = 10.0
LOOK_EVERY = 0.2


class CannotServe(Exception):
    """The demo can't be served; the message is a sentence for whoever started it."""


def is_loopback(host: str) -> bool:
    """Say whether only this machine reaches `host`."""
    if host == "localhost":
        return True
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


def base_url(host: str, port: int) -> str:
    """Return the address at which the demo answers; for a server on every interface, this machine's own."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def require_free(host: str, port: int) -> None:
    """Raise CannotServe unless `port` of `host` can be listened on."""
    if not 0 < port < 65_536:
        raise CannotServe(f"There is no port {port}: choose one from 1 to 65535.")
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotServe(
            f"Port {port} of {host} cannot be used ({error.strerror}). "
            f"Stop what uses it, or choose another one: make demo PORT={8001 if port == 8000 else 8000}"
        ) from error


def serve(host: str, port: int, environment: dict[str, str]) -> Generator[str, None, None]:
    """Run worker and web server until one ends or this process is told to stop.

    Yields the address once it answers. Raises CannotServe when a child ends by itself or none answers in a minute.
    """
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts what it puts in the background deaf to SIGINT
        signal.signal(number, _stop)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        children["web server"] = _start(["web", "--host", host, "--port", str(port)], environment)
        children["worker"] = _start(["worker"], environment)
        _await_answer(base_url(host, port), children)
        yield base_url(host, port)
        while True:
            _require_alive(children)
            time.sleep(LOOK_EVERY)
    finally:
        _end(list(children.values()))


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this process only, which then ends its children in order.
    command = [sys.executable, "-m", "navette.config.cli", *arguments]
    return subprocess.Popen(command, env=os.environ | environment, start_new_session=True)  # noqa: S603 - our own


def _await_answer(address: str, children: dict[str, subprocess.Popen[bytes]]) -> None:
    give_up = time.monotonic() + READY_WITHIN
    while time.monotonic() < give_up:
        _require_alive(children)
        if _answers(f"{address}/healthz"):
            return
        time.sleep(LOOK_EVERY)
    raise CannotServe(f"The web server did not answer at {address} within {READY_WITHIN:.0f} seconds.")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _require_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            raise CannotServe(f"The {name} ended by itself (exit code {child.returncode}): the demo stops.")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    give_up = time.monotonic() + STOP_WITHIN
    for child in children:
        try:
            child.wait(max(give_up - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
