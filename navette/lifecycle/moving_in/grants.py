"""What subscribers taken over hold: a seat of a limited resource only while there is one, else a place in its queue.

The seats are locked as an acceptance does (SUB-11), once for all the rows of a slice, and given in the file's order
behind those who wait already.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from navette.core import clock
from navette.lifecycle.moving_in.importers import Tried
from navette.lifecycle.moving_in.subscriber_rows import SubscriberRow
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import lock_seats, serve_newcomers
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.states import Status

_STATES = {Status.PENDING: GrantState.REQUESTED, Status.REFUSED: GrantState.REFUSED}
_HELD = frozenset({GrantState.GRANTED, GrantState.WAITING})


@dataclass(frozen=True)
class Holder:
    """A subscription, written, whose grants are to be as its row tells; what it was before that."""

    row: SubscriberRow
    subscription: Subscription
    is_new: bool = False
    was_valid: bool = False


@dataclass
class Given:
    """What became of the grants: the lines that changed, those without a seat, and how many more are wanted."""

    changed: set[int] = field(default_factory=set)
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    seats: Counter[int] = field(default_factory=Counter)


@dataclass
class Writing:
    """The grants to write: new rows, rows to bring to another state, rows to delete.

    `asked` holds the line of each subscription and resource that comes to the end of a queue.
    """

    new: list[ResourceGrant] = field(default_factory=list)
    moved: dict[GrantState, list[int]] = field(default_factory=lambda: defaultdict(list))
    gone: list[int] = field(default_factory=list)
    asked: dict[tuple[int, int], int] = field(default_factory=dict)

    def write(self) -> None:
        """Write them, in the order of the rows."""
        ResourceGrant.objects.filter(pk__in=self.gone).delete()
        for state, keys in self.moved.items():
            rows = ResourceGrant.objects.filter(pk__in=keys)
            rows.update(state=state, changed_at=clock.now(), waits_since=_since(state))
        ResourceGrant.objects.bulk_create(self.new)


def write_grants(people: Sequence[Holder], tried: Tried) -> Given:
    """Give each of `people` the resources of their row, and take the others away. Call it once they are written."""
    known = DigitalResource.objects.filter(seats__isnull=False).values_list("pk", flat=True)
    limits = lock_seats(list(known))
    present = _present([person for person in people if not person.is_new])
    given, writing = Given(), Writing()
    for person in people:
        has = present.get(person.subscription.pk, {})
        given.seats.update(_seats(person, has, limits))
        if _plan(person, has, limits, writing):
            given.changed.add(person.row.line)
    writing.write()
    free = {pk: limits[pk] - tried.seats[pk] for pk in limits if pk in given.seats}
    serve_newcomers(free, [person.subscription.pk for person in people])
    given.notes = _without_a_seat(writing.asked)
    return given


def _present(people: Sequence[Holder]) -> dict[int, dict[int, tuple[int, str]]]:
    """Return the grants of `people`: by subscription and resource, the row and its state."""
    found: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    rows = ResourceGrant.objects.filter(subscription__in=[person.subscription.pk for person in people])
    for pk, owner, resource, state in rows.values_list("pk", "subscription_id", "resource_id", "state"):
        found[owner][resource] = (pk, state)
    return found


def _seats(person: Holder, has: Mapping[int, tuple[int, str]], limits: Collection[int]) -> dict[int, int]:
    """Return of which limited resources the person comes to hold or await a seat (1), no longer does (-1), or stays."""
    before = {pk for pk, (_row, state) in has.items() if person.was_valid and state in _HELD}
    after = set(person.row.resources) if person.row.status == Status.ACTIVE else set()
    return {pk: (pk in after) - (pk in before) for pk in before | after if pk in limits}


def _plan(person: Holder, has: Mapping[int, tuple[int, str]], limits: Collection[int], writing: Writing) -> bool:
    """Note what is to be written of one person's grants; say whether anything is."""
    gone = [pk for resource, (pk, _state) in has.items() if resource not in person.row.resources]
    writing.gone += gone
    changed = bool(gone)
    for resource in person.row.resources:
        pk, before = has.get(resource, (0, ""))
        state = _wanted(person, before, is_limited=resource in limits)
        if state == before:
            continue
        changed = True
        if state == GrantState.WAITING:
            writing.asked[person.subscription.pk, resource] = person.row.line
        if pk:
            writing.moved[state].append(pk)
        else:
            writing.new.append(_grant(person.subscription, resource, state))
    return changed


def _wanted(person: Holder, before: str, *, is_limited: bool) -> GrantState:
    """Return the state that a grant takes now: with a limit, who holds no seat of it yet comes to the end of the queue.

    Who waits keeps their place, and an expired subscription takes no seat.
    """
    state = _STATES.get(person.row.status, GrantState.GRANTED)
    if state != GrantState.GRANTED:
        return state
    holds = before == GrantState.GRANTED and person.was_valid
    asks = is_limited and person.row.status == Status.ACTIVE and not holds
    return GrantState.WAITING if asks or before == GrantState.WAITING else GrantState.GRANTED


def _grant(subscription: Subscription, resource: int, state: GrantState) -> ResourceGrant:
    return ResourceGrant(subscription=subscription, resource_id=resource, state=state, waits_since=_since(state))


def _since(state: GrantState) -> dt.datetime | None:
    return clock.now() if state == GrantState.WAITING else None


def _without_a_seat(asked: Mapping[tuple[int, int], int]) -> list[tuple[int, str, str]]:
    """Return the lines, of those `asked`, for which no seat was left, each with its sentence."""
    owners, resources = {owner for owner, _resource in asked}, {resource for _owner, resource in asked}
    waiting = ResourceGrant.objects.filter(
        subscription__in=owners, resource__in=resources, state=GrantState.WAITING
    ).values_list("subscription_id", "resource_id", "resource__name")
    words = _("Plus de place pour « %(name)s » : la personne est reprise, et y est en liste d’attente.")
    return [
        (asked[owner, resource], "resources", words % {"name": name})
        for owner, resource, name in waiting
        if (owner, resource) in asked
    ]
