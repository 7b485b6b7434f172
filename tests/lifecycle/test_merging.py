"""A library leaves the network: nobody is left behind, nothing is doubled, both are told."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow
from navette.editorial.models import Pick, PurchaseSuggestion
from navette.libraries.models import ContactMessage, Library, Membership, Profile, Theme
from navette.lifecycle.merging import FOLLOWS, close_library, held_by, merge_libraries, plan_of, reopen_library
from navette.mail.models import OutgoingMail
from navette.signon.models import ActiveYear, Opening
from navette.subscriptions.models import RegistrationBatch, Subscription, SubscriptionEvent
from navette.subscriptions.queries import subscriptions_seen_by
from navette.subscriptions.states import Move, Status
from tests import factories
from tests.at_once import all_at_once

pytestmark = pytest.mark.usefixtures("portal")


@pytest.fixture
def source() -> Library:
    return factories.LibraryFactory(name="Ancienne", email="ancienne@example.org")


@pytest.fixture
def into() -> Library:
    return factories.LibraryFactory(name="Nouvelle", email="nouvelle@example.org")


def follow(library: Library) -> None:
    """Write one row of each thing that follows a library."""
    reader = factories.SubscriptionFactory(library=library, active=True).reader
    Pick.objects.create(library=library, title="Un livre", review="À lire.")
    PurchaseSuggestion.objects.create(library=library, title="Un film")
    RegistrationBatch.objects.create(library=library, filename="usagers.xlsx")
    Opening.objects.create(
        resource=factories.ResourceFactory(), library=library, reader=reader, age_band="25-39", day=clock.today()
    )
    ActiveYear.objects.create(reader=reader, library=library, age_band="25-39", year=2026)
    ContactMessage.objects.create(library=library, theme=Theme.OTHER, name="A", email="a@example.org", body="Bonjour")


# ---- refusals first
def test_only_administrators_merge_and_close(source: Library, into: Library) -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    source.territory.officer = officer
    source.territory.save()
    for actor in (officer, factories.staff(StaffRoleName.DIGITAL), factories.library_account(source)):
        with pytest.raises(NotAllowed):
            merge_libraries(source, into, acting_user=actor)
        with pytest.raises(NotAllowed):
            close_library(source, acting_user=actor)
        with pytest.raises(NotAllowed):
            reopen_library(source, acting_user=actor)
    assert Library.objects.filter(closed_at__isnull=True).count() == 2


def test_a_library_is_not_merged_into_itself_nor_into_a_closed_one(source: Library, into: Library) -> None:
    actor = factories.staff()
    with pytest.raises(Invalid):
        merge_libraries(source, source, acting_user=actor)
    closed = factories.LibraryFactory(closed_at=clock.now(), is_open=False)
    for pair in ((source, closed), (closed, into)):
        with pytest.raises(Refusal):
            merge_libraries(*pair, acting_user=actor)
    assert not OutgoingMail.objects.exists()


def test_a_second_click_does_nothing_more(source: Library, into: Library) -> None:
    actor = factories.staff()
    factories.SubscriptionFactory(library=source, active=True)
    merge_libraries(source, into, acting_user=actor)
    for _again in range(2):
        with pytest.raises(Refusal):
            merge_libraries(source, into, acting_user=actor)
    with pytest.raises(Refusal):
        merge_libraries(into, source, acting_user=actor)
    assert SubscriptionEvent.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


# ---- what moves
def test_sub_07_every_subscription_moves_with_its_event_whatever_its_state(source: Library, into: Library) -> None:
    made = [
        factories.SubscriptionFactory(library=source, **{state: True} if state else {})
        for state in ("", "active", "refused", "expired", "renewal_asked")
    ]
    stays = factories.SubscriptionFactory(active=True)
    actor = factories.staff()
    plan = merge_libraries(source, into, acting_user=actor)
    assert (plan.subscriptions, plan.waiting) == (5, 2)
    for before in made:
        after = Subscription.objects.get(pk=before.pk)
        assert (after.library, after.status, after.version) == (into, before.status, before.version + 1)
        assert (after.starts_on, after.ends_on) == (before.starts_on, before.ends_on)
        event = after.events.get()
        assert (event.move, event.actor, event.reason) == (Move.MOVE_LIBRARY, actor, "Ancienne → Nouvelle")
        assert event.from_status == event.to_status == before.status
    assert Subscription.objects.get(pk=stays.pk).version == stays.version


def test_sub_05_what_waits_gets_a_new_deadline_and_is_announced_by_the_one_mail(source: Library, into: Library) -> None:
    late = factories.SubscriptionFactory(
        library=source, deadline=clock.today() - dt.timedelta(days=9), reminded_at=clock.now()
    )
    merge_libraries(source, into, acting_user=factories.staff())
    late.refresh_from_db()
    assert late.deadline == clock.today() + dt.timedelta(days=4)
    assert (late.announced_at is not None, late.reminded_at) == (True, None)
    mails = {mail.to_email: mail.body for mail in OutgoingMail.objects.all()}
    assert set(mails) == {source.email, into.email}
    assert all(f"{late.deadline:%d/%m/%Y}" in body and "1 abonnement" in body for body in mails.values())


def test_two_libraries_of_one_address_get_one_mail(source: Library, into: Library) -> None:
    Library.objects.update(email="mairie@example.org")
    merge_libraries(source, into, acting_user=factories.staff())
    assert OutgoingMail.objects.get().to_email == "mairie@example.org"


def test_accounts_move_without_doubling_and_keep_the_stronger_profile(source: Library, into: Library) -> None:
    shared = factories.library_account(source)
    both, weaker = factories.UserFactory(kind=Kind.LIBRARIAN), factories.UserFactory(kind=Kind.LIBRARIAN)
    for user, old, new in ((both, Profile.MANAGER, Profile.VIEWER), (weaker, Profile.VIEWER, Profile.MANAGER)):
        Membership.objects.create(user=user, library=source, profile=old)
        Membership.objects.create(user=user, library=into, profile=new)
    factories.library_account(into, Profile.VIEWER)
    moved = factories.SubscriptionFactory(library=source)
    merge_libraries(source, into, acting_user=factories.staff())
    assert not source.memberships.exists()
    assert into.memberships.count() == 4
    assert set(into.memberships.filter(profile=Profile.MANAGER).values_list("user", flat=True)) == {
        shared.pk,
        both.pk,
        weaker.pk,
    }
    assert moved in subscriptions_seen_by(User.objects.get(pk=shared.pk))


def test_what_a_library_has_follows_and_its_history_stays(source: Library, into: Library) -> None:
    follow(source)
    plan = merge_libraries(source, into, acting_user=factories.staff())
    assert set(plan.followers.values()) == {1}
    for rows in FOLLOWS:
        assert rows.filter(library=into).count() == 1, rows.model
    source.refresh_from_db()
    assert source.closed_at is not None
    assert (source.is_open, source.merged_into) == (False, into)
    row = AuditRow.objects.get()
    assert (row.action, row.object_id, row.detail) == (
        "libraries.merge",
        source.pk,
        {"into": into.pk, "moved": 1, "waiting": 0},
    )


def test_every_table_that_names_a_library_either_follows_it_or_stays_for_a_reason() -> None:
    """A new table with a library in it makes this fail, until somebody has decided what a merge does with it."""
    moves = {Subscription, Membership, *(rows.model for rows in FOLLOWS)}
    stays = {
        "OpeningHours": "the new library has its own",
        "Library": "what was merged before: led on to the new library",
        "SubscriptionEvent": "history: where it happened",
        "Tally": "history: figures of the months in which the library was there",
    }
    fields = [field for field in Library._meta.get_fields(include_hidden=True) if field.auto_created]
    related = {field.related_model for field in fields if field.related_model}
    assert {model.__name__ for model in related - moves} == set(stays)


def test_an_older_merge_leads_on_in_one_step(source: Library, into: Library) -> None:
    actor, oldest = factories.staff(), factories.LibraryFactory()
    merge_libraries(oldest, source, acting_user=actor)
    merge_libraries(source, into, acting_user=actor)
    oldest.refresh_from_db()
    assert oldest.merged_into == into


def test_thousands_move_in_as_many_statements_as_a_few(source: Library, into: Library) -> None:
    actor, other = factories.staff(), factories.LibraryFactory()
    assert actor.has_perm("libraries.manage")  # and so the roles are read
    factories.SubscriptionFactory.create_batch(3, library=source)
    factories.SubscriptionFactory.create_batch(40, library=other, active=True)
    counts = []
    for library in (source, other):
        with CaptureQueriesContext(connection) as queries:
            merge_libraries(library, into, acting_user=actor)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_plan_says_what_will_move_and_changes_nothing(source: Library) -> None:
    follow(source)
    factories.SubscriptionFactory(library=source)
    factories.library_account(source)
    plan = plan_of(source)
    assert (plan.subscriptions, plan.waiting, plan.accounts) == (2, 1, 1)
    assert not AuditRow.objects.exists()


# ---- closing
@pytest.mark.parametrize("state", ["pending", "active", "renewal_asked", "unconfirmed"])
def test_a_library_with_somebody_valid_or_waiting_is_not_closed(source: Library, state: str) -> None:
    options = {"status": Status.UNCONFIRMED, "deadline": None} if state == "unconfirmed" else {state: True}
    if state == "pending":
        options = {}
    factories.SubscriptionFactory(library=source, **options)
    assert held_by(source) == 1
    with pytest.raises(Refusal):
        close_library(source, acting_user=factories.staff())
    assert Library.objects.get(pk=source.pk).closed_at is None


def test_closing_takes_away_the_accounts_that_work_nowhere_else(source: Library, into: Library) -> None:
    factories.SubscriptionFactory(library=source, expired=True)
    shared, twice = factories.library_account(source), factories.library_account(source, Profile.VIEWER)
    Membership.objects.create(user=twice, library=into)
    fresh = close_library(source, acting_user=factories.staff())
    assert fresh.closed_at is not None
    assert not fresh.is_open
    assert not User.objects.get(pk=shared.pk).is_active
    assert User.objects.get(pk=twice.pk).is_active
    assert list(twice.memberships.values_list("library", flat=True)) == [into.pk]
    with pytest.raises(Refusal):
        close_library(source, acting_user=factories.staff())


def test_a_closed_library_comes_back_and_a_merged_one_does_not(source: Library, into: Library) -> None:
    actor = factories.staff()
    close_library(source, acting_user=actor)
    fresh = reopen_library(source, acting_user=actor)
    assert (fresh.closed_at, fresh.is_open) == (None, False)
    with pytest.raises(Refusal):
        reopen_library(source, acting_user=actor)
    merge_libraries(source, into, acting_user=actor)
    with pytest.raises(Refusal):
        reopen_library(source, acting_user=actor)


# ---- at the same moment
@pytest.mark.django_db(transaction=True)
def test_merges_at_once_each_way_make_one_merge(source: Library, into: Library) -> None:
    """A into B and B into A, ten times each: one holds, and nobody's subscription is in a closed library."""
    actor = factories.staff()
    factories.SubscriptionFactory.create_batch(3, library=source)
    factories.SubscriptionFactory.create_batch(3, library=into)

    def work(n: int) -> Callable[[], None]:
        pair = (source, into) if n % 2 else (into, source)
        return lambda: void(merge_libraries(*pair, acting_user=actor))

    refused = all_at_once([work(n) for n in range(20)])
    assert len(refused) == 19
    assert Library.objects.filter(closed_at__isnull=False).count() == 1
    assert not Subscription.objects.filter(library__closed_at__isnull=False).exists()
    assert SubscriptionEvent.objects.count() == 3
    assert OutgoingMail.objects.count() == 2


def void(_anything: object) -> None:
    """Return nothing."""
