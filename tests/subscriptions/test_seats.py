"""SUB-11: seats are granted while they last, then in order; whatever frees one serves the next."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction

from navette.accounts.models import User
from navette.core.clock import set_today, today
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.subscriptions import nightly
from navette.subscriptions.actions import accept, edit, edit_own, end, refuse, renew, serve_queue
from navette.subscriptions.actions.grants import decide, grant, remove, request
from navette.subscriptions.actions.grants import refuse as refuse_grant
from navette.subscriptions.actions.moves import fetch
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import free_seats, full_resource_ids, places_of
from tests import factories
from tests.at_once import all_at_once
from tests.factories import SubscriptionFactory
from tests.subscriptions.test_edit import changes

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def single(portal: Portal) -> DigitalResource:
    """Return a resource with one seat."""
    made: DigitalResource = factories.ResourceFactory(seats=1)
    return made


def holder(*resources: DigitalResource, **options: object) -> Subscription:
    """Return a valid subscription that was given `resources`, or waits for them."""
    made = SubscriptionFactory(**({"active": True} | options))
    with transaction.atomic():
        grant(made, resources)
    return fetch(made.pk)


def applicant(*resources: DigitalResource, **options: object) -> tuple[Subscription, User]:
    """Return a request for `resources`, and its library's account."""
    made = SubscriptionFactory(**options)
    request(made, resources)
    return made, factories.library_account(made.library)


def state(subscription: Subscription, resource: DigitalResource) -> str:
    return str(ResourceGrant.objects.get(subscription=subscription, resource=resource).state)


def given() -> list[str]:
    """Return the addresses that were told of a seat."""
    return list(OutgoingMail.objects.filter(kind="seat_given").order_by("pk").values_list("to_email", flat=True))


# ---- while seats last, then in order
def test_sub_11_the_last_seat_is_granted_and_the_next_waits_in_order(single: DigitalResource) -> None:
    free = factories.ResourceFactory()
    people = []
    for _ in range(3):
        subscription, librarian = applicant(single, free)
        people.append(accept(subscription, acting_user=librarian))
    assert [state(row, single) for row in people] == [GrantState.GRANTED, GrantState.WAITING, GrantState.WAITING]
    assert {state(row, free) for row in people} == {GrantState.GRANTED}
    assert [places_of(row) for row in people] == [{}, {single.pk: 1}, {single.pk: 2}]
    assert given() == []  # nobody waited for what they were given at once


def test_sub_11_free_seats_are_counted_without_those_that_others_wait_for(single: DigitalResource) -> None:
    unlimited = factories.ResourceFactory()
    assert (free_seats(single), free_seats(unlimited)) == (1, None)
    holder(single)
    assert free_seats(single) == 0
    assert full_resource_ids() == {single.pk}
    ended = holder(factories.ResourceFactory(seats=2))
    assert free_seats(ended.grants.get().resource) == 1


def test_sub_11_a_request_takes_no_seat_and_asking_twice_none_more(single: DigitalResource) -> None:
    applicant(single)
    assert free_seats(single) == 1
    first = holder(single)
    grant(first, [single])
    renew(first, acting_user=factories.library_account(first.library), starts_on=today() - DAY)
    assert state(first, single) == GrantState.GRANTED


# ---- what frees a seat
def _end(subscription: Subscription, resource: DigitalResource) -> None:
    end(subscription, acting_user=factories.library_account(subscription.library), reason="left")


def _drop(subscription: Subscription, resource: DigitalResource) -> None:
    other = factories.ResourceFactory()
    edit_own(subscription, acting_user=subscription.reader.user, changes=changes(subscription, resources=[other]))


def _drop_by_library(subscription: Subscription, resource: DigitalResource) -> None:
    librarian = factories.library_account(subscription.library)
    edit(subscription, acting_user=librarian, changes=changes(subscription, resources=[factories.ResourceFactory()]))


def _decide(subscription: Subscription, resource: DigitalResource) -> None:
    with transaction.atomic():
        decide(subscription, {resource.pk: GrantState.REFUSED})


def _refuse_grant(subscription: Subscription, resource: DigitalResource) -> None:
    with transaction.atomic():
        refuse_grant(subscription, [resource.pk])


def _raise_seats(subscription: Subscription, resource: DigitalResource) -> None:
    DigitalResource.objects.filter(pk=resource.pk).update(seats=2)
    serve_queue([resource.pk])


def _lift_limit(subscription: Subscription, resource: DigitalResource) -> None:
    DigitalResource.objects.filter(pk=resource.pk).update(seats=None)
    serve_queue([resource.pk])


def _erase(subscription: Subscription, resource: DigitalResource) -> None:
    subscription.reader.user.delete()
    serve_queue([resource.pk])


FREEING = [_end, _drop, _drop_by_library, _decide, _refuse_grant, _raise_seats, _lift_limit, _erase]


@pytest.mark.parametrize("free", FREEING, ids=lambda free: free.__name__)
def test_sub_11_a_seat_that_becomes_free_goes_to_who_waits_longest_by_mail(
    single: DigitalResource, free: Callable[[Subscription, DigitalResource], None]
) -> None:
    first, second, third = (holder(single) for _ in range(3))
    free(first, single)
    third_has_one = free is _lift_limit
    assert state(second, single) == GrantState.GRANTED
    assert state(third, single) == (GrantState.GRANTED if third_has_one else GrantState.WAITING)
    assert given()[:1] == [second.reader.user.email]
    assert serve_queue([single.pk]) == 0


def test_sub_11_a_refused_renewal_frees_the_seat(single: DigitalResource) -> None:
    first = holder(single, active=False, renewal_asked=True)
    second = holder(single)
    refuse(first, acting_user=factories.library_account(first.library), reason="not_member")
    assert state(second, single) == GrantState.GRANTED


def test_sub_11_leaving_the_queue_lets_the_others_move_up(single: DigitalResource) -> None:
    _first, second, third = (holder(single) for _ in range(3))
    with transaction.atomic():
        remove(second, [single.pk])
    assert places_of(third) == {single.pk: 1}
    assert given() == []


# ---- by date
def test_sub_11_an_ended_subscription_frees_its_seat_before_the_night_ran(single: DigitalResource) -> None:
    first = holder(single, starts_on=today() - 300 * DAY)
    second = holder(single)
    assert first.ends_on is not None
    with set_today(first.ends_on):
        assert nightly.SEATS.count(first.ends_on) == serve_queue([single.pk]) == 0
    with set_today(first.ends_on + DAY):
        newcomer, librarian = applicant(single)
        accept(newcomer, acting_user=librarian)
        assert state(second, single) == GrantState.GRANTED, "who waited is served before who comes now"
        assert state(newcomer, single) == GrantState.WAITING


def test_sub_11_the_night_serves_the_queue_once(single: DigitalResource) -> None:
    first = holder(single, starts_on=today() - 300 * DAY)
    second, third = holder(single), holder(single)
    assert first.ends_on is not None
    day = first.ends_on + DAY
    with set_today(day):
        assert nightly.SEATS.count(day) == 1
        assert [nightly.SEATS.run(day), nightly.SEATS.run(day)] == [1, 0]
    assert given() == [second.reader.user.email]
    assert state(third, single) == GrantState.WAITING


def test_sub_11_whoever_comes_back_after_the_end_waits_like_others(single: DigitalResource) -> None:
    gone = holder(single, starts_on=today() - 300 * DAY)
    taker = holder(single)
    assert gone.ends_on is not None
    with set_today(gone.ends_on + DAY):
        serve_queue([single.pk])
        assert state(taker, single) == GrantState.GRANTED
        renew(fetch(gone.pk), acting_user=factories.library_account(gone.library))
        assert state(gone, single) == GrantState.WAITING
        assert places_of(gone) == {single.pk: 1}


def test_sub_11_whoever_is_no_longer_valid_keeps_the_place_but_is_not_served(single: DigitalResource) -> None:
    first, second, third = (holder(single) for _ in range(3))
    _end(second, single)
    _end(first, single)
    assert [state(row, single) for row in (second, third)] == [GrantState.WAITING, GrantState.GRANTED]
    accept(fetch(second.pk), acting_user=second.library.memberships.get().user)
    assert places_of(second) == {single.pk: 1}


def test_sub_11_fewer_seats_take_nothing_away_from_who_holds_one() -> None:
    factories.portal()
    resource = factories.ResourceFactory(seats=2)
    people = [holder(resource) for _ in range(2)]
    DigitalResource.objects.filter(pk=resource.pk).update(seats=1)
    renew(people[0], acting_user=factories.library_account(people[0].library), starts_on=today() - DAY)
    assert {state(row, resource) for row in people} == {GrantState.GRANTED}
    _end(people[1], resource)
    assert free_seats(DigitalResource.objects.get()) == 0


# ---- at the same moment
@pytest.mark.django_db(transaction=True)
def test_sub_11_acceptances_at_once_for_the_last_seats_grant_no_more_than_there_are() -> None:
    factories.portal()
    resources = [factories.ResourceFactory(seats=2), factories.ResourceFactory(seats=1)]
    asked = [applicant(*resources[:: 1 if n % 2 else -1]) for n in range(8)]

    def work(subscription: Subscription, librarian: User) -> Callable[[], None]:
        seen = fetch(subscription.pk)
        return lambda: void(accept(seen, acting_user=librarian))

    assert all_at_once([work(*one) for one in asked]) == []
    for resource in resources:
        states = list(resource.grants.order_by("state").values_list("state", flat=True))
        seats = resource.seats
        assert states == [GrantState.GRANTED] * seats + [GrantState.WAITING] * (8 - seats)
        waiting = Subscription.objects.filter(grants__resource=resource, grants__state=GrantState.WAITING)
        assert sorted(places_of(row)[resource.pk] for row in waiting) == list(range(1, 9 - seats))


@pytest.mark.django_db(transaction=True)
def test_sub_11_seats_freed_at_once_go_to_as_many_each_once() -> None:
    factories.portal()
    resource = factories.ResourceFactory(seats=3)
    holders = [holder(resource) for _ in range(3)]
    waiting = [holder(resource) for _ in range(4)]
    accounts = [factories.library_account(row.library) for row in holders]

    def work(number: int) -> Callable[[], None]:
        seen = fetch(holders[number].pk)
        return lambda: void(end(seen, acting_user=accounts[number], reason="left"))

    assert all_at_once([work(number) for number in range(3)]) == []
    assert [state(row, resource) for row in waiting] == [GrantState.GRANTED] * 3 + [GrantState.WAITING]
    assert given() == [row.reader.user.email for row in waiting[:3]]


def void(_result: object) -> None:
    """Take a result that nobody needs."""
