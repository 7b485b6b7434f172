"""Changing a subscriber, by the library, the staff and the reader."""

import datetime as dt
from typing import Any

import pytest

from navette.accounts.roles import StaffRoleName
from navette.core.clock import today
from navette.core.errors import Invalid, NotAllowed
from navette.core.text import fold
from navette.libraries.models import Profile
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import Changes, edit, edit_own
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.models import GrantState, Subscription, TermsAcceptance
from navette.subscriptions.states import Move
from tests import factories
from tests.factories import GrantFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def changes(subscription: Subscription, **changed: Any) -> Changes:
    """Return what the form of `subscription` gives back, with what a test changes."""
    reader = subscription.reader
    values: dict[str, Any] = {
        "first_name": reader.first_name,
        "last_name": reader.last_name,
        "birth_date": reader.birth_date,
        "resources": [grant.resource for grant in subscription.grants.exclude(state=GrantState.REMOVED)],
        "starts_on": subscription.starts_on,
    }
    return Changes(**values | changed)


@pytest.fixture
def active(portal: Portal) -> Subscription:
    """Return a valid subscription with one resource."""
    grant = GrantFactory(subscription=SubscriptionFactory(active=True, starts_on=today() - 40 * DAY))
    return Subscription.objects.select_related("reader__user", "library").get(pk=grant.subscription_id)


# ---- who may not
def test_sub_08_strangers_and_viewers_change_nothing(active: Subscription) -> None:
    viewer = factories.library_account(active.library, Profile.VIEWER)
    stranger = factories.library_account(factories.LibraryFactory())
    for actor in (viewer, stranger, factories.staff(StaffRoleName.TERRITORY), active.reader.user):
        with pytest.raises(NotAllowed):
            edit(active, acting_user=actor, changes=changes(active, last_name="Autre"))
    assert Subscription.objects.get().version == active.version


def test_sub_07_a_librarian_changes_neither_mail_nor_library(active: Subscription) -> None:
    librarian = factories.library_account(active.library)
    for changed in ({"email": "autre@example.org"}, {"library": factories.LibraryFactory()}):
        with pytest.raises(NotAllowed):
            edit(active, acting_user=librarian, changes=changes(active, **changed))


def test_sub_07_mail_and_library_are_locked_for_the_reader_after_acceptance(active: Subscription) -> None:
    for changed in ({"email": "autre@example.org"}, {"library": factories.LibraryFactory()}):
        with pytest.raises(NotAllowed):
            edit_own(active, acting_user=active.reader.user, changes=changes(active, **changed))


def test_another_reader_changes_nothing(active: Subscription) -> None:
    with pytest.raises(NotAllowed):
        edit_own(active, acting_user=SubscriptionFactory().reader.user, changes=changes(active))


# ---- what may not be
@pytest.mark.parametrize("trait", ["refused", "expired", None])
def test_the_start_date_changes_on_a_valid_subscription_only(portal: Portal, trait: str | None) -> None:
    subscription = SubscriptionFactory(**({trait: True} if trait else {}))
    librarian = factories.library_account(subscription.library)
    with pytest.raises(Invalid) as refusal:
        edit(subscription, acting_user=librarian, changes=changes(subscription, starts_on=today()))
    assert refusal.value.field == "starts_on"


def test_a_mail_that_another_account_has_is_refused_and_nothing_is_half_done(portal: Portal) -> None:
    subscription = SubscriptionFactory()
    factories.UserFactory(email="pris@example.org")
    mine = changes(subscription, email="Pris@example.org", last_name="Changé")
    with pytest.raises(Invalid) as refusal:
        edit_own(subscription, acting_user=subscription.reader.user, changes=mine)
    assert refusal.value.field == "email"
    assert Subscription.objects.get().reader.last_name != "Changé"


def test_a_form_that_is_out_of_date_changes_nothing(active: Subscription) -> None:
    librarian = factories.library_account(active.library)
    edit(active, acting_user=librarian, changes=changes(active, last_name="Premier"))
    stale = Subscription.objects.select_related("reader__user", "library").get()
    stale.version = active.version
    with pytest.raises(Overtaken):
        edit(stale, acting_user=librarian, changes=changes(stale, last_name="Second"))
    assert Subscription.objects.get().reader.last_name == "Premier"


# ---- what they do
def test_l6_a_librarian_corrects_a_name_and_lists_follow(active: Subscription) -> None:
    librarian = factories.library_account(active.library)
    fresh = edit(active, acting_user=librarian, changes=changes(active, first_name="Éloïse", last_name="Œuvrard"))
    assert fresh.by_last_name == "oeuvrard eloise"
    assert fresh.reader.user.name == "Éloïse Œuvrard"
    assert fold("Œuvrard") in fresh.search_text
    event = fresh.events.get()
    assert (event.move, event.reason) == (Move.EDIT, "prénom, nom")


def test_l6_a_new_start_date_moves_the_end(active: Subscription) -> None:
    librarian = factories.library_account(active.library)
    fresh = edit(active, acting_user=librarian, changes=changes(active, starts_on=today() - 10 * DAY))
    assert fresh.ends_on is not None
    assert fresh.ends_on > active.ends_on  # type: ignore[operator]
    assert fresh.notice_days is None


def test_sub_04_a_resource_added_by_an_active_reader_is_granted_at_once(active: Subscription) -> None:
    added = factories.ResourceFactory()
    kept = active.grants.get().resource
    edit_own(active, acting_user=active.reader.user, changes=changes(active, resources=[kept, added]))
    assert active.grants.get(resource=added).state == GrantState.GRANTED
    assert TermsAcceptance.objects.filter(resource_terms__resource=added).exists()
    assert not OutgoingMail.objects.exists()


def test_sub_04_where_each_resource_is_decided_it_is_requested_and_the_library_mailed(active: Subscription) -> None:
    factories.portal("loiret")
    added = factories.ResourceFactory(name="Ciné-rivage")
    edit_own(active, acting_user=active.reader.user, changes=changes(active, resources=[added]))
    assert active.grants.get(resource=added).state == GrantState.REQUESTED
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("library_resource", active.library.email)
    assert "Ciné-rivage" in mail.body


def test_r5_a_resource_dropped_no_longer_opens_and_can_come_back(active: Subscription) -> None:
    dropped = active.grants.get().resource
    other = factories.ResourceFactory()
    fresh = edit_own(active, acting_user=active.reader.user, changes=changes(active, resources=[other]))
    assert active.grants.get(resource=dropped).state == GrantState.REMOVED
    edit_own(fresh, acting_user=active.reader.user, changes=changes(fresh, resources=[other, dropped]))
    assert active.grants.get(resource=dropped).state == GrantState.GRANTED


def test_sub_07_before_acceptance_a_reader_changes_library_and_the_request_starts_anew_there(portal: Portal) -> None:
    waiting = SubscriptionFactory(deadline=today() + DAY)
    library = factories.LibraryFactory()
    fresh = edit_own(waiting, acting_user=waiting.reader.user, changes=changes(waiting, library=library))
    assert (fresh.library, fresh.deadline) == (library, today() + 4 * DAY)
    assert list(OutgoingMail.objects.values_list("kind", "to_email")) == [("library_request", library.email)]


def test_sub_13_a_new_mail_must_be_confirmed_anew(portal: Portal) -> None:
    waiting = SubscriptionFactory()
    edit_own(waiting, acting_user=waiting.reader.user, changes=changes(waiting, email="Neuf@example.org"))
    user = Subscription.objects.get().reader.user
    assert (user.identifier, user.email, user.email_confirmed_at) == ("neuf@example.org", "neuf@example.org", None)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to_email) == ("address_changed", "neuf@example.org")
    assert "/confirmation/" in mail.button_url


def test_sub_07_staff_move_a_subscriber_and_both_libraries_are_told(active: Subscription) -> None:
    left, library = active.library, factories.LibraryFactory(name="La Réole")
    fresh = edit(active, acting_user=factories.staff(), changes=changes(active, library=library))
    assert fresh.library == library
    told = OutgoingMail.objects.filter(kind="library_moved").values_list("to_email", flat=True)
    assert set(told) == {left.email, library.email}
    moved = fresh.events.get(move=Move.MOVE_LIBRARY)
    assert moved.reason == f"{left.name} → La Réole"
