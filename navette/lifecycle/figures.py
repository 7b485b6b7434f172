"""Figures that add the living to those who are erased (DATA-02).

A figure is counted from lives (`subscriptions.lives`) and from `Tally`, by the same rules: erasing an account changes
none. What of it may be shown to whom is `hiding`'s affair.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum

from navette.core import clock
from navette.core.months import last_of_month
from navette.libraries.models import Library
from navette.lifecycle.hiding import Cell, Table, table_of
from navette.readers.ages import BANDS
from navette.subscriptions.lives import Fact, facts_of, lives_of
from navette.subscriptions.models import Measure, Subscription, Tally

SLICE = 2_000


# ---- counting
def counted(month: dt.date, measure: str = Measure.ACTIVE) -> Counter[Fact]:
    """Return the facts of `measure` in the month of `month`, of the living and of those erased, by library and band.

    It goes through the lives of all who registered by then: for a report, not for a page that everybody opens.
    """
    month = month.replace(day=1)
    facts = _erased(month, measure)
    for pks in _slices(month):
        living = facts_of(lives_of(pks), clock.today())
        facts.update({fact: n for fact, n in living.items() if fact.month == month and fact.measure == measure})
    return facts


def _slices(month: dt.date) -> Iterable[list[int]]:
    known, after = Subscription.objects.order_by("pk"), 0
    known = known.filter(reader__user__created_at__date__lte=last_of_month(month))
    while pks := list(known.filter(pk__gt=after).values_list("pk", flat=True)[:SLICE]):
        yield pks
        after = pks[-1]


def _erased(month: dt.date, measure: str) -> Counter[Fact]:
    rows = Tally.objects.filter(month=month, measure=measure).values_list("library", "age_band", "resource")
    return Counter(
        {
            Fact(month, measure, library, band, resource): count
            for library, band, resource, count in rows.annotate(count=Sum("count"))
        }
    )


def by_library_and_age(month: dt.date, measure: str = Measure.ACTIVE) -> Table:
    """Return how many subscribers each library had in the month, by age band, with nothing hidden.

    Not to be shown as it is: see `published` and `for_staff`.
    """
    facts = counted(month, measure)
    names = dict(Library.objects.filter(pk__in={fact.library for fact in facts}).values_list("pk", "name"))
    cells: Counter[Cell] = Counter()
    for fact, count in facts.items():
        if fact.library is not None:
            cells[names[fact.library], fact.age_band] += count
    return table_of(tuple(sorted(names.values())), BANDS, cells)
