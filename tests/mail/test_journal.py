"""What a sender's journal tells of it when it has fallen (SUB-06)."""

import datetime as dt
import fcntl
import os
import shutil
from pathlib import Path

import pytest

from navette.core import clock
from navette.mail import claims, journal
from navette.mail.delivery import Sender, settle_fallen
from navette.mail.journal import Journal, fallen
from navette.mail.models import MailState, OutgoingMail
from tests.factories import MailFactory


def _fall(living: Journal) -> None:
    """Have the journal's sender fall: its lock goes, its file stays."""
    assert living._file is not None
    os.close(living._file)


def _states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def batch(db: None, tmp_path: Path) -> tuple[Journal, claims.Batch]:
    """Return a sender's journal and the batch of four mails that it has claimed."""
    MailFactory.create_batch(4)
    written, claimed = Journal(tmp_path), claims.Batch(clock.now())
    claims.claim(claimed, 4, written.claim)
    return written, claimed


def test_a_fallen_sender_leaves_one_mail_uncertain_and_the_others_as_they_are(
    batch: tuple[Journal, claims.Batch], tmp_path: Path
) -> None:
    written, claimed = batch
    went, kept, under_way, _untouched = (mail.pk for mail in claimed.mails)
    written.begun(went)
    written.sent(went)
    written.begun(kept)
    written.kept(kept)
    written.begun(under_way)
    _fall(written)
    settle_fallen(tmp_path)
    assert _states() == [MailState.SENT, MailState.QUEUED, MailState.UNCERTAIN, MailState.QUEUED]
    assert list(tmp_path.iterdir()) == []


def test_a_line_cut_short_is_no_line(batch: tuple[Journal, claims.Batch], tmp_path: Path) -> None:
    written, claimed = batch
    written.begun(claimed.mails[0].pk)
    written._note(f"sent {claimed.mails[0].pk}")
    _fall(written)
    settle_fallen(tmp_path)
    assert _states() == [MailState.UNCERTAIN] + [MailState.QUEUED] * 3


def test_a_living_sender_s_mails_are_left_alone(batch: tuple[Journal, claims.Batch], tmp_path: Path) -> None:
    written, _claimed = batch
    settle_fallen(tmp_path)
    assert _states() == [MailState.SENDING] * 4
    written.close()
    assert list(tmp_path.iterdir()), "what is not settled stays for others to read"


def test_after_a_fall_of_the_machine_the_journal_says_nothing(
    batch: tuple[Journal, claims.Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last lines may be lost: all of the batch is uncertain in the end."""
    written, _claimed = batch
    _fall(written)
    monkeypatch.setattr(journal, "boot_id", lambda: "another start")
    settle_fallen(tmp_path)
    assert _states() == [MailState.SENDING] * 4


def test_a_journal_of_another_time_changes_nothing(batch: tuple[Journal, claims.Batch], tmp_path: Path) -> None:
    written, claimed = batch
    written.begun(claimed.mails[0].pk)
    _fall(written)
    OutgoingMail.objects.update(claimed_at=clock.now() + dt.timedelta(seconds=1))
    settle_fallen(tmp_path)
    assert _states() == [MailState.SENDING] * 4


def test_settling_is_taken_up_again_where_the_database_failed(
    batch: tuple[Journal, claims.Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, _claimed = batch
    _fall(written)
    with monkeypatch.context() as broken:
        broken.setattr(claims, "put_back", lambda at, pks: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            settle_fallen(tmp_path)
    settle_fallen(tmp_path)
    assert _states() == [MailState.QUEUED] * 4


def test_a_new_journal_that_somebody_took_for_a_fallen_one_s_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    lock = fcntl.flock

    def take_first(file: int, operation: int) -> None:
        lock(file, operation)
        if not taken:
            taken.append(1)
            next(tmp_path.iterdir()).unlink()

    monkeypatch.setattr(journal.fcntl, "flock", take_first)  # type: ignore[attr-defined]
    written = Journal(tmp_path)
    written.claim(clock.now(), [1])
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.undo()
    assert list(fallen(tmp_path)) == []
    written.clear()
    written.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_where_nothing_can_be_noted_nothing_is_sent(tmp_path: Path) -> None:
    MailFactory()
    (tmp_path / "sending").write_text("a file where the folder should be")
    sender = Sender(journals=tmp_path / "sending")
    with pytest.raises(OSError, match="sending"):
        sender.round()
    sender.close()
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert _states() == [MailState.QUEUED]


@pytest.mark.django_db
def test_without_knowing_the_machine_s_start_one_mail_at_a_time_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("navette.mail.delivery.boot_id", lambda: "")
    MailFactory.create_batch(3)
    sender = Sender(journals=tmp_path)
    assert sender.round().ended == {MailState.SENT: 1}
    sender.close()
