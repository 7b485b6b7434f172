"""What every benchmark uses: a database of its own, and figures that print as one table.

A benchmark is a module of this package with a function `run() -> list[Figure]`, and perhaps `PROFILE`, the portal's
profile that it wants (gironde otherwise). It runs in a process of its own, with Django set up on a fresh, migrated
database: the one of DATABASE_URL's server, or a temporary SQLite file. `python -m benchmarks NAME...` finds it by name.
"""

import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg


@dataclass(frozen=True)
class Figure:
    """One thing measured, against `reference` (measured in the same run) where there is one.

    `aim` bounds the ratio measured/reference, or without a reference the figure itself: from above, or from below
    where `at_least`. Without an aim the figure is only told.
    """

    what: str
    measured: float
    unit: str
    reference: float | None = None
    aim: float | None = None
    at_least: bool = False

    @property
    def value(self) -> float:
        """Return what the aim bounds."""
        return self.measured if self.reference is None else self.measured / self.reference

    @property
    def is_met(self) -> bool:
        """Say whether the aim is reached; True where there is none."""
        if self.aim is None:
            return True
        return self.value >= self.aim if self.at_least else self.value <= self.aim


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def peak_memory() -> float:
    """Return the highest resident memory of this process so far, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


@contextmanager
def fresh_database(url: str | None) -> Iterator[str]:
    """Give the address of an empty database beside that of `url` (PostgreSQL), or in a temporary SQLite file."""
    if url and urlsplit(url).scheme.startswith("postgres"):
        with _on_postgres(url) as made:
            yield made
        return
    with tempfile.TemporaryDirectory(prefix="navette-bench-") as folder:
        yield f"sqlite:///{folder}/bench.sqlite3"


@contextmanager
def _on_postgres(url: str) -> Iterator[str]:
    name = f"navette_bench_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def environment(database: str, data: str) -> dict[str, str]:
    """Return the environment of a benchmark's process: a server's settings, on `database`, with its files in `data`."""
    return os.environ | {
        "NAVETTE_DATA": data,
        "NAVETTE_DEMO": "0",
        "DATABASE_URL": database,
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "SITE_URL": "https://navette.example.org",
        "SECURE_SSL_REDIRECT": "0",
        "EMAIL_URL": "smtp://127.0.0.1:9",
        "DEFAULT_FROM_EMAIL": "navette@example.org",
        "LOG_LEVEL": "WARNING",
    }


def table(figures: list[Figure]) -> str:
    """Return the figures as a table in plain text."""
    rows = [("what", "measured", "reference", "ratio", "aim", "")] + [_row(figure) for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    reference, ratio, aim, verdict = "", "", "", ""
    if figure.reference is not None:
        reference, ratio = _number(figure.reference, figure.unit), f"{figure.value:.2f}"
    if figure.aim is not None:
        bound = f"{figure.aim:g}" if figure.reference is not None else _number(figure.aim, figure.unit)
        aim, verdict = f"{'>=' if figure.at_least else '<='} {bound}", "met" if figure.is_met else "MISSED"
    return figure.what, _number(figure.measured, figure.unit), reference, ratio, aim, verdict


def _number(value: float, unit: str) -> str:
    return f"{value:,.0f} {unit}" if abs(value) >= 100 else f"{value:.3g} {unit}"


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()
