"""Who may open what: each reason to be stopped, then the one case where it opens (SUB-03, SUB-04, SUB-13, SSO-05)."""

import datetime as dt
from typing import Any

import pytest

from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.decision import may_open
from navette.subscriptions import actions
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.states import RefusalReason, Status
from tests.factories import (
    MembershipFactory,
    ReaderFactory,
    ResourceFactory,
    SubscriptionFactory,
    UserFactory,
    portal,
)

TODAY = dt.date(2027, 3, 1)
DAY = dt.timedelta(days=1)
pytestmark = pytest.mark.django_db


def subscribed(grant: str | None = GrantState.GRANTED, **kwargs: Any) -> tuple[Subscription, DigitalResource]:
    """Return a subscription that opens on TODAY unless `kwargs` say otherwise, and a resource with `grant` to it."""
    kwargs = {"active": True, "starts_on": TODAY - 100 * DAY} | kwargs
    subscription, resource = SubscriptionFactory(**kwargs), ResourceFactory()
    if grant:
        ResourceGrant.objects.create(subscription=subscription, resource=resource, state=grant)
    return subscription, resource


def refusal(subscription: Subscription, resource: DigitalResource, today: dt.date = TODAY) -> errors.Stopped:
    """Return why the subscription's reader is stopped."""
    with pytest.raises(errors.Stopped) as caught:
        may_open(subscription.reader, resource, today)
    return caught.value


def test_sub_04_a_waiting_reader_is_stopped_and_told_where_and_since_when() -> None:
    asked = dt.datetime(2027, 2, 27, 9, 0, tzinfo=dt.UTC)
    subscription, resource = subscribed(
        GrantState.REQUESTED, active=False, starts_on=None, requested_at=asked, deadline=TODAY
    )
    reason = refusal(subscription, resource)
    assert type(reason) is errors.Waiting
    assert subscription.library.name in reason.message
    assert "27 février 2027" in reason.message


def test_sub_04_a_refused_reader_is_stopped_and_told_why() -> None:
    subscription, resource = subscribed(
        active=False, starts_on=None, refused=True, refusal_reason=RefusalReason.MEMBERSHIP_OVER
    )
    reason = refusal(subscription, resource)
    assert type(reason) is errors.Refused
    assert "Abonnement expiré" in reason.message


def test_sub_03_the_day_after_the_end_is_stopped_though_the_nightly_command_did_not_run() -> None:
    subscription, resource = subscribed(starts_on=dt.date(2026, 2, 28))
    assert (subscription.status, subscription.ends_on) == (Status.ACTIVE, dt.date(2027, 2, 28))
    reason = refusal(subscription, resource)
    assert type(reason) is errors.Expired
    assert "28 février 2027" in reason.message


def test_sub_03_a_subscription_that_the_nightly_command_closed_is_stopped() -> None:
    subscription, resource = subscribed(active=False, expired=True, starts_on=dt.date(2026, 1, 5))
    assert type(refusal(subscription, resource)) is errors.Expired


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.PENDING])
def test_sub_03_asking_for_the_renewal_gives_no_access_after_the_end(status: Status) -> None:
    subscription, resource = subscribed(starts_on=dt.date(2026, 2, 1), deadline=TODAY, status=status)
    assert type(refusal(subscription, resource)) is errors.RenewalWaiting


def test_sub_04_a_resource_not_asked_for_is_stopped() -> None:
    subscription, resource = subscribed(grant=None)
    other = ResourceFactory()
    ResourceGrant.objects.create(subscription=subscription, resource=other, state=GrantState.GRANTED)
    assert type(refusal(subscription, resource)) is errors.NotAskedFor


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (GrantState.REMOVED, errors.NotAskedFor),
        (GrantState.REQUESTED, errors.GrantWaiting),
        (GrantState.REFUSED, errors.GrantRefused),
    ],
)
def test_sub_04_a_grant_that_is_not_granted_is_stopped(state: str, reason: type[errors.Stopped]) -> None:
    subscription, resource = subscribed(state)
    assert type(refusal(subscription, resource)) is reason


def test_sub_04_a_closed_resource_is_stopped() -> None:
    subscription, resource = subscribed()
    resource.is_open = False
    assert type(refusal(subscription, resource)) is errors.ResourceClosed


def test_sub_13_nothing_opens_before_the_address_is_confirmed_once() -> None:
    unconfirmed = ReaderFactory(user=UserFactory(email_confirmed_at=None))
    subscription, resource = subscribed(reader=unconfirmed)
    assert type(refusal(subscription, resource)) is errors.AddressNotConfirmed


def test_sub_12_a_reader_whose_parent_has_not_agreed_is_stopped() -> None:
    subscription, resource = subscribed(status=Status.UNCONFIRMED)
    assert type(refusal(subscription, resource)) is errors.ParentAwaited


def test_an_account_without_subscription_is_stopped() -> None:
    with pytest.raises(errors.NoSubscription):
        may_open(ReaderFactory(), ResourceFactory(), TODAY)


def test_sub_03_access_holds_up_to_and_including_the_end_date() -> None:
    subscription, resource = subscribed(starts_on=dt.date(2026, 3, 1))
    assert subscription.ends_on == TODAY
    may_open(subscription.reader, resource, TODAY)
    assert type(refusal(subscription, resource, TODAY + DAY)) is errors.Expired


def test_sub_01_asking_for_the_renewal_keeps_access_until_the_end() -> None:
    subscription, resource = subscribed(deadline=TODAY)
    may_open(subscription.reader, resource, TODAY)


def test_sub_04_a_decision_counts_at_the_very_next_opening() -> None:
    portal()
    subscription = SubscriptionFactory()
    resource, today = ResourceFactory(), subscription.deadline - 4 * DAY
    ResourceGrant.objects.create(subscription=subscription, resource=resource)
    librarian = MembershipFactory(library=subscription.library).user
    assert type(refusal(subscription, resource, today)) is errors.Waiting
    accepted = actions.accept(subscription, acting_user=librarian)
    may_open(subscription.reader, resource, today)
    actions.end(accepted, acting_user=librarian, reason=RefusalReason.LEFT)
    assert type(refusal(subscription, resource, today)) is errors.Refused


def test_sso_05_every_reason_says_what_holds_in_a_french_sentence() -> None:
    day = dt.date(2027, 3, 1)
    reasons: list[errors.Stopped] = [
        errors.NotAReader(), errors.NoSubscription(), errors.ResourceClosed("R"), errors.ParentAwaited(),
        errors.Waiting("B", day), errors.RenewalWaiting("B", day), errors.Refused("B", "M"), errors.Expired("B", day),
        errors.AddressNotConfirmed(), errors.NotAskedFor("R"), errors.GrantWaiting("R", "B"),
        errors.GrantRefused("R", "B"), errors.SeatAwaited("R", 2), errors.VendorFailed("R"),
    ]  # fmt: skip
    assert {type(reason) for reason in reasons} == set(errors.Stopped.__subclasses__())
    assert len({reason.message for reason in reasons}) == len(reasons)
    assert len({reason.code for reason in reasons}) == len(reasons)
    assert all(reason.message.endswith(".") for reason in reasons)
    assert {reason.status for reason in reasons if not isinstance(reason, errors.VendorFailed)} == {403}
