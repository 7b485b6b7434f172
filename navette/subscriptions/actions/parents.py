"""A young reader's request waits for a parent, whom a mail asks; until then no library sees it (SUB-12)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts import throttle
from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow, audit
from navette.mail.models import OutgoingMail
from navette.mail.outbox import queue_mail
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import ParentalAgreement
from navette.readers.tokens import agreement_of
from navette.subscriptions.actions.announce import announce
from navette.subscriptions.actions.moves import move
from navette.subscriptions.dates import deadline_of, is_younger
from navette.subscriptions.mails import to_reader
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.reader_mails import to_parent
from navette.subscriptions.states import Move, Status

MAILS_AN_HOUR = 3
HOUR = dt.timedelta(hours=1)
NAME_LENGTH = ParentalAgreement._meta.get_field("parent_name").max_length or 160


class Parent:
    """The parent who answers by the link of a mail, without an account. Events name no more than that."""

    pk = None
    label_text: str | Promise = gettext_lazy("Un parent ou responsable légal")

    @property
    def label(self) -> str:
        """Return the name that events and the audit log show."""
        return str(self.label_text)

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Return False: what a parent may do is bounded by the link."""
        return False


PARENT = Parent()


class AgreementIsOver(Refusal):
    """A link that answers nothing: altered, too old, or of a request that is no longer there."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("Ce lien est incomplet ou trop ancien, ou la demande n’existe plus."))


def needs_parent(birth_date: dt.date, portal: Portal) -> bool:
    """Say whether somebody born on `birth_date` registers with a parent's agreement, today, at `portal`."""
    return is_younger(birth_date, portal.parental_age, clock.today())


def check_parent(name: str, email: str) -> None:
    """Raise Invalid, with the field, unless `name` and `email` can be those of a parent."""
    if not name.strip() or len(name) > NAME_LENGTH:
        raise Invalid(_("Indiquez le nom d’un parent ou responsable légal."), "parent_name")
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid(_("Indiquez l’adresse mail d’un parent ou responsable légal."), "parent_email") from error


def ask_parent(subscription: Subscription, parent_name: str, parent_email: str) -> ParentalAgreement:
    """Write that a parent's agreement is awaited for `subscription`, and mail the parent the link to give it.

    Call it in the transaction that creates the subscription as `UNCONFIRMED`, once its resources are asked for.
    Raises Invalid (`parent_name`, `parent_email`).
    """
    check_parent(parent_name, parent_email)
    agreement = ParentalAgreement.objects.create(
        reader=subscription.reader, parent_name=parent_name.strip(), parent_email=parent_email.strip()
    )
    queue_mail(to_parent("parent_asked", agreement, subscription, current_portal(), with_link=True))
    return agreement


def ask_parent_again(
    subscription: Subscription, *, acting_user: Actor, parent_name: str, parent_email: str
) -> ParentalAgreement:
    """Mail the parent once more, at an address that the reader may have corrected: older links are then worthless.

    Raises NotAllowed for another person, Invalid, Refusal where no agreement is awaited or it is asked too often.
    """
    if acting_user.pk != subscription.reader.user_id:
        raise NotAllowed(_("Seule la personne qui s’inscrit peut relancer son parent."))
    check_parent(parent_name, parent_email)
    throttle.brake("parent", str(subscription.reader_id), MAILS_AN_HOUR, HOUR)
    with transaction.atomic():
        agreement = ParentalAgreement.objects.select_for_update().filter(reader=subscription.reader).first()
        if agreement is None or agreement.agreed_at is not None:
            raise Refusal(_("Aucun accord parental n’est attendu pour votre demande."))
        agreement.parent_name, agreement.parent_email = parent_name.strip(), parent_email.strip()
        agreement.asked_at = clock.now()
        agreement.save(update_fields=["parent_name", "parent_email", "asked_at"])
        queue_mail(to_parent("parent_asked", agreement, subscription, current_portal(), with_link=True))
        audit(acting_user, "subscriptions.ask_parent_again", subscription)
    return agreement


def agree(token: str) -> Subscription:
    """Give the agreement of a parent's link: the library sees the request from now on; reader and parent are mailed.

    A second click changes nothing. Raises AgreementIsOver.
    """
    with transaction.atomic():
        agreement = _locked(token)
        subscription = _subscription(agreement)
        if agreement.agreed_at is not None:
            return subscription
        agreement.agreed_at = clock.now()
        agreement.save(update_fields=["agreed_at"])
        portal = current_portal()
        fresh = move(
            subscription,
            Move.REQUEST,
            acting_user=PARENT,
            requested_at=clock.now(),
            deadline=deadline_of(clock.today(), portal),
        )
        announce(fresh, "library_request", portal)
        queue_mail(to_reader("parent_agreed", fresh, portal))
        queue_mail(to_parent("parent_thanked", agreement, fresh, portal))
        return fresh


def decline(token: str) -> None:
    """Refuse the agreement of a parent's link: account and request are erased, which no library has seen.

    Raises AgreementIsOver, or Refusal where the agreement was given already.
    """
    with transaction.atomic():
        agreement = _locked(token)
        subscription = _subscription(agreement)
        if subscription.status != Status.UNCONFIRMED:
            raise Refusal(_("Votre accord est déjà enregistré. Pour revenir dessus, écrivez-nous."))
        _erase(subscription)


def _locked(token: str) -> ParentalAgreement:
    found = agreement_of(token)
    locked = ParentalAgreement.objects.select_for_update().filter(pk=found.pk).first() if found else None
    if locked is None or agreement_of(token) is None:  # corrected, or answered, while we waited for the lock
        raise AgreementIsOver
    return locked


def _subscription(agreement: ParentalAgreement) -> Subscription:
    rows = Subscription.objects.select_related("reader__user", "library").filter(reader=agreement.reader_id)
    subscription = rows.first()
    if subscription is None:
        raise AgreementIsOver
    return subscription


def _erase(subscription: Subscription) -> None:
    """Delete a request that nobody but its reader has seen, with the account, and every trace of the name."""
    user = User.objects.select_for_update().get(pk=subscription.reader.user_id)
    audit(PARENT, "subscriptions.decline_parental", subscription)
    AuditRow.objects.filter(actor_id=user.pk).update(actor_label=_("Compte effacé"))
    SubscriptionEvent.objects.filter(subscription=subscription).delete()
    OutgoingMail.objects.filter(about_account=user.pk).delete()
    user.delete()
