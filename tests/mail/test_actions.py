"""What staff may do about mails that were not, or perhaps not, sent."""

import datetime as dt

import pytest

from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import NotAllowed
from navette.core.models import AuditRow
from navette.mail.actions import pull_forward, settle
from navette.mail.errors import AlreadySettled
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import counts_by_state, mails_in, oldest_waiting, to_settle
from tests import factories
from tests.factories import MailFactory

pytestmark = pytest.mark.django_db


def _uncertain() -> OutgoingMail:
    return MailFactory(state=MailState.UNCERTAIN, claimed_at=clock.now(), attempts=3, last_error="timed out")


@pytest.mark.parametrize("resend", [True, False])
def test_only_those_who_run_the_service_settle_mails(resend: bool) -> None:
    mail = _uncertain()
    for stranger in (factories.UserFactory(), factories.staff(StaffRoleName.TERRITORY)):
        with pytest.raises(NotAllowed):
            settle(mail, acting_user=stranger, resend=resend)
    mail.refresh_from_db()
    assert mail.state == MailState.UNCERTAIN


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.SENDING, MailState.SENT])
@pytest.mark.parametrize("resend", [True, False])
def test_sub_06_a_mail_in_another_state_is_left_alone(state: str, resend: bool) -> None:
    mail = MailFactory(state=state, claimed_at=clock.now(), sent_at=clock.now())
    with pytest.raises(AlreadySettled):
        settle(mail, acting_user=factories.staff(), resend=resend)
    mail.refresh_from_db()
    assert mail.state == state
    assert not AuditRow.objects.filter(action="mail.settle").exists()


def test_sub_06_an_uncertain_mail_is_sent_again_on_request_with_the_same_message_id() -> None:
    mail = _uncertain()
    fresh = settle(mail, acting_user=factories.staff(), resend=True)
    assert (fresh.state, fresh.attempts, fresh.claimed_at, fresh.last_error) == (MailState.QUEUED, 0, None, "")
    assert fresh.next_attempt_at <= clock.now()
    assert fresh.message_id == mail.message_id
    assert AuditRow.objects.get(action="mail.settle").detail == {"resend": True, "source": MailState.UNCERTAIN}


def test_a_second_click_is_told_that_it_is_settled() -> None:
    mail = _uncertain()
    settle(mail, acting_user=factories.staff(), resend=False)
    with pytest.raises(AlreadySettled, match="Envoyé"):
        settle(mail, acting_user=factories.staff(), resend=True)
    assert OutgoingMail.objects.get().sent_at == mail.claimed_at


def test_a_refused_mail_may_be_tried_again_but_not_called_sent() -> None:
    mail = MailFactory(state=MailState.FAILED)
    with pytest.raises(AlreadySettled):
        settle(mail, acting_user=factories.staff(), resend=False)
    assert settle(mail, acting_user=factories.staff(), resend=True).state == MailState.QUEUED


def test_the_console_s_figures_and_lists() -> None:
    uncertain, failed = _uncertain(), MailFactory(state=MailState.FAILED)
    waiting = MailFactory()
    assert counts_by_state() == {"queued": 1, "sending": 0, "sent": 0, "failed": 1, "uncertain": 1}
    assert list(mails_in(MailState.FAILED)) == [failed]
    assert list(to_settle()) == [failed, uncertain]
    assert oldest_waiting() == waiting.created_at


def test_mails_queued_on_a_played_day_are_due_at_once_but_delays_are_kept() -> None:
    with clock.set_today(clock.today() + dt.timedelta(days=90)):
        played = MailFactory()
    put_off = MailFactory(attempts=1, next_attempt_at=clock.now() + dt.timedelta(minutes=5))
    assert pull_forward(clock.now()) == 1
    played.refresh_from_db()
    put_off.refresh_from_db()
    assert played.next_attempt_at <= clock.now() < put_off.next_attempt_at
