"""The export of 50,000 subscribers against bare XlsxWriter writing the same cells, in time and in memory.

Each runs in a process of its own. Ours reads the database and works out what every row shows; the reference
(`benchmarks/bare/workbook.py`) is given the rows, and for its time even has them in memory before the clock starts.
"""

import json
import pickle
import subprocess
import sys
import tempfile
from contextlib import closing
from itertools import islice
from pathlib import Path

from benchmarks import ready as _ready  # noqa: F401 - before the models
from benchmarks.harness import Figure, peak_memory, timed
from benchmarks.site import make_data
from navette.accounts.models import User
from navette.demo.plan import Size
from navette.subscriptions.queries import SubscriptionQuerySet
from navette.web.pro.access import Workspace
from navette.web.pro.export import export_response, export_rows

COUNT = 50_000
CHUNK = 1_000
TURNS = 3


def run() -> list[Figure]:
    """Export both ways in turn, TURNS times; the best of each."""
    make_data(Size(libraries=120, readers=COUNT, first=COUNT))
    with tempfile.TemporaryDirectory() as folder:
        rows, ours, bare = (Path(folder, name) for name in ("rows", "ours.xlsx", "bare.xlsx"))
        _keep_rows(rows)
        commands = (["xlsx", str(ours)], ["bare.workbook", "all", str(rows), str(bare)])
        taken = [[_apart(*command) for command in commands] for _turn in range(TURNS)]
        memory = _apart("bare.workbook", "some", str(rows), str(bare))["memory"]
        assert abs(ours.stat().st_size / bare.stat().st_size - 1) < 0.1, "the workbooks do not hold the same"
    best, reference = (min(column, key=lambda row: row["seconds"]) for column in zip(*taken, strict=True))
    return [
        Figure(f"xlsx of {COUNT:,} rows, to bare XlsxWriter", best["seconds"], "s", reference["seconds"], aim=1.5),
        Figure("xlsx: peak memory of the process", best["memory"], "MB", memory),
    ]


def _found() -> tuple[Workspace, SubscriptionQuerySet]:
    workspace = Workspace(User.objects.get(identifier="sauveterre de guyenne"))
    return workspace, workspace.subscriptions.order_by("by_last_name", "id")


def _keep_rows(path: Path) -> None:
    """Write the rows of the export to a file, a thousand at a time, an empty list last."""
    rows = export_rows(_found()[1])
    with path.open("wb") as file:
        while chunk := [tuple(row) for row in islice(rows, CHUNK)]:
            pickle.dump(chunk, file)
        pickle.dump([], file)


def _apart(module: str, *arguments: str) -> dict[str, float]:
    """Run a module of this package as a process; return what it prints."""
    command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _export(target: Path) -> None:
    """Write the workbook that the list's export sends to `target`."""
    with closing(export_response(*_found())) as answer, target.open("wb") as file:
        file.writelines(answer)


if __name__ == "__main__":
    print(json.dumps({"seconds": timed(lambda: _export(Path(sys.argv[1]))), "memory": peak_memory()}))
