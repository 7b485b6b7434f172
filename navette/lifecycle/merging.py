"""Libraries that leave the network: closed where nobody is left there, or merged into another with all they have."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Manager, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from navette.accounts.models import Kind, User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, Refusal
from navette.core.french import library_called
from navette.core.models import audit
from navette.editorial.models import Pick, PurchaseSuggestion
from navette.libraries.mails import libraries_merged
from navette.libraries.models import ContactMessage, Library, Membership, Profile
from navette.mail.outbox import queue_mails
from navette.portal.queries import current_portal
from navette.signon.models import ActiveYear, Opening
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.mails import french_day
from navette.subscriptions.models import RegistrationBatch, Subscription, SubscriptionEvent
from navette.subscriptions.queries import status_today
from navette.subscriptions.states import Move, Status

CHUNK = 1_000
# What follows a library into the one that takes it over, beside subscriptions and memberships. What is not here is
# its history (figures already counted, opening hours): it stays with the closed record.
FOLLOWS: tuple[Manager[Any], ...] = (
    Pick.objects,
    PurchaseSuggestion.objects,
    RegistrationBatch.objects,
    Opening.objects,
    ActiveYear.objects,
    ContactMessage.objects,
)


@dataclass(frozen=True)
class Plan:
    """What a merge moves, or would: `followers` counts the rows of each model of FOLLOWS by its name."""

    subscriptions: int
    waiting: int
    accounts: int
    followers: dict[str, int]


def plan_of(source: Library) -> Plan:
    """Return what merging `source` into another library would move."""
    figures = Subscription.objects.filter(library=source).aggregate(
        subscriptions=Count("pk"), waiting=Count("pk", filter=Q(deadline__isnull=False))
    )
    return Plan(
        **figures,
        accounts=source.memberships.count(),
        followers={rows.model.__name__: rows.filter(library=source).count() for rows in FOLLOWS},
    )


@transaction.atomic
def merge_libraries(source: Library, into: Library, *, acting_user: Actor) -> Plan:
    """Close `source` and move all it has to `into`, whose staff decide its requests from then on; return what moved.

    A request that waits gets a new deadline, as one that comes today. Both libraries are told by one mail each.
    Raises NotAllowed; Invalid where they are the same; Refusal where one of them has left the network meanwhile.
    """
    require(acting_user, "libraries.manage")
    if source.pk == into.pk:
        raise Invalid(_("Une bibliothèque ne peut pas être réunie à elle-même."), "vers")
    source, into = _locked(source.pk, into.pk)
    plan = plan_of(source)
    _leave(source, into)
    Library.objects.filter(merged_into=source).update(merged_into=into)  # so that old addresses lead on in one step
    deadline = deadline_of(clock.today(), current_portal())
    _move_subscriptions(source, into, acting_user, deadline)
    _move_memberships(source, into)
    for rows in FOLLOWS:
        rows.filter(library=source).update(library=into)
    audit(acting_user, "libraries.merge", source, into=into.pk, moved=plan.subscriptions, waiting=plan.waiting)
    _tell(source, into, plan, deadline)
    return plan


@transaction.atomic
def close_library(library: Library, *, acting_user: Actor) -> Library:
    """Take a library out of the network and return it fresh; its accounts no longer open anything there.

    Raises NotAllowed, or Refusal where subscribers are valid or wait: they must go somewhere, by a merge.
    """
    require(acting_user, "libraries.manage")
    (library,) = _locked(library.pk)
    left = held_by(library)
    if left:
        raise Refusal(
            ngettext(
                "Il reste %(count)d abonnement valide ou en attente : réunissez cette bibliothèque à une autre.",
                "Il reste %(count)d abonnements valides ou en attente : réunissez cette bibliothèque à une autre.",
                left,
            )
            % {"count": left}
        )
    _leave(library, None)
    accounts = _withdraw_all(library)
    audit(acting_user, "libraries.close", library, accounts=accounts)
    return Library.objects.get(pk=library.pk)


@transaction.atomic
def reopen_library(library: Library, *, acting_user: Actor) -> Library:
    """Bring a closed library back into the network, its registrations still closed; return it fresh.

    Its accounts are to be made anew. Raises NotAllowed, or Refusal for one that is in it, or was merged.
    """
    require(acting_user, "libraries.manage")
    closed = Library.objects.filter(pk=library.pk, closed_at__isnull=False, merged_into__isnull=True)
    if not closed.update(closed_at=None):
        raise Refusal(_("Cette bibliothèque est dans le réseau, ou réunie à une autre : il n’y a rien à rouvrir."))
    audit(acting_user, "libraries.reopen", library)
    return Library.objects.get(pk=library.pk)


def held_by(library: Library) -> int:
    """Return how many subscriptions of `library` are valid or wait: those that closing it would leave alone."""
    alive = status_today(Status.ACTIVE, clock.today()) | Q(deadline__isnull=False) | Q(status=Status.UNCONFIRMED)
    return Subscription.objects.filter(alive, library=library).count()


# ---- how it is done
def _locked(*keys: int) -> list[Library]:
    """Return the libraries, locked until the transaction ends; in one order whoever asks, so that none waits in a ring.

    Raises Refusal where one of them has left the network.
    """
    found = Library.objects.select_for_update().order_by("pk").filter(pk__in=keys, closed_at__isnull=True)
    rows = {row.pk: row for row in found}
    if len(rows) != len(keys):
        raise Refusal(_("Cette bibliothèque a déjà quitté le réseau."))
    return [rows[key] for key in keys]


def _leave(library: Library, into: Library | None) -> None:
    Library.objects.filter(pk=library.pk).update(closed_at=clock.now(), is_open=False, merged_into=into)


def _move_subscriptions(source: Library, into: Library, actor: Actor, deadline: dt.date) -> None:
    own = Subscription.objects.filter(library=source)
    states = list(own.select_for_update().order_by("pk").values_list("pk", "status"))
    # The merge's own mail announces what waits: neither the night nor a reminder of yesterday counts any more.
    fresh = {"deadline": deadline, "announced_at": clock.now(), "reminded_at": None, "warning": None}
    own.filter(deadline__isnull=False).update(library=into, version=F("version") + 1, **fresh)
    own.update(library=into, version=F("version") + 1)
    for first in range(0, len(states), CHUNK):
        events = _events(states[first : first + CHUNK], into, f"{source.name} → {into.name}", actor)
        SubscriptionEvent.objects.bulk_create(events)


def _events(rows: Iterable[tuple[int, str]], into: Library, reason: str, actor: Actor) -> list[SubscriptionEvent]:
    now, person = clock.now(), actor if isinstance(actor, User) else None
    return [
        SubscriptionEvent(
            subscription_id=pk,
            library=into,
            at=now,
            actor=person,
            actor_label=actor.label,
            move=Move.MOVE_LIBRARY,
            from_status=status,
            to_status=status,
            reason=reason[:200],
        )
        for pk, status in rows
    ]


def _move_memberships(source: Library, into: Library) -> None:
    """Give the accounts of `source` the same place in `into`; who has one there keeps the stronger profile."""
    there = set(into.memberships.values_list("user_id", flat=True))
    managers = source.memberships.filter(profile=Profile.MANAGER).values("user_id")
    into.memberships.filter(user_id__in=managers).update(profile=Profile.MANAGER)
    source.memberships.filter(user_id__in=there).delete()
    source.memberships.update(library=into)


def _withdraw_all(library: Library) -> int:
    """Take every account out of `library`, deactivate those that then have none, and return how many there were."""
    members = list(library.memberships.values_list("user_id", flat=True))
    library.memberships.all().delete()
    elsewhere = Membership.objects.filter(user_id__in=members).values("user_id")
    alone = User.objects.filter(pk__in=members, kind__in=[Kind.LIBRARY, Kind.LIBRARIAN]).exclude(pk__in=elsewhere)
    alone.update(is_active=False)
    return len(members)


def _tell(source: Library, into: Library, plan: Plan, deadline: dt.date) -> None:
    moved = ngettext("%(count)d abonnement", "%(count)d abonnements", plan.subscriptions) % {
        "count": plan.subscriptions
    }
    waiting = _("Aucune demande n’attend de réponse.")
    if plan.waiting:
        waiting = ngettext(
            "%(count)d demande attend une réponse de la %(library)s avant le %(limit)s.",
            "%(count)d demandes attendent une réponse de la %(library)s avant le %(limit)s.",
            plan.waiting,
        ) % {"count": plan.waiting, "library": library_called(into.name), "limit": french_day(deadline)}
    addresses = dict.fromkeys((source.email, into.email))
    queue_mails(libraries_merged(source, into, to, moved=moved, waiting=waiting) for to in addresses)
