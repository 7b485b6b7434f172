"""Adding to the figures that survive erased subscriptions (DATA-02)."""

from collections import Counter, defaultdict

from django.db.models import F, Q

from navette.subscriptions.lives import Fact
from navette.subscriptions.models import Tally

CHUNK = 500


def add_to_tally(facts: Counter[Fact]) -> None:
    """Add `facts` to what is counted already, in the caller's transaction.

    Rows that are missing are made first, at nought, so that two who add at once add to the same row; the rows are
    then locked in the order of their keys.
    """
    if not facts:
        return
    Tally.objects.bulk_create([_row(fact) for fact in facts], ignore_conflicts=True, batch_size=CHUNK)
    of_them = Q(library__in={fact.library for fact in facts}) | Q(resource__in={fact.resource for fact in facts})
    rows: dict[int, list[int]] = defaultdict(list)  # by how many more; there are few such numbers
    for row in (
        Tally.objects.select_for_update().filter(of_them, month__in={fact.month for fact in facts}).order_by("pk")
    ):
        more = facts.get(Fact(row.month, row.measure, row.library_id, row.age_band, row.resource_id))
        if more:
            rows[more].append(row.pk)
    for more, pks in rows.items():
        Tally.objects.filter(pk__in=pks).update(count=F("count") + more)


def _row(fact: Fact) -> Tally:
    return Tally(
        month=fact.month,
        measure=fact.measure,
        library_id=fact.library,
        age_band=fact.age_band,
        resource_id=fact.resource,
    )
