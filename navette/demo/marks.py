"""What tells that a data folder and a database are the demo's: nothing else is ever emptied."""

import json
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from navette.accounts.models import User
from navette.core import clock
from navette.demo import DEMO_MARK
from navette.demo.models import DemoMark
from navette.portal.models import Portal


@dataclass(frozen=True)
class Wanted:
    """Which demo is asked for."""

    profile: str
    size: str
    seed: int


def read_folder_mark(folder: Path) -> dict[str, Any]:
    """Return what the folder's mark says; an empty dict where there is none, or none that can be read."""
    try:
        mark = json.loads((folder / DEMO_MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return mark if isinstance(mark, dict) else {}


def write_marks(folder: Path, wanted: Wanted) -> None:
    """Mark folder and database as the demo's, before the first row of data."""
    token = uuid.uuid4().hex
    DemoMark(
        pk=1,
        token=token,
        profile=wanted.profile,
        size=wanted.size,
        seed=wanted.seed,
        made_on=clock.today(),
    ).save(force_insert=True)
    mark = {"profile": wanted.profile, "size": wanted.size, "seed": wanted.seed, "token": token}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DEMO_MARK).write_text(json.dumps(mark) + "\n", encoding="utf-8")


def finish_mark() -> None:
    """Note that the data are whole."""
    DemoMark.objects.update(is_finished=True)


def holds_foreign_data() -> bool:
    """Say whether the database holds data that the demo did not make. Asked before anything is migrated."""
    tables = set(connection.introspection.table_names())
    if DemoMark._meta.db_table in tables and DemoMark.objects.exists():
        return False
    ours = [model for model in (User, Portal) if model._meta.db_table in tables]
    return any(model.objects.exists() for model in ours)


def why_anew(folder: Path, wanted: Wanted) -> str | None:
    """Return why the data must be made (again), as a sentence; None when those that there are will do."""
    mark = DemoMark.objects.first()
    if mark is None:
        return "There is no demo here yet."
    if mark.token != read_folder_mark(folder).get("token"):
        return "The database's demo was made with another data folder."
    if not mark.is_finished:
        return "The last making of the demo was interrupted."
    there = Wanted(mark.profile, mark.size, mark.seed)
    if there != wanted:
        return f"The demo here is another one ({there.profile}, {there.size}, seed {there.seed})."
    return None


def empty(folder: Path) -> None:
    """Empty the demo's database and its mails; call it only where `holds_foreign_data` said no."""
    call_command("flush", interactive=False, verbosity=0)
    if read_folder_mark(folder):
        for mail in (folder / "mails").glob("*.eml"):
            mail.unlink()
