"""Erasing accounts: the person goes, figures and a pseudonym stay (DATA-02).

Whatever holds the account by a key goes with it. What outlives it is treated here: events and audit rows keep a
pseudonym, openings lose person and hour, mails and questions are emptied, the life of a subscription is added to the
figures. A batch is one transaction, so that erasing may be stopped anywhere, run again, and run twice at once.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.db.models import Case, CharField, OuterRef, Q, Subquery, Value, When
from django.utils.translation import gettext as _

from navette.accounts.models import Kind, User
from navette.core import clock
from navette.core.actors import Actor
from navette.core.models import AuditRow, audit_row
from navette.libraries.models import ContactAnswer, ContactMessage, Library
from navette.mail import forgetting
from navette.readers.models import ParentalAgreement, Reader
from navette.signon.forgetting import forget_readers
from navette.signon.models import Opening
from navette.subscriptions.actions.seats import lock_seats, serve_queue
from navette.subscriptions.lives import facts_of, lives_of
from navette.subscriptions.models import GrantState, RegistrationBatch, ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, RefusalReason
from navette.subscriptions.tallies import add_to_tally

BATCH = 200
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is taken for another
LENGTH = 6
# Moves whose reason Navette writes itself, without a word of or about the person.
WRITTEN_BY_US = (Move.EDIT, Move.MOVE_LIBRARY)

Still = Callable[[Sequence[int]], Collection[int]]


class Reason(StrEnum):
    """Why an account is erased, as the audit log says."""

    OWN_WISH = "own_wish"
    BY_STAFF = "by_staff"
    REQUEST_OVER = "request_over"
    ACCOUNT_OVER = "account_over"
    REGISTRATION_UNDONE = "registration_undone"


@dataclass(frozen=True)
class Leaving:
    """An account to erase, and the name that its traces bear from then on."""

    user: User
    pseudonym: str

    @property
    def label(self) -> str:
        """Return the name for what the account did: a library's shared account is nobody's, and keeps its own."""
        return self.user.name if self.user.kind == Kind.LIBRARY else self.pseudonym


def new_pseudonym() -> str:
    """Return « Compte effacé 7F3K2M »: drawn at random, so that nothing leads from it to the person."""
    return _("Compte effacé %(sign)s") % {"sign": "".join(secrets.choice(SIGNS) for _sign in range(LENGTH))}


def erase(accounts: Sequence[int], *, acting_user: Actor, reason: Reason, still: Still | None = None) -> int:
    """Erase the accounts of those keys, and return how many were; who may ask for it is the caller's affair.

    `still` is asked, in each batch's transaction, which of its accounts are to go: it locks what it judges by.
    """
    batches = (accounts[first : first + BATCH] for first in range(0, len(accounts), BATCH))
    return sum(_erase_batch(pks, acting_user, reason, still) for pks in batches)


@transaction.atomic
def _erase_batch(pks: Sequence[int], acting_user: Actor, reason: Reason, still: Still | None) -> int:
    wanted = still(pks) if still else pks
    users = User.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
    leaving = [Leaving(user, new_pseudonym()) for user in users]
    gone = {person.user.pk: person for person in leaving}
    if not gone:
        return 0
    _forget_mails(gone)
    if reason != Reason.REGISTRATION_UNDONE:  # a mistake taken back was no subscription: no figure counts it
        _count(gone)
    _name_traces(gone)
    _forget_texts(gone)
    Opening.objects.filter(reader__user__in=gone).update(reader=None, opened_at=None)
    forget_readers(Reader.objects.filter(user__in=gone))
    seats = _lock_seats(gone)
    User.objects.filter(pk__in=gone).delete()
    serve_queue(seats)
    AuditRow.objects.bulk_create(_audit_rows(leaving, acting_user, reason))
    return len(gone)


def _audit_rows(leaving: Sequence[Leaving], acting_user: Actor, reason: Reason) -> Iterator[AuditRow]:
    for person in leaving:
        row = audit_row(acting_user, "accounts.erase", person.user, reason=reason, kind=person.user.kind)
        if acting_user.pk == person.user.pk:
            row.actor_label = person.label
        row.object_id = person.user.pk
        yield row


def _lock_seats(gone: dict[int, Leaving]) -> list[int]:
    """Lock the limited resources of which they hold a seat, which others wait for; return their keys."""
    held = ResourceGrant.objects.filter(subscription__reader__user__in=gone, state=GrantState.GRANTED)
    return sorted(lock_seats(held.values_list("resource_id", flat=True).distinct()))


# ---- what stays, under another name
def _count(gone: dict[int, Leaving]) -> None:
    """Add the lives of their subscriptions to the figures."""
    pks = Subscription.objects.filter(reader__user__in=gone).values_list("pk", flat=True)
    add_to_tally(facts_of(lives_of(list(pks)), clock.today()))


def _name_traces(gone: dict[int, Leaving]) -> None:
    """Put the pseudonym on what the accounts did, and on what was done to their subscriptions."""
    for rows, actor, label in (
        (SubscriptionEvent.objects.filter(actor__in=gone), "actor_id", "actor_label"),
        (AuditRow.objects.filter(actor_id__in=gone), "actor_id", "actor_label"),
        (ContactAnswer.objects.filter(author__in=gone), "author_id", "author_label"),
    ):
        acted = set(rows.order_by().values_list(actor, flat=True))  # few of them: each makes the statement longer
        if acted:
            rows.update(**{label: _labels(actor, {pk: gone[pk].label for pk in acted})})
    own = Subscription.objects.filter(reader__user__in=gone).values_list("pk", "reader__user_id")
    names = {pk: gone[user].pseudonym for pk, user in own}
    if names:
        _detach_events(names)


def _detach_events(names: dict[int, str]) -> None:
    """Leave the events of the subscriptions that `names` names without them, and without what was written."""
    events = SubscriptionEvent.objects.filter(subscription__in=names)
    ours = Q(move__in=WRITTEN_BY_US) | Q(reason__in=[str(reason.label) for reason in RefusalReason])
    events.exclude(ours).update(reason="")
    library = Subscription.objects.filter(pk=OuterRef("subscription_id")).values("library_id")
    events.filter(library__isnull=True).update(library_id=Subquery(library))
    events.update(pseudonym=_labels("subscription_id", names), message="", subscription=None)


def _labels(column: str, labels: dict[int, str]) -> Case:
    """Return the expression that gives each row the label of its `column`."""
    whens = [When(**{column: pk}, then=Value(label)) for pk, label in labels.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


# ---- what goes
def _forget_mails(gone: dict[int, Leaving]) -> None:
    names: dict[int, set[str]] = {}
    for person, library in _libraries_of(gone):
        names.setdefault(library, set()).add(person)
    forgetting.forget(list(gone), _addresses_of(gone), names)


def _libraries_of(gone: dict[int, Leaving]) -> Iterator[tuple[str, int]]:
    """Give the readers' names, each with every library that may have been sent it in a list."""
    own = Subscription.objects.filter(reader__user__in=gone)
    names = {row.pk: str(row.reader) for row in own.select_related("reader")}
    yield from ((names[pk], library) for pk, library in own.values_list("pk", "library_id"))
    passed = SubscriptionEvent.objects.filter(subscription__in=names, library__isnull=False)
    yield from ((names[pk], library) for pk, library in passed.values_list("subscription_id", "library_id"))


def _addresses_of(gone: dict[int, Leaving]) -> set[str]:
    """Return their mail addresses and their parents', those left out that somebody else has who stays."""
    own = {person.user.email for person in gone.values()} - {""}
    own |= set(ParentalAgreement.objects.filter(reader__user__in=gone).values_list("parent_email", flat=True))
    others = User.objects.filter(email__in=own).exclude(pk__in=gone).values_list("email", flat=True)
    libraries = Library.objects.filter(email__in=own).values_list("email", flat=True)
    return own - set(others) - set(libraries)


def _forget_texts(gone: dict[int, Leaving]) -> None:
    """Empty the questions that they asked, and the files by which they were registered."""
    asked = ContactMessage.objects.filter(Q(user__in=gone) | Q(user__isnull=True, email__in=_addresses_of(gone)))
    pks = list(asked.values_list("pk", flat=True))
    ContactAnswer.objects.filter(message__in=pks).update(body="")
    asked.filter(pk__in=pks).update(name=_("Compte effacé"), email="", body="")
    RegistrationBatch.objects.filter(subscriptions__reader__user__in=gone).update(headers=[], rows=[], columns={})
