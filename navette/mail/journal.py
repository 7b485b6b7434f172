"""What a sender notes on its own disk while it sends, so that its fall leaves as little doubt as can be (SUB-06).

Mails are claimed in the database a batch at a time: a commit for each would cost more than all the rest. If the
sender falls, its rows say no more than "being sent"; its journal says which of them it had not begun, and which had
gone. A journal only ever takes doubt away: without it, or when the machine itself fell (its last lines may be lost,
which the machine's boot identifier tells), the whole batch is shown as uncertain.
"""

import datetime as dt
import fcntl
import os
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

_LINUX, _MACOS = Path("/proc/sys/kernel/random/boot_id"), Path("/usr/sbin/sysctl")


@lru_cache(maxsize=1)
def boot_id() -> str:
    """Return what tells this start of the machine from any other; an empty text where the system does not say."""
    if _LINUX.exists():
        return _LINUX.read_text().strip()
    if _MACOS.exists():
        asked = [str(_MACOS), "-n", "kern.bootsessionuuid"]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
    return ""


@dataclass
class Notes:
    """What a journal says of the batch that its sender had claimed at `at`."""

    at: dt.datetime | None = None
    boot: str = ""
    mails: list[int] = field(default_factory=list)
    begun: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    kept: set[int] = field(default_factory=set)  # begun, and surely not delivered

    @property
    def uncertain(self) -> set[int]:
        """Return the mails that may or may not have gone: one at most, as they are sent one by one."""
        return self.begun - self.sent - self.kept


class Journal:
    """The journal of one living sender: a file that it holds locked, so that the lock falls with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: int | None = None
        self._path = folder

    def claim(self, at: dt.datetime, mails: Iterable[int]) -> None:
        """Note a batch, before its claim is committed. OSError where nothing can be written."""
        self.clear()
        self._note(f"boot {boot_id()}\nat {at.isoformat()}\nmails {' '.join(map(str, mails))}\n")

    def begun(self, mail: int) -> None:
        """Note that a mail is about to go; it may not before this has returned."""
        self._note(f"begun {mail}\n")

    def sent(self, mail: int) -> None:
        """Note that a mail went."""
        self._note(f"sent {mail}\n")

    def kept(self, mail: int) -> None:
        """Note that a mail begun was surely not delivered."""
        self._note(f"kept {mail}\n")

    def clear(self) -> None:
        """Forget the batch: the database knows how it ended."""
        if self._file is not None:
            os.ftruncate(self._file, 0)

    def close(self) -> None:
        """Leave the journal, for others to read if it still holds something."""
        if self._file is None:
            return
        if os.fstat(self._file).st_size == 0:
            self._path.unlink(missing_ok=True)
        os.close(self._file)
        self._file = None

    def _note(self, lines: str) -> None:
        while self._file is None:
            self._file = self._open()
        os.write(self._file, lines.encode())

    def _open(self) -> int | None:
        """Open a new file and lock it; None where another sender took it for a fallen one's between the two."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path = self.folder / f"{uuid.uuid4().hex}.journal"
        file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        if self._path.exists():
            return file
        os.close(file)
        return None


def fallen(folder: Path) -> Iterator[Notes]:
    """Give what the journals of fallen senders say; each is removed when the caller has dealt with it.

    A journal of another start of the machine, or of another machine that shares the folder, says nothing.
    """
    for path in sorted(folder.glob("*.journal")):
        try:
            file = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            notes = _read(path)
            if notes.at and notes.boot and notes.boot == boot_id():
                yield notes
            path.unlink(missing_ok=True)
        except BlockingIOError:
            continue  # its sender lives
        finally:
            os.close(file)


def _read(path: Path) -> Notes:
    notes = Notes()
    *lines, _cut_short = path.read_text().split("\n")
    for line in lines:
        word, _, value = line.partition(" ")
        if word == "boot":
            notes.boot = value
        elif word == "at":
            notes.at = dt.datetime.fromisoformat(value)
        elif word == "mails":
            notes.mails = [int(mail) for mail in value.split()]
        else:
            {"begun": notes.begun, "sent": notes.sent, "kept": notes.kept}[word].add(int(value))
    return notes
