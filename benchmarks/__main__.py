"""Run the benchmarks named on the command line, or all of them, and print one table."""

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import django
from django.core.management import call_command

import benchmarks
from benchmarks.harness import Figure, environment, fresh_database, table

NOT_BENCHMARKS = {"__main__", "bare", "crowd", "harness", "people", "ready", "signon_world", "sink", "site"}


def names() -> list[str]:
    """Return the names of the benchmarks there are."""
    return [found.name for found in pkgutil.iter_modules(benchmarks.__path__) if found.name not in NOT_BENCHMARKS]


def run_apart(name: str) -> list[Figure]:
    """Run one benchmark in a process and on a database of its own; SystemExit if it fails."""
    with tempfile.TemporaryDirectory() as data, fresh_database(os.environ.get("DATABASE_URL")) as database:
        result = Path(data, "figures.json")
        command = [sys.executable, "-m", "benchmarks", "--here", str(result), name]
        subprocess.run(command, env=environment(database, data), check=True)
        return [Figure(**row) for row in json.loads(result.read_text())]


def run_here(name: str, result: Path) -> None:
    """Run one benchmark in this process, and write its figures to `result`."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "navette.config.settings"
    django.setup()
    call_command("migrate", verbosity=0)
    figures = importlib.import_module(f"benchmarks.{name}").run()
    result.write_text(json.dumps([asdict(figure) for figure in figures]))


def main() -> int:
    """Return 1 where an aim was missed."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names())}; by default all of them")
    parser.add_argument("--here", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        run_here(asked.names[0], asked.here)
        return 0
    if unknown := set(asked.names) - set(names()):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    for name in asked.names or names():
        print(f"... {name}", flush=True)
        figures += run_apart(name)
    print(table(figures))
    return 0 if all(figure.is_met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
