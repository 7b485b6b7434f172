"""Readers who were taken over choose a password by mail, in waves that the staff decide."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from navette.accounts.actions import invite_many
from navette.accounts.models import Kind, User
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.libraries.models import Library
from navette.lifecycle.moving_in.running import PERM
from navette.portal.queries import current_portal
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status

LARGEST_WAVE = 2_000


def never_invited(*, library: Library | None = None) -> QuerySet[User]:
    """Return the readers taken over, with a valid or waiting subscription, who have no password and no invitation."""
    taken_over = SubscriptionEvent.objects.filter(subscription=OuterRef("pk"), move=Move.TAKE_OVER)
    subscriptions = Subscription.objects.filter(Exists(taken_over), status__in=(Status.ACTIVE, Status.PENDING))
    if library is not None:
        subscriptions = subscriptions.filter(library=library)
    waiting = User.objects.filter(kind=Kind.READER, is_active=True, invited_at__isnull=True)
    return waiting.filter(
        password__startswith=UNUSABLE_PASSWORD_PREFIX, reader__subscription__in=subscriptions.values("pk")
    )


@transaction.atomic
def invite_next(count: int, *, acting_user: Actor, library: Library | None = None) -> int:
    """Invite the next `count` of them, in the order in which they came in; return how many mails were queued.

    Two waves started at the same moment invite nobody twice. Raises NotAllowed, or Invalid for the count.
    """
    require(acting_user, PERM)
    if not 1 <= count <= LARGEST_WAVE:
        raise Invalid(_("Une vague compte de 1 à %(most)d personnes.") % {"most": LARGEST_WAVE}, "count")
    users = list(never_invited(library=library).order_by("pk").select_for_update(of=("self",))[:count])
    invited = invite_many(users, acting_user=acting_user)
    if invited:
        audit(acting_user, "moving_in.invite", library or current_portal(), invited=invited)
    return invited
