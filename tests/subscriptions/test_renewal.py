"""R6: what a reader asks for later."""

import datetime as dt

import pytest

from navette.core.clock import now, today
from navette.core.errors import NotAllowed, Refusal
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.actions import accept, ask_again, ask_renewal, refuse
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def ending_in(days: int) -> Subscription:
    """Return a valid subscription of which `days` are left after today."""
    return SubscriptionFactory(active=True, starts_on=today() - 300 * DAY, ends_on=today() + days * DAY)


def test_nobody_asks_in_the_readers_place(portal: Portal) -> None:
    subscription = ending_in(10)
    librarian = factories.library_account(subscription.library)
    with pytest.raises(NotAllowed):
        ask_renewal(subscription, acting_user=librarian)
    with pytest.raises(NotAllowed):
        ask_again(SubscriptionFactory(refused=True), acting_user=librarian)


def test_r6_the_renewal_is_asked_from_30_days_before_the_end_not_before(portal: Portal) -> None:
    early = ending_in(31)
    with pytest.raises(Refusal) as refusal:
        ask_renewal(early, acting_user=early.reader.user)
    assert (today() + DAY).strftime("%d/%m/%Y") in refusal.value.message
    on_time = ending_in(30)
    assert ask_renewal(on_time, acting_user=on_time.reader.user).waits


def test_sub_01_asking_keeps_access_and_asks_the_library_like_a_first_time(portal: Portal) -> None:
    subscription = ending_in(10)
    fresh = ask_renewal(subscription, acting_user=subscription.reader.user)
    assert fresh.current_status == Status.ACTIVE
    assert fresh.deadline == today() + 4 * DAY
    kinds = set(OutgoingMail.objects.values_list("kind", "to_email"))
    reader = subscription.reader.user.email
    assert kinds == {("library_renewal", subscription.library.email), ("renewal_received", reader)}


def test_a_second_click_asks_once(portal: Portal) -> None:
    subscription = ending_in(10)
    fresh = ask_renewal(subscription, acting_user=subscription.reader.user)
    for seen in (subscription, fresh):
        with pytest.raises(Overtaken):
            ask_renewal(seen, acting_user=subscription.reader.user)
    assert OutgoingMail.objects.count() == 2


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.EXPIRED])
def test_sub_01_after_the_end_the_request_waits_without_access(portal: Portal, status: str) -> None:
    """SUB-03: the same whether or not the nightly command has written the expiry."""
    over = SubscriptionFactory(expired=True, status=status)
    fresh = ask_renewal(over, acting_user=over.reader.user)
    assert fresh.status == fresh.current_status == Status.PENDING
    renewed = accept(fresh, acting_user=factories.library_account(over.library))
    assert renewed.current_status == Status.ACTIVE


def test_sub_03_a_renewal_asked_for_whose_end_passes_waits_without_access(portal: Portal) -> None:
    subscription = ending_in(1)
    fresh = ask_renewal(subscription, acting_user=subscription.reader.user)
    assert fresh.ends_on is not None
    assert fresh.status_on(fresh.ends_on) == Status.ACTIVE
    assert fresh.status_on(fresh.ends_on + DAY) == Status.PENDING


def test_a_refused_renewal_ends_the_access(portal: Portal) -> None:
    subscription = SubscriptionFactory(renewal_asked=True)
    fresh = refuse(subscription, acting_user=factories.library_account(subscription.library), reason="membership_over")
    assert fresh.status == Status.REFUSED


def test_sub_01_a_refused_reader_asks_again(portal: Portal) -> None:
    refused = SubscriptionFactory(refused=True)
    fresh = ask_again(refused, acting_user=refused.reader.user)
    assert (fresh.status, fresh.refusal_reason, fresh.deadline) == (Status.PENDING, "", today() + 4 * DAY)
    assert OutgoingMail.objects.filter(kind="library_request").count() == 1


@pytest.mark.parametrize("trait", ["active", "expired", "renewal_asked", None])
def test_sub_01_asking_again_is_for_the_refused_only(portal: Portal, trait: str | None) -> None:
    subscription = SubscriptionFactory(**({trait: True} if trait else {}))
    with pytest.raises(Overtaken):
        ask_again(subscription, acting_user=subscription.reader.user)


@pytest.mark.parametrize("trait", ["refused", None])
def test_sub_01_a_renewal_is_for_those_who_have_a_subscription(portal: Portal, trait: str | None) -> None:
    subscription = SubscriptionFactory(**({trait: True} if trait else {}))
    with pytest.raises(Overtaken):
        ask_renewal(subscription, acting_user=subscription.reader.user)


def test_nothing_is_asked_of_a_library_that_has_left_the_network(portal: Portal) -> None:
    for ask, options in ((ask_again, {"refused": True}), (ask_renewal, {"expired": True})):
        subscription = SubscriptionFactory(library__is_open=False, library__closed_at=now(), **options)
        with pytest.raises(Refusal):
            ask(subscription, acting_user=subscription.reader.user)
        assert Subscription.objects.get(pk=subscription.pk).version == subscription.version
