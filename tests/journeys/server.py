"""The running demo that the journeys visit: real processes, a real database, mails as files."""

import email
import email.policy
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections

from tests.accounts.authenticator import code_of

NAVETTE = Path(sys.executable).parent / "navette"
DEMO_PASSWORD = "Navette-demo-2026!"
STAFF_SECRET = "JBSWY3DPEHPK3PXP"
STEP = 30  # seconds that a code of the second factor lasts
PATIENCE = 90  # seconds for the demo to be ready on a slow machine
MAIL_PATIENCE = 20


@dataclass
class Site:
    """A demo that runs: its address, its data folder and the environment of its commands."""

    url: str
    data: Path
    env: dict[str, str]
    last_step: int = 0

    def next_code(self, secret: str) -> str:
        """Return a code of `secret` that has not served yet: a code serves once, whoever of the staff logs in.

        A phone's clock may be off by one step, so that three people come in within thirty seconds; a fourth waits.
        """
        step = max(self.last_step + 1, int(time.time()) // STEP - 1)
        time.sleep(max(0.0, (step - 1) * STEP - time.time()))
        self.last_step = step
        return code_of(secret, at=step * STEP)

    def run(self, *command: str) -> str:
        """Run `navette COMMAND...` on the demo's data and return what it printed."""
        done = subprocess.run([NAVETTE, *command], env=self.env, capture_output=True, text=True, check=True)
        return done.stdout

    def mails_to(self, address: str) -> list[EmailMessage]:
        """Return the mails to `address`, oldest first."""
        found = []
        for path in sorted((self.data / "mails").glob("*.eml")):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            if address in str(message["To"]):
                found.append(message)
        return found

    def mail_to(self, address: str, subject: str, holding: str = "") -> EmailMessage:
        """Return the last mail to `address` whose subject holds `subject`, and text `holding`, once it is sent."""
        until = time.monotonic() + MAIL_PATIENCE
        while time.monotonic() < until:
            about = [mail for mail in self.mails_to(address) if subject in str(mail["Subject"])]
            found = [mail for mail in about if holding in text_of(mail)]
            if found:
                return found[-1]
            time.sleep(0.1)
        subjects = [str(mail["Subject"]) for mail in self.mails_to(address)]
        raise AssertionError(f"no mail to {address} about {subject!r}; there are {subjects}")


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None, "a mail has no plain text"
    return str(part.get_content())


def link_of(mail: EmailMessage, holding: str) -> str:
    """Return the first address in the text of `mail` that holds `holding`."""
    return next(word for word in text_of(mail).split() if word.startswith("http") and holding in word)


def free_port() -> int:
    """Return a TCP port that is free on loopback now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def database_of_its_own(data: Path, profile: str) -> tuple[str, str]:
    """Return the address of a new database beside the one under test, and its name where it must be dropped."""
    settings = connections["default"].settings_dict
    if settings["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{data / 'navette.sqlite3'}", ""
    name = f"navette_journeys_{profile}_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")), name


def drop_database(name: str) -> None:
    """Drop what `database_of_its_own` made on a server."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def start(data: Path, database_url: str, profile: str) -> tuple["subprocess.Popen[str]", Site]:
    """Start `navette demo` and return it with its site once it says that it is ready."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "EMAIL_URL", "SITE_URL"}}
    env = kept | {
        "NAVETTE_DEMO": "1",
        "NAVETTE_DATA": str(data),
        "DATABASE_URL": database_url,
        "PORT": str(port),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }
    command = [str(NAVETTE), "demo", "--profile", profile, "--port", str(port)]
    with (data / "demo.log").open("w") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT, text=True)
    url = f"http://127.0.0.1:{port}"
    until = time.monotonic() + PATIENCE
    while f"Navette: {url}" not in (data / "demo.log").read_text():
        assert process.poll() is None, (data / "demo.log").read_text()
        assert time.monotonic() < until, (data / "demo.log").read_text()
        time.sleep(0.1)
    return process, Site(url, data, env)
