"""Each opening is counted, and only an opening (SSO-06)."""

import datetime as dt

import pytest

from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.models import ActiveYear, Opening, VendorAccess
from navette.signon.opening import open_resource
from navette.subscriptions.models import GrantState, ResourceGrant
from tests.factories import ResourceFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2027, 3, 1)


def _granted(state: str = GrantState.GRANTED) -> tuple[Reader, DigitalResource]:
    subscription = SubscriptionFactory(active=True, starts_on=DAY - dt.timedelta(days=100))
    resource = ResourceFactory()
    VendorAccess.objects.create(resource=resource, address="https://vendor.example.org/")
    ResourceGrant.objects.create(subscription=subscription, resource=resource, state=state)
    return subscription.reader, resource


def test_sso_06_who_is_stopped_is_not_counted() -> None:
    reader, resource = _granted(GrantState.REQUESTED)
    with clock.set_today(DAY), pytest.raises(errors.GrantWaiting):
        open_resource(reader.user, resource)
    assert not Opening.objects.exists()
    assert not ActiveYear.objects.exists()


def test_sso_06_a_resource_without_way_is_not_counted() -> None:
    reader, resource = _granted()
    VendorAccess.objects.all().delete()
    with clock.set_today(DAY), pytest.raises(errors.ResourceClosed):
        open_resource(reader.user, resource)
    assert not Opening.objects.exists()


def test_sso_06_an_opening_is_counted_by_resource_library_day_and_age_band() -> None:
    reader, resource = _granted()
    with clock.set_today(DAY):
        open_resource(reader.user, resource)
    opening = Opening.objects.get()
    assert (opening.resource, opening.library, opening.reader) == (resource, reader.subscription.library, reader)
    assert (opening.age_band, opening.day) == ("25-44", DAY)
    assert opening.opened_at is not None
    assert clock.day_of(opening.opened_at) == DAY


def test_sso_06_each_opening_is_counted_and_the_year_once() -> None:
    reader, resource = _granted()
    for day in (DAY, DAY, DAY + dt.timedelta(days=1)):
        with clock.set_today(day):
            open_resource(reader.user, resource)
    assert Opening.objects.count() == 3
    assert list(ActiveYear.objects.values_list("reader", "library", "age_band", "year")) == [
        (reader.pk, reader.subscription.library_id, "25-44", 2027)
    ]
