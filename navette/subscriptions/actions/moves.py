"""The one way in which a subscription changes: a guarded UPDATE, its event, its audit row (SUB-01, SUB-02, SUB-09)."""

from typing import Any

from django.db.models import F, Q

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor
from navette.core.models import audit
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import TRANSITIONS, Move, Status


def fetch(pk: int) -> Subscription:
    """Return the subscription as it stands in the database, with its reader, account and library."""
    return Subscription.objects.select_related("reader__user", "library").get(pk=pk)


def move(
    subscription: Subscription,
    what: Move,
    *,
    acting_user: Actor,
    only_if: Q | None = None,
    reason: str = "",
    message: str = "",
    **changes: Any,
) -> Subscription:
    """Make the move `what` on the subscription as the actor saw it, and return it fresh.

    It happens only where the state allows it (the table in `states`), `only_if` holds and nobody changed the
    subscription since `subscription` was read; otherwise `Overtaken` tells what happened. Call it in a transaction.
    """
    transition = TRANSITIONS[what]
    if transition.target is not None:
        changes["status"] = transition.target
    guard = Q(pk=subscription.pk, version=subscription.version, status__in=transition.sources)
    rows = Subscription.objects.filter(guard & (only_if or Q())).update(version=F("version") + 1, **changes)
    if not rows:
        raise _overtaken(subscription)
    fresh = fetch(subscription.pk)
    write_event(fresh, what, acting_user, from_status=subscription.status, reason=reason, message=message)
    return fresh


def write_event(
    subscription: Subscription, what: Move, actor: Actor, *, from_status: str, reason: str = "", message: str = ""
) -> None:
    """Write the event and the audit row of a move that has just been made."""
    SubscriptionEvent.objects.create(
        subscription=subscription,
        library_id=subscription.library_id,
        at=clock.now(),
        actor=actor if isinstance(actor, User) else None,
        actor_label=actor.label,
        move=what,
        from_status=from_status,
        to_status=subscription.status,
        reason=reason,
        message=message,
    )
    audit(actor, f"subscriptions.{what}", subscription, source=from_status, to=subscription.status)


def _overtaken(seen: Subscription) -> Overtaken:
    fresh = fetch(seen.pk)
    last = fresh.events.first()
    if fresh.version != seen.version and last is not None:
        return Overtaken.by(name=str(fresh.reader), move=last.get_move_display(), who=last.actor_label, at=last.at)
    return Overtaken.wrong_state(str(Status(fresh.current_status).label), str(fresh.reader))
