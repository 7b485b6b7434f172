"""An erased account leaves a pseudonym and figures, and nobody who could be found again (DATA-02)."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.core.errors import NotAllowed
from navette.core.models import AuditRow, audit
from navette.core.text import fold
from navette.libraries.models import ContactAnswer, ContactMessage, Library, Profile
from navette.lifecycle.closing import close_for
from navette.lifecycle.erasure import Reason, erase
from navette.mail.models import MailState, OutgoingMail
from navette.readers.models import ParentalAgreement, Reader
from navette.signon import events, sessions
from navette.signon.identifiers import pairwise_id
from navette.signon.models import (
    ActiveYear,
    EventKind,
    Opening,
    SignonEvent,
    Ticket,
    TicketKind,
    VendorAccess,
    VendorSession,
)
from navette.signon.opening import open_resource
from navette.signon.tickets import issue
from navette.subscriptions import actions
from navette.subscriptions.models import RegistrationBatch, Subscription, SubscriptionEvent, Tally, TermsAcceptance
from navette.subscriptions.nightly import announce_to_library
from navette.subscriptions.states import RefusalReason
from tests import factories

pytestmark = pytest.mark.django_db
NAMES = {"first_name": "Philomène", "last_name": "Quatrevaux"}
EMAIL = "philomene.quatrevaux@example.org"
BIRTH = dt.date(1987, 11, 23)
TRACES = ("philomene", "philomène", "quatrevaux", EMAIL, "1987-11-23", "23/11/1987", "jeanne-mere", "0612345678")
PSEUDONYM = re.compile(r"^Compte effacé [2-9A-HJ-NP-Z]{6}$")


@pytest.fixture(autouse=True)
def _portal() -> None:
    factories.portal()
    factories.SiteTermsFactory()


def gone(user: User, reason: Reason = Reason.ACCOUNT_OVER) -> None:
    """Erase the account, as the night does."""
    assert erase([user.pk], acting_user=SYSTEM, reason=reason) == 1


def written() -> Iterator[tuple[str, str]]:
    """Give every value of every column of every table, as text, with where it stands."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names of our tables
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((f"{table}.{name}", str(value)) for name, value in zip(names, row, strict=True))


def found(*traces: str) -> set[str]:
    """Return the columns in which one of `traces` stands."""
    low = [trace.lower() for trace in (*traces, *map(fold, traces))]
    return {where for where, value in written() if any(trace in value.lower() for trace in low)}


def whole_life() -> Subscription:
    """Return a subscription whose reader has left a trace everywhere that one can."""
    library, resource = factories.LibraryFactory(), factories.ResourceFactory()
    account = factories.library_account(library)
    VendorAccess.objects.create(resource=resource, address="https://vendor.example.org/")
    request = actions.Registration(
        **NAMES,
        email=EMAIL,
        birth_date=BIRTH,
        password_hash=factories.hashed_password(),
        library=library,
        resources=[resource],
    )
    subscription = actions.register(request=request, acting_user=SYSTEM)
    assert subscription is not None
    user = subscription.reader.user
    User.objects.filter(pk=user.pk).update(email_confirmed_at=timezone.now(), last_login=timezone.now())
    waits = dt.timedelta(days=5)
    Subscription.objects.filter(pk=subscription.pk).update(announced_at=None, requested_at=clock.now() - waits)
    announce_to_library([library.pk], clock.today())
    subscription.refresh_from_db()
    subscription = actions.accept(
        subscription, acting_user=account, starts_on=clock.today(), message="Bienvenue, Philomène Quatrevaux !"
    )
    open_resource(User.objects.get(pk=user.pk), resource)
    _other_traces(subscription)
    return subscription


def _other_traces(subscription: Subscription) -> None:
    reader, library = subscription.reader, subscription.library
    ParentalAgreement.objects.create(reader=reader, parent_name="Jeanne Quatrevaux", parent_email="jeanne-mere@e.org")
    factories.MailFactory(to_email="jeanne-mere@e.org", body="Philomène")
    question = ContactMessage.objects.create(
        theme="account", name="Philomène Quatrevaux", email=EMAIL, user=reader.user, body="Appelez le 0612345678."
    )
    ContactAnswer.objects.create(message=question, author_label="Équipe", body="Bonjour Philomène,")
    batch = RegistrationBatch.objects.create(
        library=library,
        filename="usagers.xlsx",
        state="applied",
        applied_at=clock.now(),
        headers=["Nom"],
        rows=[["Quatrevaux", "Philomène"]],
    )
    Subscription.objects.filter(pk=subscription.pk).update(batch=batch)
    audit(reader.user, "accounts.confirm_email", reader.user)
    OutgoingMail.objects.filter(state=MailState.QUEUED).update(state=MailState.SENT, sent_at=clock.now())


# ---- nothing of the person stays
def test_data_02_nothing_of_an_erased_reader_stands_in_any_column_of_any_table() -> None:
    subscription = whole_life()
    places = found(*TRACES)
    assert {"mail_outgoingmail.body", "subscriptions_subscriptionevent.message", "core_auditrow.actor_label"} <= places
    gone(subscription.reader.user)
    assert found(*TRACES) == set()
    for model in (Reader, Subscription, TermsAcceptance, ParentalAgreement):
        assert not model.objects.exists()


def test_data_02_nothing_of_an_erased_librarian_stands_in_any_column_of_any_table() -> None:
    subscription = factories.SubscriptionFactory()
    librarian = factories.library_account(subscription.library)
    User.objects.filter(pk=librarian.pk).update(kind="librarian", name="Philomène Quatrevaux", email=EMAIL)
    librarian.refresh_from_db()
    actions.accept(subscription, acting_user=librarian)
    factories.MailFactory(to_email=EMAIL, state=MailState.SENT, sent_at=clock.now(), body="Bonjour Philomène")
    gone(librarian)
    assert found(*TRACES) == set()
    event = SubscriptionEvent.objects.get(move="accept")
    assert event.subscription == subscription
    assert PSEUDONYM.match(event.actor_label)


def test_data_02_the_account_of_a_library_is_nobodys_and_keeps_its_name_in_the_history() -> None:
    subscription = factories.SubscriptionFactory()
    account = factories.library_account(subscription.library)
    actions.accept(subscription, acting_user=account)
    gone(account)
    assert SubscriptionEvent.objects.get(move="accept").actor_label == subscription.library.name
    assert AuditRow.objects.get(action="subscriptions.accept").actor_label == subscription.library.name


# ---- what stays
def test_data_02_events_and_audit_rows_keep_one_pseudonym() -> None:
    subscription = whole_life()
    count = SubscriptionEvent.objects.count()
    gone(subscription.reader.user)
    events = SubscriptionEvent.objects.all()
    (name,) = {event.pseudonym for event in events}
    assert PSEUDONYM.match(name)
    assert (len(events), {event.subscription for event in events}) == (count, {None})
    assert {event.library for event in events} == {subscription.library}
    assert {event.message for event in events} == {""}
    asked = events.get(move="request")
    assert (asked.actor, asked.actor_label) == (None, name)
    assert events.get(move="accept").actor_label == subscription.library.name
    assert AuditRow.objects.get(action="accounts.confirm_email").actor_label == name


def test_data_02_the_reason_of_a_refusal_stays_and_a_text_of_ones_own_does_not() -> None:
    subscription = factories.SubscriptionFactory()
    account = factories.library_account(subscription.library)
    actions.refuse(subscription, acting_user=account, reason=RefusalReason.NOT_MEMBER)
    SubscriptionEvent.objects.create(
        subscription=subscription, actor_label="x", move="renew", to_status="active", reason="Dave est revenu"
    )
    gone(subscription.reader.user)
    assert set(SubscriptionEvent.objects.values_list("reason", flat=True)) == {"Non abonné à la bibliothèque", ""}


def test_data_02_openings_stay_without_person_and_hour() -> None:
    subscription = whole_life()
    gone(subscription.reader.user)
    opening, year = Opening.objects.get(), ActiveYear.objects.get()
    assert (opening.reader, opening.opened_at, opening.day) == (None, None, clock.today())
    assert (opening.library, opening.age_band) == (subscription.library, year.age_band)
    assert year.reader is None


def test_data_02_steps_of_signing_on_stay_without_the_person_and_proofs_go() -> None:
    subscription = whole_life()
    reader, access = subscription.reader, VendorAccess.objects.get()
    leave_proofs(reader, access, "d" * 64)
    other = factories.SubscriptionFactory(active=True).reader
    leave_proofs(other, access, "e" * 64)
    events.of_access(EventKind.FAILED, access, reader, "ticket_used", service="https://vendor.example.org/?who=1")
    gone(reader.user)
    assert not found(pairwise_id(reader, access.resource), "d" * 64, "who=1")
    assert set(SignonEvent.objects.values_list("kind", "reason")) == {("sent", ""), ("failed", "ticket_used")}
    assert not SignonEvent.objects.filter(reader__isnull=False).exists()
    assert (Ticket.objects.get().reader, VendorSession.objects.count()) == (other, 2)


def leave_proofs(reader: Reader, access: VendorAccess, mark: str) -> None:
    """Leave a ticket of `reader`, and two sessions at the vendor: one by the ticket, one known by its name there."""
    issue(TicketKind.CAS, access, reader, "https://vendor.example.org/", session=mark)
    sessions.remember(access, mark, service="https://vendor.example.org/", index="ST-1")
    name = pairwise_id(reader, access.resource)
    sessions.remember(access, mark[:63] + "0", service="https://vendor.example.org/", index="_1", name_id=name)


def test_data_02_the_erasure_itself_is_in_the_audit_log() -> None:
    subscription = whole_life()
    user = subscription.reader.user
    erase([user.pk], acting_user=user, reason=Reason.OWN_WISH)
    row = AuditRow.objects.get(action="accounts.erase")
    assert (row.object_id, row.detail) == (user.pk, {"reason": "own_wish", "kind": "reader"})
    assert PSEUDONYM.match(row.actor_label)


def test_data_02_the_figures_are_the_same_after_as_before() -> None:
    subscription = whole_life()
    gone(subscription.reader.user)
    month = clock.today().replace(day=1)
    rows = Tally.objects.values_list("month", "measure", "library", "age_band", "resource__name", "count")
    resource = Opening.objects.get().resource.name
    band = Opening.objects.get().age_band
    assert sorted(rows, key=str) == sorted(
        [
            (month, "registered", subscription.library_id, band, None, 1),
            (month, "active", subscription.library_id, band, None, 1),
            (month, "granted", None, "", resource, 1),
        ],
        key=str,
    )


def test_data_02_two_erased_at_once_and_one_later_add_up() -> None:
    library = factories.LibraryFactory()
    users = [factories.SubscriptionFactory(library=library, active=True).reader.user for _n in range(3)]
    erase([users[0].pk, users[1].pk], acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER)
    gone(users[2])
    assert set(Tally.objects.values_list("measure", "count")) == {("registered", 3), ("active", 3)}
    assert erase([user.pk for user in users], acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER) == 0
    assert set(Tally.objects.values_list("count", flat=True)) == {3}


# ---- others are left alone
def test_data_02_the_traces_of_others_stay_as_they_are() -> None:
    mine, other = factories.SubscriptionFactory(), factories.SubscriptionFactory()
    account = factories.library_account(other.library)
    actions.accept(other, acting_user=account, message="Bienvenue à vous.")
    before = list(SubscriptionEvent.objects.values()), list(OutgoingMail.objects.values())
    gone(mine.reader.user)
    assert (list(SubscriptionEvent.objects.values()), list(OutgoingMail.objects.values())) == before
    assert Subscription.objects.get() == other


def test_data_02_of_an_address_that_two_share_only_ones_own_mails_are_emptied() -> None:
    mine, other = factories.SubscriptionFactory(), factories.SubscriptionFactory()
    User.objects.filter(pk__in=[mine.reader.user_id, other.reader.user_id]).update(email="famille@example.org")
    sent: dict[str, Any] = {"to_email": "famille@example.org", "state": MailState.SENT, "sent_at": clock.now()}
    own = factories.MailFactory(about_account=mine.reader.user_id, **sent)
    theirs = factories.MailFactory(about_account=other.reader.user_id, **sent)
    nobodys = factories.MailFactory(**sent)
    gone(mine.reader.user)
    emptied = set(OutgoingMail.objects.filter(emptied_at__isnull=False).values_list("pk", flat=True))
    assert emptied == {own.pk}
    assert theirs.pk != nobodys.pk


def test_a_mail_that_waits_does_not_go_to_somebody_erased_and_what_is_being_sent_is_left_to_its_sender() -> None:
    user = factories.SubscriptionFactory().reader.user
    factories.MailFactory(about_account=user.pk, to_email=user.email)
    sending = factories.MailFactory(
        about_account=user.pk, to_email=user.email, state=MailState.SENDING, claimed_at=clock.now()
    )
    gone(user)
    left = OutgoingMail.objects.get()
    assert (left.pk, left.emptied_at) == (sending.pk, None)


def test_an_emptied_mail_is_not_offered_to_be_sent_again() -> None:
    user = factories.SubscriptionFactory().reader.user
    mail = factories.MailFactory(about_account=user.pk, state=MailState.FAILED, last_error=f"550 {user.email}")
    gone(user)
    mail.refresh_from_db()
    assert (mail.to_email, mail.body, mail.last_error, mail.state) == ("", "", "", "failed")


# ---- by the staff
@pytest.mark.parametrize("kind", ["reader", "library", "librarian", "staff"])
def test_who_may_not_close_an_account_is_refused(kind: str) -> None:
    user = factories.UserFactory(kind=kind)
    nobody = factories.UserFactory(kind="staff")
    for actor in (nobody, factories.UserFactory(), factories.library_account(factories.LibraryFactory())):
        with pytest.raises(NotAllowed):
            close_for(user, acting_user=actor)
    administrator = factories.staff()
    with pytest.raises(NotAllowed):
        close_for(administrator, acting_user=administrator)
    close_for(user, acting_user=factories.staff())
    assert not User.objects.filter(pk=user.pk).exists()
    assert Library.objects.exists()


def test_a_manager_closes_a_colleagues_account_and_only_those_of_their_own_libraries() -> None:
    library = factories.LibraryFactory()
    manager = factories.library_account(library)
    colleague = factories.library_account(library, Profile.VIEWER)
    elsewhere = factories.MembershipFactory(user=colleague)
    with pytest.raises(NotAllowed):
        close_for(colleague, acting_user=manager)
    elsewhere.delete()
    close_for(colleague, acting_user=manager)
    assert not User.objects.filter(pk=colleague.pk).exists()


def test_a_seat_that_an_erased_account_held_goes_to_the_next_who_waits() -> None:
    resource = factories.ResourceFactory(seats=1)
    held = factories.GrantFactory(resource=resource)
    waits = factories.GrantFactory(resource=resource, state="waiting", waits_since=clock.now())
    gone(held.subscription.reader.user)
    waits.refresh_from_db()
    assert waits.state == "granted"
    assert OutgoingMail.objects.filter(about_account=waits.subscription.reader.user_id).count() == 1
