"""A reader asks: the account, the request, the terms accepted and the mails, in one transaction (R1, SUB-13)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from navette.accounts.mails import confirmation_url
from navette.accounts.models import Kind, User
from navette.accounts.queries import identifier_for, readers_at
from navette.core import clock
from navette.core.actors import Actor
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.french import library_called
from navette.core.text import fold_identifier
from navette.libraries.models import Library
from navette.libraries.queries import require_open
from navette.mail.outbox import Letter, queue_mail
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import OLDEST_BIRTH, Reader
from navette.resources.models import DigitalResource
from navette.subscriptions.actions.announce import announce
from navette.subscriptions.actions.grants import accept_resource_terms, accept_site_terms, ask_for
from navette.subscriptions.actions.moves import write_event
from navette.subscriptions.actions.parents import ask_parent, check_parent, needs_parent
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.mails import french_day, site_url, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Move, Status

# A second request of the same address within this time is a second click, not somebody who forgot their account.
SECOND_CLICK = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Registration:
    """What a reader tells when asking for access. `password_hash` is what Django stores of a validated password.

    The parent is needed of a young reader only (SUB-12), and left out of account for others.
    """

    first_name: str
    last_name: str
    email: str
    birth_date: dt.date
    password_hash: str = field(repr=False)
    library: Library
    resources: Collection[DigitalResource]
    parent_name: str = ""
    parent_email: str = ""


def register(*, request: Registration, acting_user: Actor) -> Subscription | None:
    """Create the reader's account and request, and mail reader and library; a young reader's parent comes first.

    An address that has an account already gets a mail that says so, and None is returned: the page must not tell the
    two apart. Raises NotAllowed where readers don't register themselves, Invalid for a value that can't be.
    """
    portal = current_portal()
    _check(request, portal)
    email = fold_identifier(request.email)
    if readers_at(email).exists():
        _tell_already_registered(email, portal)
        return None
    try:
        with transaction.atomic():
            require_open(request.library)
            user = _account(request, email, email)
            subscription = _ask(request, user, user, portal)
            _mail_first(subscription, portal)
            return subscription
    except IntegrityError:
        _tell_already_registered(email, portal)
        return None


def register_household(*, request: Registration, acting_user: User) -> Subscription:
    """Create the account and request of somebody who shares the confirmed mail address of the reader `acting_user`.

    `request.email` is not asked: it is that address. Raises NotAllowed, Invalid, or Refusal where the address serves as
    many people as it may, or is not confirmed.
    """
    portal = current_portal()
    _check(request, portal)
    if acting_user.kind != Kind.READER:
        raise NotAllowed(_("Une personne du foyer s’inscrit depuis un compte d’abonné(e)."))
    if acting_user.email_confirmed_at is None:
        raise Refusal(_("Confirmez d’abord votre adresse mail : elle servira aussi à cette personne."))
    try:
        with transaction.atomic():
            require_open(request.library)
            user = _account(request, acting_user.email, identifier_for(acting_user.email))
            User.objects.filter(pk=user.pk).update(email_confirmed_at=acting_user.email_confirmed_at)
            subscription = _ask(request, user, acting_user, portal)
            queue_mail(_household_letter(subscription, portal))
            _announce(subscription, portal)
            return subscription
    except IntegrityError as error:  # two people of the household at once
        raise Refusal(_("Une autre inscription vient d’être faite avec cette adresse : recommencez.")) from error


def check_birth_date(day: dt.date) -> None:
    """Raise Invalid unless somebody alive may be born on `day`."""
    if not OLDEST_BIRTH <= day <= clock.today():
        raise Invalid(_("Vérifiez la date de naissance : elle est dans le futur, ou trop ancienne."), "birth_date")


def _check(request: Registration, portal: Portal) -> None:
    if not portal.readers_register_themselves:
        raise NotAllowed(_("Pour vous inscrire, adressez-vous à votre bibliothèque."))
    check_birth_date(request.birth_date)
    if not request.resources or not all(resource.is_open for resource in request.resources):
        raise Invalid(_("Cochez au moins une ressource parmi celles qui sont proposées."), "resources")
    if needs_parent(request.birth_date, portal):
        check_parent(request.parent_name, request.parent_email)


def _account(request: Registration, email: str, identifier: str) -> User:
    name = f"{request.first_name} {request.last_name}"
    return User.objects.create(
        identifier=identifier, password=request.password_hash, kind=Kind.READER, email=email, name=name
    )


def _ask(request: Registration, user: User, acting_user: Actor, portal: Portal) -> Subscription:
    """Write the reader and the request of the account `user`, and the terms accepted; of a minor, ask the parent."""
    reader = Reader.objects.create(
        user=user, first_name=request.first_name, last_name=request.last_name, birth_date=request.birth_date
    )
    is_young = needs_parent(request.birth_date, portal)
    subscription = Subscription(
        reader=reader,
        library=request.library,
        status=Status.UNCONFIRMED if is_young else Status.PENDING,
        requested_at=clock.now(),
        deadline=None if is_young else deadline_of(clock.today(), portal),
    )
    subscription.list_as(reader)
    subscription.save()
    ask_for(subscription, request.resources)
    accept_site_terms(reader)
    accept_resource_terms(reader, request.resources)
    write_event(subscription, Move.AWAIT_PARENT if is_young else Move.REQUEST, acting_user, from_status="")
    if is_young:
        ask_parent(subscription, request.parent_name, request.parent_email)
    return subscription


def _mail_first(subscription: Subscription, portal: Portal) -> None:
    waits_for_parent = subscription.status == Status.UNCONFIRMED
    letter = to_reader("parent_awaited" if waits_for_parent else "request_received", subscription, portal)
    url = confirmation_url(subscription.reader.user)
    queue_mail(replace(letter, values={**letter.values, "age": portal.parental_age}, button_url=url))
    _announce(subscription, portal)


def _announce(subscription: Subscription, portal: Portal) -> None:
    if subscription.waits:
        announce(subscription, "library_request", portal)


def _household_letter(subscription: Subscription, portal: Portal) -> Letter:
    letter = to_reader("household_request", subscription, portal)
    if subscription.status == Status.UNCONFIRMED:
        words = _("Elle attend l’accord d’un parent, à qui un mail vient d’être envoyé.")
    else:
        words = _("La %(library)s y répondra avant le %(day)s.") % {
            "library": library_called(subscription.library.name),
            "day": french_day(subscription.deadline),
        }
    return replace(letter, values={**letter.values, "suite": words})


def _tell_already_registered(email: str, portal: Portal) -> None:
    known = readers_at(email).order_by("pk").first() or User.objects.get(identifier=email)
    if clock.now() - known.created_at < SECOND_CLICK:
        return
    values = {
        "portail": portal.name,
        "oubli": site_url("site:password_forgotten"),
        "foyer": f"{site_url('site:login')}?{urlencode({'suite': reverse('site:household')})}",
    }
    key = f"already_registered:{known.pk}:{clock.today():%Y-%m-%d}"
    url = site_url("site:login")
    letter = Letter("already_registered", known.email, values, key=key, button_url=url, signed_by=portal.name)
    queue_mail(replace(letter, about=known.pk))
