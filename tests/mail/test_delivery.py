"""Each mail goes once, whatever the server, the database or another sender do (SUB-06)."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine
from django.core import mail as django_mail
from django.db import OperationalError
from pytest_django import Settings

from navette.core import clock
from navette.mail import claims, delivery
from navette.mail.delivery import MOST_ATTEMPTS, Sender, delay_after, give_up_abandoned
from navette.mail.models import MailState, OutgoingMail
from navette.mail.transport import FolderBackend, NotSent, SMTPBackend
from tests.at_once import at_once
from tests.factories import MailFactory
from tests.mail.server import DROP, MailServer, mail_server, refuse_at

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def journals(settings: Settings, tmp_path: Path) -> Path:
    """Give the senders of each test a folder of their own for what they note."""
    settings.DATA = tmp_path
    return tmp_path / "sending"


def _sender(server: MailServer) -> Sender:
    return Sender(SMTPBackend(host="127.0.0.1", port=server.port, timeout=5))


def _states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


def test_queued_mails_go_in_order_over_one_connection() -> None:
    mails = MailFactory.create_batch(5)
    with mail_server() as server:
        sender = _sender(server)
        assert sender.round().ended == {MailState.SENT: 5}
        MailFactory(to_email="last@example.org")
        sender.round()
        sender.close()
        assert list(server.recipients()) == [mail.to_email for mail in mails] + ["last@example.org"]
        assert server.connections == 1
    sent = OutgoingMail.objects.get(pk=mails[0].pk)
    assert (sent.state, sent.attempts, sent.last_error) == (MailState.SENT, 1, "")
    assert sent.sent_at is not None


def test_nothing_is_sent_before_its_time_and_an_empty_outbox_opens_no_connection() -> None:
    MailFactory(next_attempt_at=clock.now() + dt.timedelta(minutes=1))
    with mail_server() as server:
        assert not _sender(server).round().busy
        assert server.connections == 0


def test_an_address_refused_fails_with_the_reason_and_the_others_go() -> None:
    bad, good = MailFactory(to_email="bad@example.org"), MailFactory()
    with mail_server(rule=refuse_at("rcpt", "550 no such user", only="bad@example.org")) as server:
        sender = _sender(server)
        sender.round()
        sender.close()
        assert list(server.recipients()) == [good.to_email]
    bad.refresh_from_db()
    assert (bad.state, bad.last_error) == (MailState.FAILED, "550 no such user")


def test_an_address_that_no_wire_takes_fails_and_the_others_go() -> None:
    MailFactory(to_email="nobody")
    MailFactory()
    with mail_server() as server:
        sender = _sender(server)
        sender.round()
        sender.close()
    assert _states() == [MailState.FAILED, MailState.SENT]


def test_not_now_is_tried_again_later_and_later() -> None:
    mail = MailFactory()
    with mail_server(rule=refuse_at("rcpt", "450 greylisted")) as server:
        sender = _sender(server)
        sender.round()
        mail.refresh_from_db()
        assert (mail.state, mail.attempts, mail.last_error) == (MailState.QUEUED, 1, "450 greylisted")
        assert mail.next_attempt_at > clock.now()
        server.rule = lambda stage, recipient: None
        assert not sender.round().ended
        with time_machine.travel(clock.now() + delay_after(1)):
            assert sender.round().ended == {MailState.SENT: 1}
        sender.close()


def test_delays_grow_to_half_an_hour_and_no_further() -> None:
    minutes = [delay_after(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 4, 5, 6, 7, 100)]
    assert minutes == [1, 2, 4, 8, 16, 30, 30, 30]


def test_not_now_for_days_ends_as_a_failure_that_staff_see() -> None:
    MailFactory(attempts=MOST_ATTEMPTS - 1)
    with mail_server(rule=refuse_at("rcpt", "450 greylisted")) as server:
        sender = _sender(server)
        sender.round()
        sender.close()
    assert _states() == [MailState.FAILED]


def test_a_server_that_puts_everything_off_is_left_alone() -> None:
    MailFactory.create_batch(delivery.UNWELL_AFTER + 5)
    with mail_server(rule=refuse_at("mail", "452 no room")) as server:
        sender = _sender(server)
        done = sender.round()
        sender.close()
    assert done.away == "452 no room"
    assert done.ended == {MailState.QUEUED: delivery.UNWELL_AFTER}


def test_sub_06_a_server_away_for_a_day_loses_nothing_and_costs_no_mail_an_attempt() -> None:
    MailFactory.create_batch(3)
    with mail_server() as server:
        sender = _sender(server)
    for hour in range(24):
        with time_machine.travel(clock.now() + dt.timedelta(hours=hour)):
            assert sender.round().away
    assert set(OutgoingMail.objects.values_list("state", "attempts")) == {(MailState.QUEUED, 0)}
    with mail_server(port=server.port) as again:
        sender.round()
        sender.close()
        assert sorted(again.recipients().values()) == [1, 1, 1]


def test_a_mail_that_breaks_the_connection_each_time_does_not_hold_up_the_others() -> None:
    poison, _other = MailFactory(to_email="poison@example.org"), MailFactory()
    with mail_server(rule=refuse_at("rcpt", DROP, only="poison@example.org")) as server:
        sender = _sender(server)
        assert sender.round().away
        sender.round()
        sender.close()
    poison.refresh_from_db()
    assert _states() == [MailState.QUEUED, MailState.SENT]
    assert poison.next_attempt_at > clock.now()


def test_sub_06_no_answer_after_the_text_is_uncertain_and_never_sent_again_by_itself() -> None:
    MailFactory(to_email="first@example.org")
    MailFactory(to_email="second@example.org")
    with mail_server(rule=refuse_at("text", DROP, only="first@example.org")) as server:
        sender = _sender(server)
        assert sender.round().ended == {MailState.UNCERTAIN: 1, MailState.SENT: 1}
        with time_machine.travel(clock.now() + dt.timedelta(days=3)):
            assert not sender.round().ended
        sender.close()
        assert server.recipients()["first@example.org"] == 1
    assert _states() == [MailState.UNCERTAIN, MailState.SENT]


def test_sub_06_a_mail_found_claimed_for_long_is_uncertain_and_a_fresh_claim_is_left_alone() -> None:
    MailFactory(state=MailState.SENDING, claimed_at=clock.now() - dt.timedelta(minutes=6))
    MailFactory(state=MailState.SENDING, claimed_at=clock.now() - dt.timedelta(minutes=4))
    assert give_up_abandoned() == 1
    assert _states() == [MailState.UNCERTAIN, MailState.SENDING]


def test_a_sender_slower_than_that_still_tells_the_truth_afterwards() -> None:
    MailFactory()
    with mail_server() as server:
        sender = _sender(server)
        original = sender._hand_over

        def slowly(message: django_mail.EmailMessage) -> NotSent | None:
            outcome = original(message)
            OutgoingMail.objects.update(state=MailState.UNCERTAIN)
            return outcome

        sender._hand_over = slowly  # type: ignore[method-assign]
        sender.round()
        sender.close()
    assert _states() == [MailState.SENT]


def test_a_mail_that_staff_settled_meanwhile_is_not_overwritten() -> None:
    batch = claims.Batch(clock.now(), [MailFactory()])
    batch.sent = [batch.mails[0].pk]
    claims.write(batch)
    assert _states() == [MailState.QUEUED]


def test_a_mail_is_claimed_once() -> None:
    MailFactory.create_batch(3)
    first, second = claims.Batch(clock.now()), claims.Batch(clock.now())
    noted: list[list[int]] = []
    claims.claim(first, 2, lambda at, mails: noted.append(mails))
    claims.claim(second, 2, lambda at, mails: noted.append(mails))
    assert [len(mails) for mails in noted] == [2, 1]
    assert not {mail.pk for mail in first.mails} & {mail.pk for mail in second.mails}


def test_what_a_slow_server_leaves_of_a_batch_goes_back_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "BATCH_SECONDS", -1.0)
    MailFactory.create_batch(3)
    with mail_server() as server:
        sender = _sender(server)
        sender.round()
        sender.close()
        assert server.arrived == []
    assert set(OutgoingMail.objects.values_list("state", "claimed_at", "attempts")) == {(MailState.QUEUED, None, 0)}


@pytest.mark.parametrize("broken", ["write", "claim"])
def test_a_database_lost_at_any_time_is_told_later_and_nothing_is_lost_or_sent_twice(
    broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    MailFactory.create_batch(2)
    with mail_server() as server:
        sender = _sender(server)
        with monkeypatch.context() as lost:
            lost.setattr(claims, broken, _lost_after(getattr(claims, broken)) if broken == "claim" else _lost)
            with pytest.raises(OperationalError):
                sender.round()
        assert _states() == [MailState.SENDING] * 2
        while sender.round().busy:
            pass
        sender.close()
        assert sorted(server.message_ids().values()) == [1, 1]
    assert _states() == [MailState.SENT] * 2


def _lost(*_arguments: object) -> None:
    raise OperationalError("server closed the connection unexpectedly")


def _lost_after(work: Callable[..., None]) -> Callable[..., None]:
    """Return `work` with its answer lost: it is done, and nobody is told."""

    def run(*arguments: object) -> None:
        work(*arguments)
        _lost()

    return run


def test_stopping_finishes_the_mail_begun() -> None:
    MailFactory.create_batch(5)
    with mail_server() as server:
        sender = _sender(server)
        asked: list[int] = []

        def stop() -> bool:
            asked.append(1)
            return len(asked) > 2

        sender.round(stop)
        sender.close()
        assert len(server.arrived) == 2
    assert sorted(_states()) == [MailState.QUEUED] * 3 + [MailState.SENT] * 2


def test_a_full_disk_keeps_the_mail_for_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    MailFactory()
    monkeypatch.setattr(Path, "write_bytes", _full)
    assert Sender(FolderBackend(folder=tmp_path)).round().away
    assert _states() == [MailState.QUEUED]


def _full(path: Path, data: bytes) -> int:
    raise OSError(28, "No space left on device")


def test_other_backends_of_django_work_too() -> None:
    MailFactory(subject="Votre abonnement est validé")
    Sender().round()
    assert [message.subject for message in django_mail.outbox] == ["Votre abonnement est validé"]


def test_a_look_into_an_empty_outbox_writes_nothing(
    django_assert_num_queries: Callable[[int], object],
) -> None:
    sender = Sender()
    sender.round()
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        sender.round()


@pytest.mark.django_db(transaction=True)
def test_sub_06_several_senders_at_once_send_each_mail_once() -> None:
    MailFactory.create_batch(120)
    with mail_server() as server:

        def work(_number: int) -> None:
            sender = _sender(server)
            try:
                while sender.round().busy:
                    pass
            finally:
                sender.close()

        at_once(work, 4)
        assert set(server.message_ids().values()) == {1}
        assert len(server.arrived) == 120
    assert set(_states()) == {MailState.SENT}
