"""The nightly work on subscriptions, day by day (SUB-05, SUB-06)."""

import datetime as dt
from typing import Any

import pytest

from navette.core import clock
from navette.core.models import AuditRow
from navette.libraries.models import Library, MailRhythm
from navette.mail.models import OutgoingMail
from navette.subscriptions import nightly
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.notice_mails import LONGEST_LIST, when_in_words
from navette.subscriptions.states import Move, Status
from tests import factories
from tests.at_once import at_once
from tests.factories import LibraryFactory, ReaderFactory, SubscriptionFactory, UserFactory

pytestmark = pytest.mark.usefixtures("portal")
DAY = dt.date(2027, 3, 1)


def _night(day: dt.date) -> dict[str, int]:
    with clock.set_today(day):
        return {step.name: step.run(day) for step in nightly.STEPS}


def _ending(ends_on: dt.date, **fields: Any) -> Subscription:
    return SubscriptionFactory(active=True, starts_on=ends_on - dt.timedelta(days=365), ends_on=ends_on, **fields)


def _waiting(deadline: dt.date, **fields: Any) -> Subscription:
    """Return a request announced to its library, to be decided by `deadline`."""
    asked = clock.now().replace(year=deadline.year, month=deadline.month, day=deadline.day) - dt.timedelta(days=4)
    return SubscriptionFactory(**{"deadline": deadline, "requested_at": asked, "announced_at": asked} | fields)


def _kinds() -> list[str]:
    return sorted(OutgoingMail.objects.values_list("kind", flat=True))


def _only_mail() -> OutgoingMail:
    return OutgoingMail.objects.get()


# ---- expiry
def test_sub_03_the_last_day_still_counts() -> None:
    subscription = _ending(DAY, notice_days=7)
    assert not any(_night(DAY).values())
    subscription.refresh_from_db()
    assert subscription.status == Status.ACTIVE


def test_sub_06_the_day_after_it_expires_with_event_audit_row_and_mail() -> None:
    subscription = _ending(DAY, notice_days=7)
    assert _night(DAY + dt.timedelta(days=1))["expired"] == 1
    fresh = Subscription.objects.get()
    assert (fresh.status, fresh.version) == (Status.EXPIRED, subscription.version + 1)
    event = SubscriptionEvent.objects.get()
    assert (event.move, event.from_status, event.to_status) == (Move.EXPIRE, Status.ACTIVE, Status.EXPIRED)
    assert (event.actor, event.actor_label) == (None, "Navette (automatique)")
    assert AuditRow.objects.get().action == "subscriptions.expire"
    mail = _only_mail()
    assert (mail.kind, mail.to_email) == ("expired", subscription.reader.user.email)
    assert "01/03/2027" in mail.body
    assert "Demander le renouvellement" in mail.body
    assert mail.button_url == "https://navette.test/mon-compte"
    assert mail.signed_by == subscription.library.name


def test_sub_01_one_whose_renewal_waits_goes_on_waiting_and_is_told_so() -> None:
    deadline = DAY + dt.timedelta(days=3)
    _ending(DAY, deadline=deadline, announced_at=clock.now(), notice_days=7)
    _night(DAY + dt.timedelta(days=1))
    fresh = Subscription.objects.get()
    assert (fresh.status, fresh.deadline) == (Status.PENDING, deadline)
    assert SubscriptionEvent.objects.get().move == Move.ASK_AFTER_END
    assert "avant le 04/03/2027" in _only_mail().body
    assert "Demander le renouvellement" not in _only_mail().body


def test_sub_06_run_twice_nothing_is_done_twice() -> None:
    for days in (-1, 5, 20):
        _ending(DAY + dt.timedelta(days=days))
    _waiting(DAY + dt.timedelta(days=1))
    assert sum(_night(DAY).values()) == 4
    before = _kinds()
    assert not any(_night(DAY).values())
    assert _kinds() == before == ["ends_in_30", "ends_in_7", "expired", "library_reminder"]


def test_sub_06_a_week_missed_expires_all_and_tells_the_true_day() -> None:
    _ending(DAY - dt.timedelta(days=7))
    _night(DAY)
    assert "terminé le 22/02/2027" in _only_mail().body


def test_more_than_a_batch_is_treated_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "BATCH", 3)
    library = LibraryFactory()
    for number in range(10):
        _ending(DAY - dt.timedelta(days=1 + number % 2), library=library)
    assert _night(DAY)["expired"] == 10
    assert OutgoingMail.objects.filter(kind="expired").count() == 10
    assert SubscriptionEvent.objects.count() == 10


def test_a_closed_account_gets_no_mail_but_its_subscription_ends() -> None:
    closed = ReaderFactory(user=UserFactory(is_active=False))
    _ending(DAY - dt.timedelta(days=1), reader=closed)
    _ending(DAY + dt.timedelta(days=7), reader=ReaderFactory(user=UserFactory(is_active=False)))
    _night(DAY)
    assert Subscription.objects.filter(status=Status.EXPIRED).count() == 1
    assert not OutgoingMail.objects.exists()


def test_others_are_left_alone() -> None:
    SubscriptionFactory(refused=True)
    SubscriptionFactory(expired=True)
    _ending(DAY + dt.timedelta(days=31))
    _waiting(DAY + dt.timedelta(days=2))
    assert not any(_night(DAY).values())
    assert not OutgoingMail.objects.exists()


# ---- before the end
@pytest.mark.parametrize(
    ("left", "kind", "words"),
    [
        (30, "ends_in_30", "dans 30 jours"),
        (8, "ends_in_30", "dans 8 jours"),
        (7, "ends_in_7", "dans 7 jours"),
        (1, "ends_in_7", "demain"),
        (0, "ends_in_7", "aujourd’hui"),
    ],
)
def test_sub_06_the_notice_tells_the_true_days_left(left: int, kind: str, words: str) -> None:
    """A late one too; where only the last window is left, only that one goes."""
    _ending(DAY + dt.timedelta(days=left))
    assert _night(DAY)["reader_notices"] == 1
    mail = _only_mail()
    assert mail.kind == kind
    assert words in mail.subject
    assert words in mail.body


def test_no_notice_31_days_before() -> None:
    _ending(DAY + dt.timedelta(days=31))
    assert _night(DAY)["reader_notices"] == 0


def test_sub_06_over_the_last_month_each_notice_goes_once_whatever_nights_are_missed() -> None:
    _ending(DAY)
    for days in (40, 31, 30, 29, 29, 12, 8, 7, 7, 3, 0, -1, -1, -2):
        _night(DAY - dt.timedelta(days=days))
    assert _kinds() == ["ends_in_30", "ends_in_7", "expired"]


def test_a_subscription_to_29_february_keeps_its_days() -> None:
    """365 days from 1 March 2027 end on 29 February 2028; that day still counts."""
    leap = dt.date(2028, 2, 29)
    _ending(leap)
    assert _night(dt.date(2028, 1, 29))["reader_notices"] == 0
    assert _night(dt.date(2028, 1, 30))["reader_notices"] == 1
    assert _night(dt.date(2028, 2, 22))["reader_notices"] == 1
    assert _night(leap)["expired"] == 0
    assert _night(dt.date(2028, 3, 1))["expired"] == 1
    assert "29/02/2028" in OutgoingMail.objects.get(kind="expired").body


def test_a_renewed_year_is_announced_again() -> None:
    _ending(DAY)
    _night(DAY - dt.timedelta(days=7))
    Subscription.objects.update(starts_on=DAY, ends_on=DAY.replace(year=2028), notice_days=None)
    _night(dt.date(2028, 2, 23))
    assert OutgoingMail.objects.filter(kind="ends_in_7").count() == 2


def test_who_asked_for_the_renewal_is_told_that_it_waits() -> None:
    _ending(DAY + dt.timedelta(days=7), deadline=DAY + dt.timedelta(days=4), announced_at=clock.now())
    _night(DAY)
    mail = OutgoingMail.objects.get(kind="ends_in_7")
    assert "vous n’avez rien d’autre à faire" in mail.body
    assert "avant le 05/03/2027" in mail.body


def test_days_in_words() -> None:
    assert [when_in_words(days) for days in (0, 1, 2)] == ["aujourd’hui", "demain", "dans 2 jours"]


def test_names_fill_the_text_as_they_are() -> None:
    """A name that looks like a variable stays a name."""
    _ending(DAY + dt.timedelta(days=7), reader=ReaderFactory(first_name="{bibliotheque}"))
    _night(DAY)
    assert _only_mail().body.startswith("Bonjour {bibliotheque},")


# ---- libraries
def test_sub_05_one_reminder_the_day_before_with_all_of_a_library_s() -> None:
    library = LibraryFactory(name="Sauveterre-de-Guyenne")
    for name in ("Durand", "Petit"):
        reader = ReaderFactory(first_name="Camille", last_name=name)
        _waiting(DAY + dt.timedelta(days=1), library=library, reader=reader)
    _waiting(DAY + dt.timedelta(days=2), library=library)
    _waiting(DAY + dt.timedelta(days=1))
    assert _night(DAY)["library_reminders"] == 2
    mail = OutgoingMail.objects.get(to_email=library.email)
    assert mail.subject == "Rappel : 2 demandes à traiter avant le 02/03/2027"
    assert mail.body.count("\n– ") == 2
    assert "– Camille Petit : inscription, avant le 02/03/2027" in mail.body
    assert mail.button_url == "https://navette.test/pro/abonnes?attente=1"
    assert Subscription.objects.filter(library=library, reminded_at__isnull=False).count() == 2


def test_sub_05_a_reminder_missed_goes_late_with_the_true_date_and_one_long_over_does_not() -> None:
    _waiting(DAY - dt.timedelta(days=7))
    _waiting(DAY - dt.timedelta(days=8))
    assert _night(DAY)["library_reminders"] == 1
    assert "avant le 22/02/2027" in _only_mail().body


def test_a_new_request_of_the_same_day_gets_its_own_reminder() -> None:
    library = LibraryFactory()
    _waiting(DAY + dt.timedelta(days=1), library=library)
    _night(DAY)
    _waiting(DAY + dt.timedelta(days=1), library=library)
    assert _night(DAY)["library_reminders"] == 1
    assert _kinds() == ["library_reminder"] * 2


def test_sub_05_one_mail_a_day_to_a_library_that_chose_it() -> None:
    library = LibraryFactory(mail_rhythm=MailRhythm.DAILY)
    yesterday, deadline = DAY - dt.timedelta(days=1), DAY + dt.timedelta(days=3)
    with clock.set_today(yesterday):
        for _ in range(2):
            SubscriptionFactory(library=library, deadline=deadline)
        _ending(DAY + dt.timedelta(days=20), library=library, deadline=deadline, notice_days=30)
    with clock.set_today(DAY):
        SubscriptionFactory(library=library, deadline=deadline)
    assert [_night(DAY)["library_digests"] for _ in range(2)] == [1, 0]
    mail = _only_mail()
    assert mail.subject == "3 demandes à traiter avant le 04/03/2027"
    assert mail.body.count("inscription, avant") == 2
    assert mail.body.count("renouvellement, avant") == 1
    assert _night(DAY + dt.timedelta(days=1))["library_digests"] == 1


def test_what_has_been_announced_is_not_announced_again() -> None:
    _waiting(DAY + dt.timedelta(days=3), library=LibraryFactory(mail_rhythm=MailRhythm.DAILY))
    assert _night(DAY)["library_digests"] == 0


def test_what_waited_for_the_daily_mail_is_told_even_if_the_library_changes_its_mind() -> None:
    with clock.set_today(DAY - dt.timedelta(days=1)):
        SubscriptionFactory(library=LibraryFactory(mail_rhythm=MailRhythm.EACH), deadline=DAY + dt.timedelta(days=3))
    assert _night(DAY)["library_digests"] == 1


def test_a_request_moved_to_another_library_is_announced_there_too() -> None:
    first, second = LibraryFactory.create_batch(2, mail_rhythm=MailRhythm.DAILY)
    with clock.set_today(DAY - dt.timedelta(days=1)):
        SubscriptionFactory(library=first, deadline=DAY + dt.timedelta(days=3))
    _night(DAY)
    Subscription.objects.update(library=second, announced_at=None)
    _night(DAY)
    assert sorted(OutgoingMail.objects.values_list("to_email", flat=True)) == sorted([first.email, second.email])


def test_a_long_list_is_cut_and_says_so() -> None:
    library = LibraryFactory()
    for _ in range(LONGEST_LIST + 3):
        _waiting(DAY + dt.timedelta(days=1), library=library)
    _night(DAY)
    mail = _only_mail()
    assert mail.subject.startswith(f"Rappel : {LONGEST_LIST + 3} demandes")
    assert mail.body.count("\n– ") == LONGEST_LIST + 1
    assert "– et 3 autres" in mail.body


def test_counting_changes_nothing_and_agrees_with_what_is_done() -> None:
    library = LibraryFactory()
    for days in (-2, -1, 3, 20):
        _ending(DAY + dt.timedelta(days=days), library=library)
    for _ in range(2):
        _waiting(DAY, library=library)
    before = list(Subscription.objects.order_by("pk").values())
    foreseen = {step.name: step.count(DAY) for step in nightly.STEPS}
    assert list(Subscription.objects.order_by("pk").values()) == before
    assert not OutgoingMail.objects.exists()
    assert (
        foreseen
        == _night(DAY)
        == {
            "expired": 2,
            "seats_given": 0,
            "reader_notices": 2,
            "library_digests": 0,
            "library_reminders": 1,
        }
    )


def test_the_work_asks_as_many_questions_for_many_rows_as_for_few(django_assert_max_num_queries: Any) -> None:
    library: Library = LibraryFactory()
    for _ in range(60):
        _ending(DAY - dt.timedelta(days=1), library=library)
    with django_assert_max_num_queries(24):
        _night(DAY)


@pytest.mark.django_db(transaction=True)
def test_sub_06_two_nights_at_once_do_each_thing_once() -> None:
    factories.portal()
    library = LibraryFactory()
    for number in range(30):
        _ending(DAY + dt.timedelta(days=(-1, 5, 20)[number % 3]), library=library)
        _waiting(DAY + dt.timedelta(days=1), library=library)
    figures = at_once(lambda _number: _night(DAY), 3)
    assert sum(figure["expired"] for figure in figures) == 10
    assert _kinds() == ["ends_in_30"] * 10 + ["ends_in_7"] * 10 + ["expired"] * 10 + ["library_reminder"]
    assert SubscriptionEvent.objects.count() == 10
