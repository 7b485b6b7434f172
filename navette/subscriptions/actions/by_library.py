"""A library registers a reader: the account without a password, the request and its mail, in one transaction (L8)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import Kind, User
from navette.accounts.queries import identifier_for, readers_at
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, NotAllowed
from navette.core.text import fold_identifier
from navette.libraries.models import Library
from navette.libraries.queries import require_open
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.subscriptions.actions.grants import ask_for
from navette.subscriptions.actions.moves import write_event
from navette.subscriptions.actions.parents import ask_parent, check_parent, needs_parent
from navette.subscriptions.actions.register import check_birth_date
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.decision_mails import registered
from navette.subscriptions.models import RegistrationBatch, Subscription
from navette.subscriptions.states import Move, Status

_TAKEN = gettext_lazy(
    "Un compte porte déjà cette adresse mail. "
    "Si elle sert aussi à une autre personne du foyer, cochez la case qui le dit."
)


@dataclass(frozen=True)
class NewReader:
    """What a library tells of somebody whom it registers. Nobody types a password for another.

    `shares_email` says that the address also serves somebody else of the household; a child (SUB-12) needs a parent.
    """

    first_name: str
    last_name: str
    email: str
    birth_date: dt.date
    library: Library
    resources: Collection[DigitalResource]
    shares_email: bool = False
    parent_name: str = ""
    parent_email: str = field(default="", repr=False)


@transaction.atomic
def register_by_library(
    *, request: NewReader, acting_user: Actor, batch: RegistrationBatch | None = None
) -> Subscription:
    """Create the reader's account, without a password, and their request, which the library then decides; mail them.

    Nobody ticks terms for another: the reader accepts them at the first login (SUB-13). A child's request waits for the
    parent, who is mailed, before the library sees it (SUB-12). Rows of a file are registered one by one in a
    transaction around, with its `batch`. Raises NotAllowed, HouseholdIsFull, or Invalid with the field.
    """
    portal = current_portal()
    if not portal.librarians_register_readers:
        raise NotAllowed(_("Sur ce portail, les usagers s’inscrivent eux-mêmes."))
    require(acting_user, "subscriptions.register", request.library)
    is_young = needs_parent(request.birth_date, portal)
    _check(request, is_young=is_young)
    subscription = Subscription(
        reader=_write_person(request),
        library=request.library,
        status=Status.UNCONFIRMED if is_young else Status.PENDING,
        requested_at=clock.now(),
        deadline=None if is_young else deadline_of(clock.today(), portal),
        announced_at=None if is_young else clock.now(),  # to the library, which is at work on it
        batch=batch,
    )
    _ask(subscription, request, acting_user)
    if is_young:
        ask_parent(subscription, request.parent_name, request.parent_email)
    queue_mail(registered(subscription, portal))
    return subscription


def _ask(subscription: Subscription, request: NewReader, acting_user: Actor) -> None:
    subscription.list_as(subscription.reader)
    subscription.save()
    ask_for(subscription, request.resources)
    write_event(subscription, Move.REGISTER, acting_user, from_status="")


def _check(request: NewReader, *, is_young: bool) -> None:
    check_birth_date(request.birth_date)
    require_open(request.library)
    if not request.resources or not all(resource.is_open for resource in request.resources):
        raise Invalid(_("Cochez au moins une ressource parmi celles qui sont proposées."), "resources")
    if is_young:
        check_parent(request.parent_name, request.parent_email)


def _write_person(request: NewReader) -> Reader:
    email, name = fold_identifier(request.email), f"{request.first_name} {request.last_name}"
    identifier = identifier_for(email) if request.shares_email else email
    user = User(identifier=identifier, kind=Kind.READER, email=email, name=name)
    user.set_unusable_password()
    if not request.shares_email and readers_at(email).exists():
        raise Invalid(str(_TAKEN), "email")
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise Invalid(str(_TAKEN), "email") from error
    return Reader.objects.create(
        user=user, first_name=request.first_name, last_name=request.last_name, birth_date=request.birth_date
    )
