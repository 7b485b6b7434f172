"""A site to measure: demo data, the real server in a process of its own, and a visitor who keeps a connection."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from navette.accounts.models import User
from navette.demo.generator import make_demo
from navette.demo.plan import SIZES, Plan, Size
from navette.web.gate import PASSED

LONGEST_START = 60  # seconds
LONGEST_IDLE = 20  # seconds; the server ends a connection on which nothing has been asked for 30
NO_HEADERS: Mapping[str, str] = {}


def make_data(size: Size = SIZES["small"]) -> None:
    """Write the demo's data of that size into this benchmark's empty database, and collect the static files."""
    make_demo(Plan("gironde", size, site_url=settings.SITE_URL))
    call_command("collectstatic", interactive=False, verbosity=0)


@contextmanager
def serving(environment: Mapping[str, str] = os.environ, *, workers: int = 1) -> Iterator[int]:
    """Serve the site of `environment` as `navette web` does, with so many workers, and give the port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "navette.config.cli", "web", "--workers", str(workers), "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Return once the server answers; RuntimeError where it ends instead, or takes too long."""
    deadline = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server has not started.")


class Visitor:
    """Somebody with a kept connection to the server, logged in where a session is given."""

    def __init__(self, port: int, session: str = "") -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._asked_at = time.monotonic()
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}

    def get(self, path: str, headers: Mapping[str, str] = NO_HEADERS) -> bytes:
        """Return what is at `path`, as it is sent; AssertionError where it is not there."""
        status, _address, body = self._ask("GET", path, headers)
        assert status == 200, f"{path} answers {status}"
        return body

    def sent_to(self, path: str) -> str:
        """Return where `path` redirects to; AssertionError where it does not."""
        status, address, _body = self._ask("GET", path)
        assert status == 302, f"{path} answers {status}"
        return address

    def post(self, path: str, fields: Mapping[str, str]) -> bytes:
        """Return what a form of `fields` posted to `path` gets; AssertionError where that is not status 200."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _address, body = self._ask("POST", path, form, urlencode(fields))
        assert status == 200, f"{path} answers {status}"
        return body

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str] = NO_HEADERS, body: str = ""
    ) -> tuple[int, str, bytes]:
        """Return an answer's status, the address that it redirects to, and its body."""
        if time.monotonic() - self._asked_at > LONGEST_IDLE:
            self._connection.close()  # the next request opens another
        self._connection.request(method, path, body=body or None, headers=self._headers | dict(headers))
        answer = self._connection.getresponse()
        found = answer.status, answer.headers.get("Location", ""), answer.read()
        self._asked_at = time.monotonic()
        return found


def session_of(user: User) -> str:
    """Return the key of a new session of `user`, whose second factor is passed where they have one."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    factor = Authenticator.objects.filter(user=user).first()
    if factor is not None:
        session = client.session
        session[PASSED] = factor.pk
        session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value
