"""What the demo's libraries write: picks, purchase suggestions with their answers, and the département's pages.

Works, with their authors, are real; what is said of them here was written for the demo.
"""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

from navette.demo.libraries import Network
from navette.demo.plan import Calendar, Plan
from navette.editorial.models import Page, Pick, PickState, PurchaseSuggestion, SuggestionState
from navette.libraries.models import Library
from navette.portal.models import Portal
from navette.resources.models import DigitalResource

DATA = Path(__file__).parent / "data/editorial.json"
OF_FIRST = 4  # picks of the library where the demo's story takes place, in as many states
PAGES_AGE = 40  # days


def make_editorial(plan: Plan, portal: Portal, network: Network) -> None:
    """Write picks, suggestions and pages."""
    told = json.loads(DATA.read_text(encoding="utf-8"))
    rng, calendar = plan.rng("editorial"), Calendar(plan.today, portal)
    _make_picks(told["picks"], network, calendar, rng)
    _make_suggestions(told["suggestions"], network, calendar, rng)
    written = calendar.moment(rng, calendar.day(PAGES_AGE))
    Page.objects.bulk_create(Page(changed_at=written, **row) for row in told["pages"])


def _make_picks(rows: list[dict[str, Any]], network: Network, calendar: Calendar, rng: random.Random) -> None:
    resources = dict(DigitalResource.objects.values_list("slug", "pk"))
    states = [PickState.PUBLISHED, PickState.PROPOSED, PickState.DRAFT, PickState.DECLINED]
    # The first library's come last in the file and are in every state; the others are published, the latest first.
    for place, row in enumerate(reversed(rows)):
        is_first = place < OF_FIRST
        library = network.first if is_first else rng.choice([row for row in network.libraries[1:] if row.is_open])
        state = states[place] if is_first else PickState.PUBLISHED
        slug = row.pop("resource", "")
        _save_pick(library, state, resources.get(slug), row, calendar.moment(rng, calendar.day(4 + 9 * place)), network)


def _save_pick(
    library: Library,
    state: PickState,
    resource: int | None,
    row: dict[str, Any],
    written: dt.datetime,
    network: Network,
) -> None:
    note = "Très beau texte. Pouvez-vous ajouter à quel âge on peut le lire ?" if state == PickState.DECLINED else ""
    Pick.objects.create(
        library=library,
        author=network.accounts.get(library.pk),
        state=state,
        resource_id=resource,
        staff_note=note,
        created_at=written,
        published_at=written + dt.timedelta(days=1) if state == PickState.PUBLISHED else None,
        **row,
    )


def _make_suggestions(rows: list[dict[str, Any]], network: Network, calendar: Calendar, rng: random.Random) -> None:
    """Write the suggestions: all but the last are the first library's, so that it has some in every state."""
    for place, row in enumerate(rows):
        written = calendar.moment(rng, calendar.day(60 - 9 * place))
        answered = row["state"] != SuggestionState.RECEIVED
        library = rng.choice(network.libraries[1:]) if place == len(rows) - 1 else network.first
        PurchaseSuggestion.objects.create(
            library=library,
            author=network.accounts.get(library.pk),
            created_at=written,
            answered_at=written + dt.timedelta(days=6) if answered else None,
            **row,
        )
