"""The portal as a server runs it: `navette web` behind an Apache that ends https, on the tests' own database."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.apache.httpd import PATIENCE, Server, listens, running
from tests.journeys.server import NAVETTE, free_port
from tests.lifecycle.processes import database_url

HOST = "localhost"  # and vendors at 127.0.0.1: another site for the browser, which gives them no cookie of ours
FRONT = """\
RequestHeader set X-Forwarded-Proto https
ProxyPreserveHost On
ProxyPass / http://127.0.0.1:{port}/
"""


@dataclass(frozen=True)
class RunningPortal:
    """A portal that answers: its public address, the file of the certificate that it shows, its commands' settings."""

    url: str
    certificate: Path
    env: Mapping[str, str]
    log: Path

    def get(self, path: str, **query: str) -> requests.Response:
        """Return what the portal answers to somebody unknown, redirects not followed."""
        return requests.get(
            f"{self.url}{path}", params=query, verify=str(self.certificate), allow_redirects=False, timeout=PATIENCE
        )

    def metadata(self) -> bytes:
        """Return the portal's SAML metadata, as a vendor reads them."""
        answer = self.get("/saml/metadata")
        assert answer.status_code == 200, answer.text
        return answer.content

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Have the worker at work, which tells vendors that readers have logged out."""
        with _process("worker", env=self.env, log=self.log.with_name("worker.log")):
            yield


@contextmanager
def collecting(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Collect the static files into `root`, while something else is done."""
    command, env = ("collectstatic", "--noinput", "-v0"), os.environ | {"STATIC_ROOT": str(root / "static")}
    with _process(*command, env=env, log=root / "collectstatic.log") as process:
        yield process


@contextmanager
def started(root: Path, front: Server, collected: "subprocess.Popen[str]") -> Iterator[RunningPortal]:
    """Run the portal behind `front` once `collected` has ended, and yield it once it answers."""
    port, log, certificate = free_port(), root / "portal.log", front.home / "certificate.pem"
    assert collected.wait(PATIENCE) == 0, (root / "collectstatic.log").read_text()
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "SITE_URL": front.url,
        "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
        "TRUSTED_PROXIES": "1",
        "SECURE_SSL_REDIRECT": "1",
        "STATIC_ROOT": str(root / "static"),
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "LOG_LEVEL": "INFO",
        "REQUESTS_CA_BUNDLE": str(certificate),
    }
    with (
        _process("web", "--port", str(port), "--workers", "1", env=env, log=log) as process,
        running(front, "", FRONT.format(port=port)),
    ):
        until = time.monotonic() + PATIENCE
        while not listens(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield RunningPortal(front.url, certificate, env, log)


@contextmanager
def _process(*command: str, env: Mapping[str, str], log: Path) -> Iterator["subprocess.Popen[str]"]:
    with log.open("w") as output:
        process = subprocess.Popen([NAVETTE, *command], env=env, stdout=output, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)
