"""Real `navette` processes on the tests' own database, to be killed."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

NAVETTE = Path(sys.executable).parent / "navette"
PATIENCE = 60.0  # seconds, on a slow machine


def database_url() -> str:
    """Return the address of the database that this test runs on."""
    here = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{here['NAME']}"
    password = f":{here['PASSWORD']}" if here["PASSWORD"] else ""
    return f"postgres://{here['USER']}{password}@{here['HOST']}:{here['PORT'] or 5432}/{here['NAME']}"


def start(*command: str, mail_port: int = 9) -> subprocess.Popen[str]:
    """Start `navette COMMAND...`, its mails going to `mail_port` of loopback."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "LOG_LEVEL": "INFO",
        "PYTHONWARNINGS": "default",
    }
    return subprocess.Popen([NAVETTE, *command], env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process as the machine's fall would: at once, without a word."""
    process.kill()
    process.communicate()


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Wait for a process to end, and return its code and what it wrote."""
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Wait until `condition` holds, or `process` has ended."""
    until = time.monotonic() + PATIENCE
    while not condition():
        if process is not None and process.poll() is not None:
            return
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)
