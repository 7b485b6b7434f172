"""A library's decisions: accept, refuse, renew, end. Each is one transaction, one event, one mail."""

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
from navette.subscriptions.actions.grants import decide_requested
from navette.subscriptions.actions.moves import move
from navette.subscriptions.dates import earliest_start, end_of, may_start, proposed_start
from navette.subscriptions.mails import REFUSAL_KINDS, default_message, french_day, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import REFUSAL_CHOICES, Move, RefusalReason, Status

LONGEST_MESSAGE = 5_000
_ACTIVE_WAITS = ~Q(status=Status.ACTIVE) | Q(deadline__isnull=False)
_DECIDED: dict[str, Any] = {"deadline": None, "announced_at": None, "reminded_at": None}


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

    Without `starts_on` the portal's rule gives the day. Raises NotAllowed, Invalid (with the field) or Overtaken.
    """
    require(acting_user, "subscriptions.decide", subscription.library)
    portal = current_portal()
    dates = checked_dates(starts_on or default_start(subscription, portal), portal)
    text = _message(message, "accepted", subscription)
    fresh = move(
        subscription,
        Move.ACCEPT,
        acting_user=acting_user,
        only_if=_ACTIVE_WAITS,
        message=text,
        **_DECIDED,
        **dates,
    )
    decide_requested(fresh, portal, grants)
    queue_mail(to_reader("accepted", fresh, portal, body=text))
    return fresh


@transaction.atomic
def refuse(subscription: Subscription, *, acting_user: Actor, reason: str, message: str | None = None) -> Subscription:
    """Refuse a request, or the renewal asked for, which ends the access; the reader is mailed `message`.

    `reason` is one of `REFUSAL_CHOICES`. Raises NotAllowed, Invalid or Overtaken.
    """
    require(acting_user, "subscriptions.decide", subscription.library)
    if reason not in dict(REFUSAL_CHOICES):
        raise Invalid(_("Choisissez la raison du refus."), "reason")
    return _close(subscription, Move.REFUSE, acting_user, RefusalReason(reason), message, only_if=_ACTIVE_WAITS)


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
) -> Subscription:
    """Renew a valid or expired subscription from `starts_on`, by default today; the reader is mailed.

    A second renewal from the same day is refused: nothing would change. Raises NotAllowed, Invalid or Overtaken.
    """
    require(acting_user, "subscriptions.decide", subscription.library)
    portal = current_portal()
    dates = checked_dates(starts_on or clock.today(), portal)
    changes_something = ~Q(status=Status.ACTIVE, starts_on=dates["starts_on"]) | Q(deadline__isnull=False)
    text = _message(message, "renewed", subscription, date_fin=french_day(dates["ends_on"]))
    fresh = move(
        subscription,
        Move.RENEW,
        acting_user=acting_user,
        only_if=changes_something,
        message=text,
        **_DECIDED,
        **dates,
    )
    decide_requested(fresh, portal, None)
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
    }


def _close(
    subscription: Subscription,
    what: Move,
    acting_user: Actor,
    reason: RefusalReason,
    message: str | None,
    *,
    only_if: Q,
) -> Subscription:
    kind = "ended" if what == Move.END else REFUSAL_KINDS[reason]
    text = _message(message, kind, subscription)
    fresh = move(
        subscription,
        what,
        acting_user=acting_user,
        only_if=only_if,
        reason=str(reason.label),
        message=text,
        refusal_reason=reason,
        **_DECIDED,
    )
    queue_mail(to_reader(kind, fresh, current_portal(), body=text))
    return fresh


def _message(message: str | None, kind: str, subscription: Subscription, **values: object) -> str:
    """Return the librarian's own text, to be sent as it is, or the kind's default where there is none."""
    if message is None or not message.strip():
        return default_message(kind, subscription, **values)
    if len(message) > LONGEST_MESSAGE:
        raise Invalid(_("Le message est trop long : 5 000 caractères au plus."), "message")
    return message
