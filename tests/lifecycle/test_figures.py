"""Figures count the living and those who are erased alike (DATA-02)."""

import datetime as dt

import pytest

from navette.core import clock
from navette.core.actors import SYSTEM
from navette.lifecycle.erasure import Reason, erase
from navette.lifecycle.figures import by_library_and_age, counted
from navette.subscriptions import actions
from navette.subscriptions.lives import Fact, lives_of
from navette.subscriptions.models import GrantState, Measure, ResourceGrant, Subscription
from navette.subscriptions.nightly import EXPIRY
from navette.subscriptions.states import RefusalReason
from tests import factories

pytestmark = pytest.mark.django_db
MONTHS = [dt.date(2026 + n // 12, n % 12 + 1, 1) for n in range(30)]
LAST = dt.date(2028, 6, 15)


def day(text: str) -> dt.date:
    """Return the day that `text` (YYYY-MM-DD) names."""
    return dt.date.fromisoformat(text)


def lived() -> Subscription:
    """Return a subscription asked for in January, valid from March to March, and from May to its end in September."""
    factories.portal()
    with clock.set_today(day("2026-01-10")):
        sub: Subscription = factories.SubscriptionFactory(reader__birth_date=day("2011-06-20"))
        ResourceGrant.objects.create(subscription=sub, resource=factories.ResourceFactory(), state=GrantState.REQUESTED)
    account = factories.library_account(sub.library)
    with clock.set_today(day("2026-03-31")):
        sub = actions.accept(sub, acting_user=account, starts_on=day("2026-03-31"))
    with clock.set_today(day("2027-04-01")):
        EXPIRY.run(clock.today())
    with clock.set_today(day("2027-05-20")):
        sub.refresh_from_db()
        sub = actions.renew(sub, acting_user=account, starts_on=day("2027-05-20"))
    with clock.set_today(day("2027-09-02")):
        return actions.end(sub, acting_user=account, reason=RefusalReason.LEFT)


def everything() -> dict[tuple[dt.date, str], dict[Fact, int]]:
    """Return all figures of all months."""
    with clock.set_today(LAST):
        return {(month, measure): dict(counted(month, measure)) for month in MONTHS for measure in Measure}


def test_data_02_a_life_counts_in_the_months_in_which_it_was_valid() -> None:
    life = lives_of([lived().pk])[0]
    active = sorted(fact.month for fact in life.facts(LAST) if fact.measure == Measure.ACTIVE)
    first, second = MONTHS[2:15], MONTHS[16:21]
    assert active == first + second
    assert [fact.month for fact in life.facts(LAST) if fact.measure == Measure.REGISTERED] == [day("2026-01-01")]
    assert sorted(fact.month for fact in life.facts(LAST) if fact.measure == Measure.GRANTED) == active


def test_data_02_the_age_band_is_that_of_the_month() -> None:
    life = lives_of([lived().pk])[0]
    bands = {fact.month: fact.age_band for fact in life.facts(LAST) if fact.measure == Measure.ACTIVE}
    assert (bands[day("2026-06-01")], bands[day("2026-07-01")]) == ("0-14", "15-24")


def test_data_02_no_figure_of_any_month_changes_when_accounts_are_erased() -> None:
    users = [lived().reader.user_id, factories.SubscriptionFactory(active=True, starts_on=LAST).reader.user_id]
    factories.SubscriptionFactory(active=True, starts_on=LAST)
    before = everything()
    assert any(before.values())
    with clock.set_today(LAST):
        assert erase(users, acting_user=SYSTEM, reason=Reason.ACCOUNT_OVER) == 2
    assert everything() == before


def test_data_02_the_table_has_each_library_and_band() -> None:
    subscription = lived()
    with clock.set_today(LAST):
        table = by_library_and_age(day("2026-05-12"))
    name = subscription.library.name
    assert (table.cells[name, "0-14"], table.row_totals[name], table.total) == (1, 1, 1)
