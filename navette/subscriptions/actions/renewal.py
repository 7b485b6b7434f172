"""What a reader asks for later: the renewal, or again after a refusal (R6, SUB-01)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor
from navette.core.errors import NotAllowed, Refusal
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.subscriptions.actions.announce import announce
from navette.subscriptions.actions.moves import move
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.mails import french_day, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Move, Status

RENEWAL_OPENS = dt.timedelta(days=30)


def renewal_opens_on(subscription: Subscription) -> dt.date | None:
    """Return the first day on which the reader may ask for the renewal; None without a subscription to renew."""
    return subscription.ends_on - RENEWAL_OPENS if subscription.ends_on else None


@transaction.atomic
def ask_renewal(subscription: Subscription, *, acting_user: Actor) -> Subscription:
    """Ask the library for the renewal, from 30 days before the end on; access stays while there is any.

    Raises NotAllowed for another person, Refusal when it is too early, Overtaken when it is asked for already.
    """
    _only_the_reader(subscription, acting_user)
    opens_on = renewal_opens_on(subscription)
    if opens_on and clock.today() < opens_on:
        raise Refusal(_("Le renouvellement pourra être demandé à partir du %(day)s.") % {"day": french_day(opens_on)})
    valid = subscription.current_status == Status.ACTIVE
    what = Move.ASK_RENEWAL if valid else Move.ASK_AFTER_END
    return _ask(
        subscription, what, acting_user, Q(ends_on__gte=clock.today()) if valid else Q(ends_on__lt=clock.today())
    )


@transaction.atomic
def ask_again(subscription: Subscription, *, acting_user: Actor) -> Subscription:
    """Ask again after a refusal. Raises NotAllowed for another person, Overtaken in another state."""
    _only_the_reader(subscription, acting_user)
    return _ask(subscription, Move.ASK_AGAIN, acting_user, Q())


def _ask(subscription: Subscription, what: Move, acting_user: Actor, only_if: Q) -> Subscription:
    portal = current_portal()
    if subscription.library.closed_at is not None:
        raise Refusal(
            _("Votre bibliothèque a quitté le réseau : écrivez-nous pour que votre compte en rejoigne une autre.")
        )
    fresh = move(
        subscription,
        what,
        acting_user=acting_user,
        only_if=only_if & Q(deadline__isnull=True),
        requested_at=clock.now(),
        deadline=deadline_of(clock.today(), portal),
        refusal_reason="",
        announced_at=None,
        reminded_at=None,
        warning=None,
        erasure_told_on=None,
    )
    announce(fresh, "library_renewal" if what != Move.ASK_AGAIN else "library_request", portal)
    queue_mail(to_reader("renewal_received" if what != Move.ASK_AGAIN else "asked_again", fresh, portal))
    return fresh


def _only_the_reader(subscription: Subscription, acting_user: Actor) -> None:
    if acting_user.pk != subscription.reader.user_id:
        raise NotAllowed(_("Seule la personne abonnée peut faire cette demande."))
