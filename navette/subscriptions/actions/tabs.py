"""What a library saves of one subscriber at once: the person, the decision and each resource (L7, SUB-04)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid, NotAllowed
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.subscriptions.actions import grants
from navette.subscriptions.actions.decide import accept, end, refuse, renew
from navette.subscriptions.actions.edit import Changes, edit
from navette.subscriptions.actions.moves import move
from navette.subscriptions.decision_mails import resources_decided
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import Move, Status

DECISIONS = frozenset({GrantState.GRANTED, GrantState.REFUSED, GrantState.REMOVED})


@dataclass(frozen=True)
class Sheet:
    """What was changed in the tabs: nothing that stayed as it was.

    `what` is the move that the status asks for (accept, refuse, renew, end), or None; `resources` maps the id of each
    resource decided to its new state, one of `DECISIONS`.
    """

    changes: Changes | None = None
    what: str | None = None
    starts_on: dt.date | None = None
    reason: str = ""
    message: str | None = None
    resources: Mapping[int, str] = field(default_factory=dict)


@transaction.atomic
def save_tabs(subscription: Subscription, *, acting_user: Actor, sheet: Sheet) -> Subscription:
    """Make all that `sheet` changes, or nothing. Accepting grants every resource but those decided otherwise.

    The version that the person saw guards the first change, and each hands its own to the next (SUB-02). Raises
    NotAllowed, Invalid (with the field) or Overtaken.
    """
    decided = checked_decisions(subscription, sheet.resources)
    if sheet.changes is not None:
        subscription = edit(subscription, acting_user=acting_user, changes=sheet.changes)
    match sheet.what:
        case Move.ACCEPT | Move.RENEW:
            return _open(subscription, acting_user, sheet, decided)
        case Move.REFUSE:
            return refuse(subscription, acting_user=acting_user, reason=sheet.reason, message=sheet.message)
        case Move.END:
            return end(subscription, acting_user=acting_user, reason=sheet.reason, message=sheet.message)
    return decide_resources(subscription, acting_user=acting_user, decided=decided) if decided else subscription


@transaction.atomic
def decide_resources(subscription: Subscription, *, acting_user: Actor, decided: Mapping[int, str]) -> Subscription:
    """Decide single resources without touching the subscription itself: one event, and one mail to a valid reader.

    `decided` maps resources' ids to one of `DECISIONS`. Raises NotAllowed, Invalid or Overtaken; nothing happens
    where each is in its state already.
    """
    require(acting_user, "subscriptions.decide", subscription.library)
    decided = checked_decisions(subscription, decided)
    if not decided:
        return subscription
    # The subscription first, then the seats: every action locks in this order.
    grants.decide(Subscription.objects.select_for_update().get(pk=subscription.pk), decided)
    lines = _lines(subscription, decided)
    fresh = move(subscription, Move.EDIT, acting_user=acting_user, reason=", ".join(lines)[:200])
    if fresh.current_status == Status.ACTIVE:
        queue_mail(resources_decided(fresh, current_portal(), lines))
    return fresh


def checked_decisions(subscription: Subscription, decided: Mapping[int, str]) -> dict[int, str]:
    """Return those of `decided` that change something; Invalid for another state or a resource never asked for.

    Granting what waits for a seat changes nothing: its place in the queue stays.
    """
    if not decided:
        return {}
    if not current_portal().decides_each_resource:
        raise NotAllowed(_("Sur ce portail, les ressources se décident toutes ensemble."))
    held = dict(subscription.grants.values_list("resource_id", "state"))
    if not set(decided) <= set(held) or not set(decided.values()) <= DECISIONS:
        raise Invalid(_("Ces ressources ont changé entre-temps : vérifiez vos choix."))
    queued = (GrantState.WAITING, GrantState.GRANTED)
    return {key: state for key, state in decided.items() if state != held[key] and (held[key], state) != queued}


def _open(subscription: Subscription, acting_user: Actor, sheet: Sheet, decided: dict[int, str]) -> Subscription:
    action = accept if sheet.what == Move.ACCEPT else renew
    return action(
        subscription, acting_user=acting_user, starts_on=sheet.starts_on, message=sheet.message, grants=decided
    )


def _lines(subscription: Subscription, decided: Mapping[int, str]) -> list[str]:
    """Return « Cinéma : Refusé » for each resource decided, by name; one without a free seat waits for it."""
    rows = subscription.grants.filter(resource_id__in=decided).order_by("resource__name")
    return [f"{name} : {GrantState(state).label}" for name, state in rows.values_list("resource__name", "state")]
