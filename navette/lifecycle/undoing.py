"""Taking back, for a day, the readers whom a library registered by a file: those who have not come yet are erased."""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor
from navette.core.errors import Refusal
from navette.core.models import audit
from navette.lifecycle.erasure import Reason, erase
from navette.readers.models import ParentalAgreement
from navette.subscriptions.actions.batch import UNDONE_FOR, require_registering
from navette.subscriptions.models import BatchState, RegistrationBatch, Subscription
from navette.subscriptions.states import Status

NOT_DECIDED_AGAINST = frozenset({Status.UNCONFIRMED, Status.PENDING, Status.ACTIVE})


@dataclass
class Undone:
    """What came of undoing: how many registrations were taken back, and the names of those that stay."""

    count: int = 0
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def undo_batch(batch: RegistrationBatch, *, acting_user: Actor) -> Undone:
    """Take back the registrations of `batch`, for one day; a second time does nothing more.

    Who has chosen a password since, was refused, or has a parent who agreed, stays. The others are erased as any
    account is (DATA-02), and their seats go to those who wait. Raises NotAllowed, or Refusal when it is too late.
    """
    require_registering(batch.library, acting_user)
    applied = RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.APPLIED)
    if not applied.filter(applied_at__gt=clock.now() - UNDONE_FOR).update(state=BatchState.UNDONE):
        if RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.UNDONE).exists():
            return Undone()
        raise Refusal(_("Ces inscriptions ne s’annulent plus : un jour est passé. Arrêtez les abonnements un par un."))
    subscriptions = list(batch.subscriptions.select_related("reader__user").select_for_update(of=("self",)))
    agreed = set(_agreed(batch))
    untouched = [row for row in subscriptions if row.reader_id not in agreed and _is_untouched(row)]
    kept = [str(row.reader) for row in subscriptions if row not in untouched]
    accounts = [row.reader.user_id for row in untouched]
    erase(accounts, acting_user=acting_user, reason=Reason.REGISTRATION_UNDONE)
    audit(acting_user, "subscriptions.undo_batch", batch, erased=len(untouched), kept=len(kept))
    return Undone(len(untouched), kept)


def _agreed(batch: RegistrationBatch) -> list[int]:
    """Return the readers of whom a parent has agreed: that was somebody's act, not to be undone."""
    given = ParentalAgreement.objects.filter(reader__subscription__batch=batch, agreed_at__isnull=False)
    return list(given.values_list("reader_id", flat=True))


def _is_untouched(subscription: Subscription) -> bool:
    user = subscription.reader.user
    never_in = user.last_login is None and user.password.startswith(UNUSABLE_PASSWORD_PREFIX)
    return never_in and subscription.status in NOT_DECIDED_AGAINST
