"""Who sees which subscriptions, judged by the day."""

import datetime as dt

import pytest

from navette.accounts.roles import StaffRoleName
from navette.core.clock import set_today, today
from navette.libraries.models import Profile
from navette.portal.models import Portal
from navette.subscriptions.queries import subscriptions_seen_by, waiting_summary
from navette.subscriptions.states import Status
from tests import factories
from tests.factories import SubscriptionFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def test_sub_08_a_library_sees_its_own_subscribers_only(portal: Portal) -> None:
    mine, _theirs = SubscriptionFactory(), SubscriptionFactory()
    for profile in Profile.values:
        assert subscriptions_seen_by(factories.library_account(mine.library, profile)).get() == mine


def test_sub_08_readers_and_staff_without_role_see_nobody(portal: Portal) -> None:
    subscription = SubscriptionFactory()
    roleless = factories.UserFactory(kind="staff")
    for user in (subscription.reader.user, roleless, factories.staff(StaffRoleName.TERRITORY)):
        assert not subscriptions_seen_by(user).exists()


def test_an_officer_sees_the_libraries_of_their_territory(portal: Portal) -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    territory = factories.TerritoryFactory(officer=officer)
    mine = SubscriptionFactory(library=factories.LibraryFactory(territory=territory))
    SubscriptionFactory()
    assert subscriptions_seen_by(officer).get() == mine
    assert subscriptions_seen_by(factories.staff()).count() == 2


def test_sub_03_lists_judge_by_the_date_not_by_the_night(portal: Portal) -> None:
    ends_today = SubscriptionFactory(active=True, starts_on=today() - 365 * DAY, ends_on=today())
    asked = SubscriptionFactory(renewal_asked=True, ends_on=today())
    everyone = subscriptions_seen_by(factories.staff())
    assert set(everyone.with_status(Status.ACTIVE)) == {ends_today, asked}
    with set_today(today() + DAY):
        assert list(everyone.with_status(Status.EXPIRED)) == [ends_today]
        assert list(everyone.with_status(Status.PENDING)) == [asked]
        assert not everyone.with_status(Status.ACTIVE).exists()


def test_people_are_found_without_case_or_accents_by_any_word_of_name_or_mail(portal: Portal) -> None:
    reader = factories.ReaderFactory(first_name="Zoé", last_name="Lefèvre-Œuvrard")
    zoe = SubscriptionFactory(reader=reader)
    SubscriptionFactory()
    everyone = subscriptions_seen_by(factories.staff())
    for text in ("zoe", "LEFEVRE", "oeuvrard zoé", "zoé œuv", reader.user.email[:10].upper(), ""):
        assert zoe in everyone.matching(text)
    assert not everyone.matching("zoe absente").exists()
    assert not everyone.matching("%").exists()


def test_what_waits_is_counted_with_its_nearest_deadline(portal: Portal) -> None:
    library = factories.LibraryFactory()
    SubscriptionFactory(library=library, deadline=today() + 3 * DAY)
    SubscriptionFactory(library=library, deadline=today() - DAY)
    SubscriptionFactory(library=library, active=True)
    seen = subscriptions_seen_by(factories.library_account(library))
    assert waiting_summary(seen) == {"waiting": 2, "deadline": today() - DAY}
    assert seen.late(today()).count() == 1
