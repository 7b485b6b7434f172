"""Subscribers taken over, some hundreds at once: known again by address and names, never doubled, without mails.

Whose subscription has changed here since (a decision, an edit, a login) keeps what stands here.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import Kind, User
from navette.accounts.queries import HOUSEHOLD
from navette.core import clock
from navette.core.actors import Actor
from navette.lifecycle.moving_in.grants import Holder, write_grants
from navette.lifecycle.moving_in.importers import Importer, Outcome, Tried
from navette.lifecycle.moving_in.rows import Reading, person_key
from navette.lifecycle.moving_in.subscriber_rows import WANTED, SubscriberRow, reader
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import Reader
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status

BATCH = 500
UNUSABLE = "!"  # Django's mark of a password that opens nothing; the rest is random in its own, to no use here


@dataclass
class Known:
    """The people of a slice who are here already, and the identifiers that are taken."""

    people: dict[str, Subscription]
    taken: dict[str, set[str]]  # by address
    others: frozenset[str]  # addresses that are the identifier of somebody who is no reader
    as_taken_over: set[int]  # subscriptions that nothing has happened to since

    @classmethod
    def of(cls, rows: Sequence[SubscriberRow]) -> "Known":
        """Read what is known of the people in `rows`: four queries."""
        mails = {row.email for row in rows}
        subscriptions = list(
            Subscription.objects.filter(reader__user__email__in=mails).select_related("reader__user", "library")
        )
        taken: dict[str, set[str]] = defaultdict(set)
        for identifier, email in User.objects.filter(email__in=mails, kind=Kind.READER).values_list(
            "identifier", "email"
        ):
            taken[email].add(identifier)
        others = User.objects.filter(identifier__in=mails).exclude(kind=Kind.READER)
        people = {_key(row): row for row in subscriptions}
        return cls(people, taken, frozenset(others.values_list("identifier", flat=True)), _as_taken_over(subscriptions))


def _as_taken_over(subscriptions: Sequence[Subscription]) -> set[int]:
    """Return those that were taken over, and that nobody has changed or come in by since."""
    events = SubscriptionEvent.objects.filter(subscription__in=[row.pk for row in subscriptions])
    moves: dict[int | None, set[str]] = defaultdict(set)
    for pk, move in events.values_list("subscription_id", "move"):
        moves[pk].add(move)
    never_in = (row.pk for row in subscriptions if row.reader.user.last_login is None)
    return {pk for pk in never_in if moves[pk] == {Move.TAKE_OVER}}


def _key(subscription: Subscription) -> str:
    person = subscription.reader
    return person_key(person.user.email, person.first_name, person.last_name)


def _write(rows: Sequence[SubscriberRow], actor: Actor, tried: Tried) -> Outcome:
    outcome, known, portal = Outcome(), Known.of(rows), current_portal()
    _take_places(rows, known, tried)
    new: list[tuple[SubscriberRow, str]] = []
    people: list[Holder] = []
    changed: set[int] = set()
    for row in rows:
        found = known.people.get(row.key)
        if found is None:
            _admit(row, known, new, outcome)
        elif found.pk in known.as_taken_over:
            people.append(Holder(row, found, was_valid=found.current_status == Status.ACTIVE))
            changed |= {row.line} if _update(found, row, portal) else set()
        else:
            outcome.note(is_new=False, is_changed=False)
    made = _create(new, actor, portal)
    given = write_grants([*people, *made], tried)
    for person in people:
        outcome.note(is_new=False, is_changed=person.row.line in changed | given.changed)
    outcome.created += len(made)
    outcome.newcomers += [person.row.line for person in made]
    outcome.notes, outcome.seats = given.notes, given.seats
    return outcome


def _take_places(rows: Sequence[SubscriberRow], known: Known, tried: Tried) -> None:
    """Take the places at each address that the people of a dry run's slices before would have."""
    emails = {tried.houses[row.line]: row.email for row in rows if row.line in tried.houses}
    for house, email in emails.items():
        for _person_before in range(min(tried.places[house], HOUSEHOLD)):
            _free_identifier(email, known)


def _admit(row: SubscriberRow, known: Known, new: list[tuple[SubscriberRow, str]], outcome: Outcome) -> None:
    """Put somebody who is not here with the new ones, under an identifier of their own; else leave the row out."""
    if identifier := _free_identifier(row.email, known):
        new.append((row, identifier))
    else:
        outcome.rejects.append((row.line, "email", _("Cette adresse mail ne peut pas servir à une personne de plus.")))


def _free_identifier(email: str, known: Known) -> str:
    """Return the identifier of one more person at an address, and take it; nothing where the address is full."""
    names = [] if email in known.others else [email, *(f"{email}#{number}" for number in range(2, HOUSEHOLD + 1))]
    free = next((name for name in names if name not in known.taken[email] and len(name) <= 254), "")
    known.taken[email].add(free)
    return free


# ---- new ones
def _create(new: Sequence[tuple[SubscriberRow, str]], actor: Actor, portal: Portal) -> list[Holder]:
    """Write the new ones, but for their grants."""
    users = User.objects.bulk_create([_user(row, identifier) for row, identifier in new])
    readers = Reader.objects.bulk_create(
        Reader(user=user, first_name=row.first_name, last_name=row.last_name, birth_date=row.birth_date)
        for user, (row, _identifier) in zip(users, new, strict=True)
    )
    subscriptions = []
    for person, (row, _identifier) in zip(readers, new, strict=True):
        subscription = Subscription(reader=person, requested_at=_midnight(row.requested_on), **_columns(row, portal))
        subscription.list_as(person)
        subscriptions.append(subscription)
    subscriptions = Subscription.objects.bulk_create(subscriptions)
    _write_events(subscriptions, actor)
    return [Holder(row, made, is_new=True) for made, (row, _identifier) in zip(subscriptions, new, strict=True)]


def _user(row: SubscriberRow, identifier: str) -> User:
    name = f"{row.first_name} {row.last_name}"
    return User(identifier=identifier, password=UNUSABLE, kind=Kind.READER, email=row.email, name=name)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _columns(row: SubscriberRow, portal: Portal) -> dict[str, Any]:
    """Return the subscription's columns; a request gets its full delay from today, and counts as told."""
    waits = row.status == Status.PENDING
    return {
        "library": row.library,
        "status": row.status,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
        "refusal_reason": row.refusal_reason,
        "deadline": deadline_of(clock.today(), portal) if waits else None,
        "announced_at": clock.now() if waits else None,
    }


def _write_events(subscriptions: Sequence[Subscription], actor: Actor) -> None:
    SubscriptionEvent.objects.bulk_create(
        SubscriptionEvent(
            subscription=subscription,
            library_id=subscription.library_id,
            at=clock.now(),
            actor=actor if isinstance(actor, User) else None,
            actor_label=actor.label[:200],
            move=Move.TAKE_OVER,
            to_status=subscription.status,
        )
        for subscription in subscriptions
    )


# ---- those who are here already
def _update(subscription: Subscription, row: SubscriberRow, portal: Portal) -> bool:
    """Bring what was taken over before up to date, but for its grants; say whether anything changed."""
    reader_changed = _update_reader(subscription.reader, row)
    wanted = _columns(row, portal)
    compared = ("library", "status", "starts_on", "ends_on", "refusal_reason")
    changed = any(getattr(subscription, name) != wanted[name] for name in compared)
    if changed:
        Subscription.objects.filter(pk=subscription.pk).update(version=F("version") + 1, **wanted)
    if reader_changed:
        subscription.list_as(subscription.reader)
        subscription.save(update_fields=["by_last_name", "by_first_name", "search_text"])
    return changed or reader_changed


def _update_reader(person: Reader, row: SubscriberRow) -> bool:
    names = ("first_name", "last_name", "birth_date")
    changed = any(getattr(person, name) != getattr(row, name) for name in names)
    if changed:
        for name in names:
            setattr(person, name, getattr(row, name))
        person.save(update_fields=names)
        User.objects.filter(pk=person.user_id).update(name=str(person))
    return changed


def _person(row: Reading) -> str:
    return person_key(row.email("email"), row.text("first_name", 80), row.text("last_name", 80))


SUBSCRIBERS = Importer(
    name="subscribers",
    label=gettext_lazy("Abonnés"),
    wanted=WANTED,
    reader=reader,
    write=_write,
    key=_person,
    house=lambda row: row.email("email"),
    example=("Durand", "Camille", "camille.durand@example.org", "13/03/1990", "Bazas", gettext_lazy("validé"),
             "02/09/2026", "02/09/2026", "02/09/2027", ""),
)  # fmt: skip
