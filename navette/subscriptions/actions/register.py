"""A reader asks: the account, the request, the terms accepted and the mails, in one transaction (R1, SUB-13)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navette.accounts.mails import confirmation_url
from navette.accounts.models import Kind, User
from navette.core import clock
from navette.core.actors import Actor
from navette.core.errors import Invalid, NotAllowed
from navette.core.text import fold_identifier
from navette.libraries.models import Library, MailRhythm
from navette.mail.outbox import Letter, queue_mail
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import OLDEST_BIRTH, Reader
from navette.resources.models import DigitalResource
from navette.subscriptions.actions.grants import accept_resource_terms, accept_site_terms, ask_for
from navette.subscriptions.actions.moves import write_event
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.mails import site_url, to_library, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Move

# A second request of the same address within this time is a second click, not somebody who forgot their account.
SECOND_CLICK = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Registration:
    """What a reader tells when asking for access. `password_hash` is what Django stores of a validated password."""

    first_name: str
    last_name: str
    email: str
    birth_date: dt.date
    password_hash: str = field(repr=False)
    library: Library
    resources: Collection[DigitalResource]


def register(*, request: Registration, acting_user: Actor) -> Subscription | None:
    """Create the reader's account and request, and mail reader and library.

    An address that has an account already gets a mail that says so, and None is returned: the page must not tell the
    two apart. Raises NotAllowed where readers don't register themselves, Invalid for a value that can't be.
    """
    portal = current_portal()
    if not portal.readers_register_themselves:
        raise NotAllowed(_("Pour vous inscrire, adressez-vous à votre bibliothèque."))
    check_birth_date(request.birth_date)
    if not request.library.is_open:
        raise Invalid(_("Cette bibliothèque ne prend pas d’inscription : choisissez-en une autre."), "library")
    if not request.resources or not all(resource.is_open for resource in request.resources):
        raise Invalid(_("Cochez au moins une ressource parmi celles qui sont proposées."), "resources")
    try:
        with transaction.atomic():
            return _create(request, portal)
    except IntegrityError:
        _tell_already_registered(request.email, portal)
        return None


def check_birth_date(day: dt.date) -> None:
    """Raise Invalid unless somebody alive may be born on `day`."""
    if not OLDEST_BIRTH <= day <= clock.today():
        raise Invalid(_("Vérifiez la date de naissance : elle est dans le futur, ou trop ancienne."), "birth_date")


def announce(subscription: Subscription, kind: str, portal: Portal) -> None:
    """Mail the library of a request, unless it chose one mail a day: then the nightly work does (SUB-05)."""
    if subscription.library.mail_rhythm == MailRhythm.DAILY:
        return
    Subscription.objects.filter(pk=subscription.pk).update(announced_at=clock.now())
    queue_mail(to_library(kind, subscription, portal, ressources=_names(subscription)))


def _create(request: Registration, portal: Portal) -> Subscription:
    email = fold_identifier(request.email)
    name = f"{request.first_name} {request.last_name}"
    user = User.objects.create(
        identifier=email, password=request.password_hash, kind=Kind.READER, email=email, name=name
    )
    reader = Reader.objects.create(
        user=user, first_name=request.first_name, last_name=request.last_name, birth_date=request.birth_date
    )
    subscription = Subscription(
        reader=reader,
        library=request.library,
        requested_at=clock.now(),
        deadline=deadline_of(clock.today(), portal),
    )
    subscription.list_as(reader)
    subscription.save()
    ask_for(subscription, request.resources)
    accept_site_terms(reader)
    accept_resource_terms(reader, request.resources)
    write_event(subscription, Move.REQUEST, user, from_status="")
    _mail_first(subscription, portal)
    return subscription


def _mail_first(subscription: Subscription, portal: Portal) -> None:
    letter = to_reader("request_received", subscription, portal)
    user = subscription.reader.user
    queue_mail(
        Letter(letter.kind, letter.to, letter.values, button_url=confirmation_url(user), signed_by=letter.signed_by)
    )
    announce(subscription, "library_request", portal)


def _tell_already_registered(email: str, portal: Portal) -> None:
    user = User.objects.get(identifier=fold_identifier(email))
    if clock.now() - user.created_at < SECOND_CLICK:
        return
    queue_mail(
        Letter(
            "already_registered",
            user.email,
            {"portail": portal.name, "oubli": site_url("site:password_forgotten")},
            key=f"already_registered:{user.pk}:{clock.today():%Y-%m-%d}",
            button_url=site_url("site:login"),
            signed_by=portal.name,
        )
    )


def _names(subscription: Subscription) -> str:
    return ", ".join(grant.resource.name for grant in subscription.grants.select_related("resource"))
