"""How long personal data are kept: the last day on which they are, and the next (DATA-01)."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from navette.accounts.models import User
from navette.core import clock
from navette.core.models import AuditRow
from navette.libraries.models import ContactMessage
from navette.lifecycle import retention
from navette.mail.models import MailState, OutgoingMail
from navette.portal.models import Portal
from navette.signon.models import ActiveYear, EventKind, Opening, SignonEvent, Ticket, TicketKind
from navette.subscriptions import actions
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import RefusalReason, Status
from tests import factories
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.usefixtures("portal")
DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    """Return the day that `text` (YYYY-MM-DD) names."""
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    """Return a moment late in the evening of a day in Paris, when it is another day elsewhere."""
    return timezone.make_aware(dt.datetime.combine(day(text), dt.time(23, 30)))


def night(text: str, *arguments: str) -> str:
    """Do the nightly work of that day, and return its line."""
    out = io.StringIO()
    call_command("nightly", "--today", text, *arguments, stdout=out)
    return out.getvalue()


def there(subscription: Subscription) -> bool:
    """Say whether the subscription's account is still there."""
    return User.objects.filter(pk=subscription.reader.user_id).exists()


def ended(on: str, **columns: Any) -> Subscription:
    """Return a subscription that ended on a day."""
    last = day(on)
    return SubscriptionFactory(expired=True, starts_on=last - 365 * DAY, ends_on=last, **columns)


# ---- requests
@pytest.mark.parametrize(
    ("asked", "last", "next_day"),
    [
        ("2026-11-15", "2027-02-15", "2027-02-16"),
        ("2026-11-30", "2027-02-28", "2027-03-01"),
        ("2027-11-30", "2028-02-29", "2028-03-01"),
        ("2027-02-28", "2027-05-28", "2027-05-29"),
    ],
)
@pytest.mark.parametrize("status", [Status.PENDING, Status.UNCONFIRMED])
def test_data_01_a_request_never_decided_is_kept_three_months(
    status: str, asked: str, last: str, next_day: str
) -> None:
    deadline = day(asked) + 4 * DAY if status == Status.PENDING else None
    subscription = SubscriptionFactory(status=status, requested_at=at(asked), deadline=deadline)
    night(last)
    assert there(subscription)
    night(next_day)
    assert not there(subscription)


def test_data_01_a_refused_request_is_kept_three_months_from_the_refusal() -> None:
    subscription = SubscriptionFactory(requested_at=at("2026-09-01"))
    with clock.set_today(day("2026-12-31")):
        account = factories.library_account(subscription.library)
        actions.refuse(subscription, acting_user=account, reason=RefusalReason.NOT_MEMBER)
    night("2027-03-31")
    assert there(subscription)
    night("2027-04-01")
    assert not there(subscription)


def test_data_01_who_was_refused_and_asked_again_is_kept() -> None:
    subscription = SubscriptionFactory(refused=True, requested_at=at("2026-09-01"))
    with clock.set_today(day("2026-11-20")):
        actions.ask_again(subscription, acting_user=subscription.reader.user)
    night("2027-02-20")
    assert there(subscription)


def test_data_01_the_portal_says_how_long() -> None:
    Portal.objects.update(keep_requests_months=1)
    subscription = SubscriptionFactory(requested_at=at("2027-01-31"))
    night("2027-02-28")
    assert there(subscription)
    night("2027-03-01")
    assert not there(subscription)


# ---- accounts
@pytest.mark.parametrize(
    ("end", "told", "last", "next_day"),
    [
        ("2026-06-15", "2027-05-17", "2027-06-15", "2027-06-16"),
        ("2028-02-29", "2029-01-30", "2029-02-28", "2029-03-01"),
        ("2027-02-28", "2028-01-30", "2028-02-28", "2028-02-29"),
    ],
)
def test_data_01_an_account_is_kept_a_year_after_the_end_and_told_30_days_before(
    end: str, told: str, last: str, next_day: str
) -> None:
    subscription = ended(end)
    night(str(day(told) - DAY))
    assert not OutgoingMail.objects.filter(kind="account_ends").exists()
    night(told)
    night(told)
    night(str(day(told) + DAY))
    mail = OutgoingMail.objects.get(kind="account_ends")
    assert f"{day(next_day):%d/%m/%Y}" in mail.subject
    night(last)
    assert there(subscription)
    night(next_day)
    assert not there(subscription)


def test_data_01_nobody_goes_untold_even_if_the_nights_did_not_run() -> None:
    subscription = ended("2024-01-10")
    night("2027-03-01")
    night("2027-03-30")
    assert there(subscription)
    night("2027-03-31")
    assert not there(subscription)


def test_data_01_an_account_whose_owner_cannot_log_in_goes_without_a_mail() -> None:
    subscription = ended("2024-01-10")
    User.objects.filter(pk=subscription.reader.user_id).update(is_active=False)
    night("2027-03-01")
    assert not OutgoingMail.objects.exists()
    night("2027-03-31")
    assert not there(subscription)


def test_data_01_a_renewal_that_waits_or_was_granted_keeps_the_account() -> None:
    waits, renewed = ended("2026-01-10"), ended("2026-01-10")
    night("2027-02-01")
    with clock.set_today(day("2027-02-20")):
        for row in (waits, renewed):
            row.refresh_from_db()
            fresh = actions.ask_renewal(row, acting_user=row.reader.user)
        actions.accept(fresh, acting_user=factories.library_account(renewed.library), starts_on=day("2027-02-20"))
    night("2027-04-01")
    assert there(waits)
    assert there(renewed)
    night("2027-05-21")
    night("2027-06-20")
    assert not there(waits)
    assert there(renewed)


def test_data_01_who_renewed_is_told_anew_of_the_next_end() -> None:
    subscription = ended("2026-01-10")
    night("2027-01-05")
    with clock.set_today(day("2027-01-08")):
        subscription.refresh_from_db()
        account = factories.library_account(subscription.library)
        actions.renew(subscription, acting_user=account, starts_on=day("2027-01-08"))
    night("2028-01-09")
    night("2029-01-09")
    assert OutgoingMail.objects.filter(kind="account_ends").count() == 2
    assert there(subscription)


def test_data_01_a_subscription_ended_by_the_library_counts_from_that_day() -> None:
    subscription = SubscriptionFactory(active=True, starts_on=day("2026-03-01"))
    with clock.set_today(day("2026-04-10")):
        account = factories.library_account(subscription.library)
        actions.end(subscription, acting_user=account, reason=RefusalReason.LEFT)
    for text in ("2026-08-01", "2027-03-12", "2027-04-10"):
        night(text)
        assert there(subscription), text
    night("2027-04-11")
    assert not there(subscription)


def test_data_01_a_valid_subscription_is_never_erased() -> None:
    subscription = SubscriptionFactory(active=True, starts_on=day("2027-01-01"), requested_at=at("2020-01-01"))
    night("2027-12-31")
    assert there(subscription)


# ---- the rest
def test_data_01_an_opening_loses_the_person_after_six_months_and_the_year_its_mark_later() -> None:
    subscription = SubscriptionFactory(active=True, starts_on=day("2027-08-31"))
    reader, common = subscription.reader, {"library": subscription.library, "age_band": "25-44"}
    opening = Opening.objects.create(
        resource=factories.ResourceFactory(), reader=reader, day=day("2027-08-31"), opened_at=at("2027-08-31"), **common
    )
    mark = ActiveYear.objects.create(reader=reader, year=2027, **common)
    night("2028-02-29")
    opening.refresh_from_db()
    assert opening.reader == reader
    night("2028-03-01")
    opening.refresh_from_db()
    assert (opening.reader, opening.opened_at, opening.day) == (None, None, day("2027-08-31"))
    night("2028-06-30")
    mark.refresh_from_db()
    assert mark.reader == reader
    night("2028-07-01")
    mark.refresh_from_db()
    assert (mark.reader, mark.year) == (None, 2027)


def test_data_01_a_step_of_signing_on_loses_the_person_with_openings_and_goes_a_year_later() -> None:
    subscription, resource = SubscriptionFactory(active=True, starts_on=day("2027-08-31")), factories.ResourceFactory()
    common = {
        "kind": EventKind.SENT,
        "way": "cas",
        "resource": resource,
        "detail": {"service": "https://a.example/?u=1"},
    }
    step = SignonEvent.objects.create(reader=subscription.reader, at=at("2027-08-31"), **common)
    night("2028-02-29")
    step.refresh_from_db()
    assert (step.reader, bool(step.detail)) == (subscription.reader, True)
    night("2028-03-01")
    step.refresh_from_db()
    assert (step.reader, step.detail, step.kind, step.resource) == (None, {}, EventKind.SENT, resource)
    night("2029-02-28")
    assert SignonEvent.objects.filter(pk=step.pk).exists()
    night("2029-03-01")
    assert not SignonEvent.objects.filter(pk=step.pk).exists()


def test_data_01_a_ticket_goes_a_day_after_its_end() -> None:
    access = factories.VendorAccessFactory()
    common = {"kind": TicketKind.CAS, "access": access, "trial": "may", "service": "https://a.example.org/"}
    Ticket.objects.create(digest="a" * 64, expires_at=at("2027-03-01"), **common)
    night("2027-03-02")
    assert Ticket.objects.exists()
    night("2027-03-03")
    assert not Ticket.objects.exists()


def test_data_01_texts_of_mails_go_after_three_months_and_what_waits_stays() -> None:
    sent = factories.MailFactory(state=MailState.SENT, sent_at=at("2026-12-31"), created_at=at("2026-12-31"))
    queued = factories.MailFactory(created_at=at("2026-12-31"))
    night("2027-03-31")
    sent.refresh_from_db()
    assert sent.body
    night("2027-04-01")
    sent.refresh_from_db()
    queued.refresh_from_db()
    assert (sent.to_email, sent.subject, sent.body, sent.kind) == ("", "", "", "accepted")
    assert sent.emptied_at is not None
    assert queued.body


def test_data_02_a_farewell_is_emptied_the_night_after_it_went() -> None:
    user = SubscriptionFactory().reader.user
    nobody, there_still = user.pk + 1_000, user.pk
    for about in (nobody, there_still):
        factories.MailFactory(about_account=about, state=MailState.SENT, sent_at=clock.now())
    factories.MailFactory(about_account=nobody, state=MailState.FAILED)
    night(str(clock.today()))
    emptied = OutgoingMail.objects.filter(emptied_at__isnull=False)
    assert list(emptied.values_list("about_account", "state")) == [(nobody, "sent")]
    night(str(clock.today() + 8 * DAY))
    assert emptied.count() == 2


def test_data_01_audit_rows_go_after_three_years() -> None:
    row = AuditRow.objects.create(at=at("2024-02-29"), actor_label="x", action="a", object_type="o")
    night("2027-02-28")
    assert AuditRow.objects.filter(pk=row.pk).exists()
    night("2027-03-01")
    assert not AuditRow.objects.filter(pk=row.pk).exists()


def test_data_01_questions_go_a_year_after_they_came_unless_they_wait_for_an_answer() -> None:
    for state in ("new", "answered", "closed"):
        ContactMessage.objects.create(
            theme="site", name="A", email="a@example.org", body="?", state=state, received_at=at("2026-03-01")
        )
    night("2027-03-01")
    assert ContactMessage.objects.count() == 3
    night("2027-03-02")
    assert ContactMessage.objects.get().state == "new"


def test_data_01_a_professionals_closed_account_goes_after_a_year_without_a_trace() -> None:
    library = factories.LibraryFactory()
    closed, lately, open_still = (factories.library_account(library, "viewer") for _n in range(3))
    User.objects.update(created_at=at("2025-01-01"))
    User.objects.exclude(pk=open_still.pk).update(is_active=False)
    AuditRow.objects.create(
        at=at("2026-06-01"), actor_label="x", action="a", object_type="accounts.User", object_id=lately.pk
    )
    night("2027-01-02")
    assert set(User.objects.values_list("pk", flat=True)) == {lately.pk, open_still.pk}
    assert closed.pk not in User.objects.values_list("pk", flat=True)


# ---- the command
def test_a_dry_run_tells_what_would_go_and_erases_nothing() -> None:
    ended("2024-01-10")
    SubscriptionFactory(requested_at=at("2026-01-01"))
    factories.MailFactory(state=MailState.SENT, sent_at=at("2026-01-01"), created_at=at("2026-01-01"))
    before = User.objects.count(), OutgoingMail.objects.count(), SubscriptionEvent.objects.count()
    line = night("2027-03-01", "--dry-run")
    assert "usagers prévenus de l’effacement de leur compte : 1" in line
    assert "comptes effacés, demande refusée ou restée sans réponse : 1" in line
    assert "textes de mails effacés : 1" in line
    assert (User.objects.count(), OutgoingMail.objects.count(), SubscriptionEvent.objects.count()) == before


def test_more_than_a_slice_goes_in_one_night_and_a_second_night_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "SLICE", 3)
    monkeypatch.setattr("navette.lifecycle.erasure.BATCH", 2)
    library = factories.LibraryFactory()
    for _n in range(7):
        SubscriptionFactory(requested_at=at("2026-01-01"), library=library)
    assert retention.REQUESTS.run(day("2027-01-01")) == 7
    assert retention.REQUESTS.run(day("2027-01-01")) == 0
    assert not User.objects.exists()
