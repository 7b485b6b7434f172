"""The same decision for many: each is an action of its own, and those refused are named."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from navette.core.actors import Actor
from navette.core.errors import Refusal
from navette.subscriptions.actions.decide import accept, end, refuse, renew
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import seats_awaited_by
from navette.subscriptions.states import Move

BULK_ACTIONS: dict[str, Callable[..., Subscription]] = {
    Move.ACCEPT: accept,
    Move.REFUSE: refuse,
    Move.RENEW: renew,
    Move.END: end,
}


@dataclass
class Bulk:
    """What came of a bulk action: how many were changed, and which were not, with the reason.

    `waiting`: those changed that now wait for a seat, with the names of the resources (SUB-11).
    """

    done: int = 0
    waiting: list[tuple[Subscription, list[str]]] = field(default_factory=list)
    refused: list[tuple[Subscription, str]] = field(default_factory=list)


def in_bulk(what: str, subscriptions: Iterable[Subscription], *, acting_user: Actor, **options: Any) -> Bulk:
    """Make the move `what` (accept, refuse, renew or end) on each of `subscriptions`, with the action's `options`.

    Each is a transaction of its own: one refused does not stop the others. KeyError for another move.
    """
    action = BULK_ACTIONS[what]
    outcome, changed = Bulk(), []
    for subscription in subscriptions:
        try:
            action(subscription, acting_user=acting_user, **options)
        except Refusal as refusal:
            outcome.refused.append((subscription, refusal.message))
        else:
            outcome.done += 1
            changed.append(subscription)
    awaited = seats_awaited_by(changed)
    outcome.waiting = [(row, awaited[row.pk]) for row in changed if row.pk in awaited]
    return outcome
