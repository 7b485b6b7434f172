"""A vendor is told the opaque identifier and what its settings release, under the names that it wants (SSO-03)."""

import datetime as dt

import pytest

from navette.core import clock
from navette.signon.decision import admit
from navette.signon.models import Attribute, DateFormat, ReleasedAttribute
from navette.signon.release import Released, released_to
from navette.signon.trials import Trial
from tests.factories import SubscriptionFactory, VendorAccessFactory, vendor

pytestmark = pytest.mark.django_db


def test_sso_03_nothing_is_told_by_default() -> None:
    assert released_to(VendorAccessFactory(), SubscriptionFactory(active=True)) == []


def test_sso_03_each_attribute_goes_under_the_vendors_name() -> None:
    born = dt.date(2001, 2, 3)
    subscription = SubscriptionFactory(
        active=True,
        reader__birth_date=born,
        reader__last_name="Moreau",
        reader__first_name="Élise",
        reader__user__email="elise@example.org",
        library__name="Sauveterre",
        library__commune="Sauveterre-de-Guyenne",
        library__territory__name="Entre-deux-Mers",
    )
    access = vendor(tells={attribute: f"x-{attribute}" for attribute in Attribute})
    with clock.set_today(dt.date(2026, 11, 22)):
        told = {row.name: row.value for row in released_to(access, subscription)}
    assert told == {
        "x-mail": "elise@example.org",
        "x-last_name": "Moreau",
        "x-first_name": "Élise",
        "x-full_name": "Élise Moreau",
        "x-birth_date": "2001-02-03",
        "x-birth_year": "2001",
        "x-age_band": "25-44",
        "x-library": "Sauveterre",
        "x-commune": "Sauveterre-de-Guyenne",
        "x-territory": "Entre-deux-Mers",
    }


@pytest.mark.parametrize(
    ("date_format", "written"),
    [("iso", "2001-02-03"), ("french", "03/02/2001"), ("digits", "03022001"), ("compact", "20010203")],
)
def test_a_birth_date_is_written_as_the_vendor_wants_it(date_format: str, written: str) -> None:
    access = VendorAccessFactory()
    ReleasedAttribute.objects.create(
        access=access, attribute=Attribute.BIRTH_DATE, name="dnaiss", date_format=DateFormat(date_format)
    )
    subscription = SubscriptionFactory(active=True, reader__birth_date=dt.date(2001, 2, 3))
    assert released_to(access, subscription) == [Released(Attribute.BIRTH_DATE, "dnaiss", written)]


def test_everything_can_be_told_of_the_reader_of_a_trial() -> None:
    access = vendor(tells={attribute: attribute for attribute in Attribute})
    told = released_to(access, admit(Trial.MAY, access.resource, clock.today()))
    assert [row.attribute for row in told] == list(Attribute)
    assert all(row.value for row in told)
