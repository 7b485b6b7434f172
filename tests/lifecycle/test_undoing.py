"""Undoing, for a day, what a library registered by a file: who has not come is erased as any account is (DATA-02)."""

import datetime as dt
from typing import Any

import pytest

from navette.accounts.models import User
from navette.core import clock
from navette.core.errors import NotAllowed, Refusal
from navette.libraries.models import Library, Profile
from navette.lifecycle.undoing import undo_batch
from navette.mail.models import MailState, OutgoingMail
from navette.readers.tokens import parental_token
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import accept, agree, apply_batch, may_undo
from navette.subscriptions.dates import same_day
from navette.subscriptions.models import (
    BatchState,
    GrantState,
    RegistrationBatch,
    ResourceGrant,
    Subscription,
    SubscriptionEvent,
    Tally,
)
from navette.subscriptions.states import Status
from tests import factories
from tests.subscriptions.test_batch import CHILD, account, library, sent

__all__ = ["account", "library"]  # fixtures


def test_a_viewer_another_library_and_the_staff_undo_nothing(library: Library, account: User) -> None:
    batch = applied(library, account)
    for stranger in (
        factories.library_account(library, Profile.VIEWER),
        factories.library_account(factories.LibraryFactory()),
        factories.staff(),
    ):
        with pytest.raises(NotAllowed):
            undo_batch(batch, acting_user=stranger)
    assert Subscription.objects.count() == 2


def applied(library: Library, account: User) -> RegistrationBatch:
    return apply_batch(sent(library, account), acting_user=account, ready=2)


def subscription_of(email: str) -> Subscription:
    return Subscription.objects.select_related("reader__user", "library").get(reader__user__email=email)


def test_undoing_erases_who_was_not_there_yet(library: Library, account: User) -> None:
    """One is accepted meanwhile by the library: the reader has not come yet, so goes too."""
    batch = applied(library, account)
    accept(subscription_of("zoe@example.org"), acting_user=account)
    assert may_undo(batch)
    outcome = undo_batch(batch, acting_user=account)
    assert (outcome.count, outcome.kept) == (2, [])
    assert not User.objects.filter(kind="reader").exists()
    assert not OutgoingMail.objects.exclude(to_email="").exists()
    assert undo_batch(batch, acting_user=account).count == 0
    assert not may_undo(RegistrationBatch.objects.get())


@pytest.mark.parametrize("touch", ["password", "login", "refused"])
def test_undoing_keeps_and_names_who_came_meanwhile(library: Library, account: User, touch: str) -> None:
    batch = applied(library, account)
    row = subscription_of("zoe@example.org")
    user = row.reader.user
    changes: dict[str, Any] = {
        "password": {"password": factories.hashed_password()},
        "login": {"last_login": clock.now()},
    }
    if touch == "refused":
        Subscription.objects.filter(pk=row.pk).update(status=Status.REFUSED, deadline=None, refusal_reason="not_member")
    else:
        User.objects.filter(pk=user.pk).update(**changes[touch])
    outcome = undo_batch(batch, acting_user=account)
    assert (outcome.count, outcome.kept) == (1, ["Zoé Durand"])
    assert subscription_of("zoe@example.org").pk == row.pk


def test_after_a_day_nothing_is_undone(library: Library, account: User) -> None:
    batch = applied(library, account)
    RegistrationBatch.objects.update(applied_at=clock.now() - dt.timedelta(hours=25))
    with pytest.raises(Refusal, match="un jour est passé"):
        undo_batch(batch, acting_user=account)
    assert Subscription.objects.count() == 2


def test_data_02_events_stay_under_a_pseudonym_and_no_figure_counts_a_mistake(library: Library, account: User) -> None:
    batch = applied(library, account)
    accept(subscription_of("zoe@example.org"), acting_user=account, message="Bonjour Zoé Durand")
    undo_batch(batch, acting_user=account)
    events = SubscriptionEvent.objects.all()
    assert events.count() == 3
    assert len({event.pseudonym for event in events}) == 2
    assert all(event.pseudonym and event.subscription_id is None and not event.message for event in events)
    assert {event.library_id for event in events} == {library.pk}
    assert not Tally.objects.exists()
    fresh = RegistrationBatch.objects.get()
    assert (fresh.state, fresh.rows, fresh.headers) == (BatchState.UNDONE, [], [])


def test_data_02_mails_that_wait_do_not_leave_and_those_sent_are_emptied(library: Library, account: User) -> None:
    batch = applied(library, account)
    OutgoingMail.objects.filter(to_email="zoe@example.org").update(state=MailState.SENT, sent_at=clock.now())
    undo_batch(batch, acting_user=account)
    kept = OutgoingMail.objects.get()
    assert (kept.state, kept.to_email, kept.subject, kept.body) == (MailState.SENT, "", "", "")


def test_sub_11_a_seat_set_free_is_given_at_once(library: Library, account: User) -> None:
    DigitalResource.objects.filter(name="Ciné-Rivage").update(seats=1)
    batch = applied(library, account)
    accept(subscription_of("zoe@example.org"), acting_user=account)
    waiting = factories.SubscriptionFactory(library=library, active=True)
    seat = factories.GrantFactory(
        subscription=waiting,
        resource=DigitalResource.objects.get(name="Ciné-Rivage"),
        state=GrantState.WAITING,
        waits_since=clock.now(),
    )
    undo_batch(batch, acting_user=account)
    assert ResourceGrant.objects.get(pk=seat.pk).state == GrantState.GRANTED
    assert OutgoingMail.objects.filter(to_email=waiting.reader.user.email).count() == 1


@pytest.mark.parametrize("agreed", [False, True])
def test_sub_12_a_child_goes_too_unless_a_parent_has_agreed(library: Library, account: User, *, agreed: bool) -> None:
    day = same_day(clock.today(), -10)
    text = CHILD.format(day=f"{day:%d/%m/%Y}", parent="Inès Caradec;ines@example.org")
    batch = apply_batch(sent(library, account, text), acting_user=account, ready=1)
    if agreed:
        agree(parental_token(subscription_of("malo@example.org").reader.parental_agreement))
    outcome = undo_batch(batch, acting_user=account)
    assert (outcome.count, outcome.kept) == ((0, ["Malo Caradec"]) if agreed else (1, []))
    assert OutgoingMail.objects.filter(to_email="ines@example.org").exists() == agreed
