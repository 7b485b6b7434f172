"""A library's decisions: accept, refuse, renew, end. Each is one transaction, one event, one mail to the reader.

Staff may accept or refuse in a library's place, once it was warned in vain (SUB-05): the event and a mail to it say so.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.mail.outbox import queue_mail
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.subscriptions.actions.grants import decide_requested, free_seats_of
from navette.subscriptions.actions.moves import move
from navette.subscriptions.dates import earliest_start, end_of, may_start, proposed_start
from navette.subscriptions.decision_mails import decided_in_place
from navette.subscriptions.mails import REFUSAL_KINDS, default_message, french_day, to_reader
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.queries import may_decide_in_place
from navette.subscriptions.states import REFUSAL_CHOICES, Move, RefusalReason, Status

LONGEST_MESSAGE = 5_000
_ACTIVE_WAITS = ~Q(status=Status.ACTIVE) | Q(deadline__isnull=False)
_DECIDED: dict[str, Any] = {"deadline": None, "announced_at": None, "reminded_at": None, "warning": None}


@transaction.atomic
def accept(
    subscription: Subscription,
    *,
    acting_user: Actor,
    starts_on: dt.date | None = None,
    message: str | None = None,
    grants: Mapping[int, str] | None = None,
) -> Subscription:
    """Accept a request, or the renewal that its reader asked for; the reader is mailed `message`.

    Without `starts_on` the portal's rule gives the day. `grants` is what was decided of single resources (SUB-04).
    Raises NotAllowed, Invalid (with the field) or Overtaken.
    """
    in_place = _decides_in_place(subscription, acting_user)
    portal = current_portal()
    dates = checked_dates(starts_on or default_start(subscription, portal), portal)
    text = _message(message, "accepted", subscription) + _left_out(subscription, grants)
    was_valid = subscription.current_status == Status.ACTIVE
    fresh = move(
        subscription,
        Move.ACCEPT,
        acting_user=acting_user,
        only_if=_still_to_decide(in_place=in_place),
        reason=_by_the_staff() if in_place else "",
        message=text,
        **_DECIDED,
        **dates,
    )
    decide_requested(fresh, portal, grants, was_valid=was_valid)
    queue_mail(to_reader("accepted", fresh, portal, body=text))
    if in_place:
        _tell_library(fresh, subscription, portal)
    return fresh


@transaction.atomic
def refuse(subscription: Subscription, *, acting_user: Actor, reason: str, message: str | None = None) -> Subscription:
    """Refuse a request, or the renewal asked for, which ends the access; the reader is mailed `message`.

    `reason` is one of `REFUSAL_CHOICES`. Raises NotAllowed, Invalid or Overtaken.
    """
    in_place = _decides_in_place(subscription, acting_user)
    if reason not in dict(REFUSAL_CHOICES):
        raise Invalid(_("Choisissez la raison du refus."), "reason")
    only_if, why = _still_to_decide(in_place=in_place), RefusalReason(reason)
    fresh = _close(subscription, Move.REFUSE, acting_user, why, message, only_if=only_if, in_place=in_place)
    if in_place:
        _tell_library(fresh, subscription, current_portal())
    return fresh


@transaction.atomic
def end(subscription: Subscription, *, acting_user: Actor, reason: str, message: str | None = None) -> Subscription:
    """End a valid subscription before its time; the reader is mailed `message`. Raises as `refuse` does."""
    require(acting_user, "subscriptions.decide", subscription.library)
    if reason not in RefusalReason.values:
        raise Invalid(_("Choisissez la raison de l’arrêt."), "reason")
    valid = Q(ends_on__gte=clock.today())
    return _close(subscription, Move.END, acting_user, RefusalReason(reason), message, only_if=valid)


@transaction.atomic
def renew(
    subscription: Subscription,
    *,
    acting_user: Actor,
    starts_on: dt.date | None = None,
    message: str | None = None,
    grants: Mapping[int, str] | None = None,
) -> Subscription:
    """Renew a valid or expired subscription from `starts_on`, by default today; the reader is mailed.

    A second renewal from the same day is refused: nothing would change. `grants` as in `accept`.
    Raises NotAllowed, Invalid or Overtaken.
    """
    require(acting_user, "subscriptions.decide", subscription.library)
    portal = current_portal()
    dates = checked_dates(starts_on or clock.today(), portal)
    changes_something = ~Q(status=Status.ACTIVE, starts_on=dates["starts_on"]) | Q(deadline__isnull=False)
    text = _message(message, "renewed", subscription, date_fin=french_day(dates["ends_on"]))
    text += _left_out(subscription, grants)
    was_valid = subscription.current_status == Status.ACTIVE
    fresh = move(
        subscription,
        Move.RENEW,
        acting_user=acting_user,
        only_if=changes_something,
        message=text,
        **_DECIDED,
        **dates,
    )
    decide_requested(fresh, portal, grants, was_valid=was_valid)
    queue_mail(to_reader("renewed", fresh, portal, body=text))
    return fresh


def default_start(subscription: Subscription, portal: Portal) -> dt.date:
    """Return the start date that the decision page proposes."""
    return proposed_start(
        portal,
        requested_on=clock.day_of(subscription.requested_at),
        today=clock.today(),
        renewal=subscription.is_renewal,
    )


def checked_dates(starts_on: dt.date, portal: Portal) -> dict[str, Any]:
    """Return the columns of a subscription that counts from `starts_on`; Invalid where that day may not be (SUB-03)."""
    today = clock.today()
    if not may_start(starts_on, today):
        raise Invalid(
            _("La date de l’abonnement doit être comprise entre le %(first)s et aujourd’hui (%(last)s).")
            % {"first": french_day(earliest_start(today)), "last": french_day(today)},
            "starts_on",
        )
    return {
        "starts_on": starts_on,
        "ends_on": end_of(starts_on, portal.duration),
        "refusal_reason": "",
        "notice_days": None,
        "erasure_told_on": None,
    }


def _decides_in_place(subscription: Subscription, acting_user: Actor) -> bool:
    """Say whether `acting_user` decides in the library's place; NotAllowed where they may not decide at all."""
    by_the_library = acting_user.has_perm("subscriptions.decide", subscription.library)
    if not by_the_library and may_decide_in_place(subscription, acting_user):
        return True
    require(acting_user, "subscriptions.decide", subscription.library)
    return False


def _still_to_decide(*, in_place: bool) -> Q:
    return _ACTIVE_WAITS & Q(deadline__lt=clock.today()) if in_place else _ACTIVE_WAITS


def _by_the_staff() -> str:
    return _("Décidé par le département, à la place de la bibliothèque")


def _tell_library(fresh: Subscription, seen: Subscription, portal: Portal) -> None:
    """Mail the library that the request which it left was decided in its place."""
    decision = str(Status(fresh.status).label)
    queue_mail(decided_in_place(fresh, portal, decision=decision, limit=french_day(seen.deadline)))


def _close(
    subscription: Subscription,
    what: Move,
    acting_user: Actor,
    reason: RefusalReason,
    message: str | None,
    *,
    only_if: Q,
    in_place: bool = False,
) -> Subscription:
    kind = "ended" if what == Move.END else REFUSAL_KINDS[reason]
    text = _message(message, kind, subscription)
    fresh = move(
        subscription,
        what,
        acting_user=acting_user,
        only_if=only_if,
        reason=f"{reason.label}. {_by_the_staff()}" if in_place else str(reason.label),
        message=text,
        refusal_reason=reason,
        **_DECIDED,
    )
    free_seats_of(fresh)
    queue_mail(to_reader(kind, fresh, current_portal(), body=text))
    return fresh


def _message(message: str | None, kind: str, subscription: Subscription, **values: object) -> str:
    """Return the librarian's own text, to be sent as it is, or the kind's default where there is none."""
    if message is None or not message.strip():
        return default_message(kind, subscription, **values)
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(_("Le message est trop long : 5 000 caractères au plus."), "message")
    return message


def _left_out(subscription: Subscription, grants: Mapping[int, str] | None) -> str:
    """Return what the message says beneath of the resources that were refused with the decision."""
    refused = [key for key, state in (grants or {}).items() if state == GrantState.REFUSED]
    names = (
        subscription.grants.filter(resource_id__in=refused).select_related("resource").order_by("resource__name")
        if refused
        else ()
    )
    words = ", ".join(grant.resource.name for grant in names)
    return "\n\n" + _("Ressources non accordées : %(names)s.") % {"names": words} if words else ""
