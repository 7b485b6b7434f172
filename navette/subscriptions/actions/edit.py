"""Changing a subscriber: by the library or the staff, and by the reader (R5, L6, SUB-04, SUB-07)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navette.accounts.mails import confirmation_url
from navette.accounts.models import User
from navette.accounts.queries import readers_at
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, NotAllowed
from navette.core.text import fold_identifier
from navette.libraries.models import Library
from navette.libraries.queries import require_open
from navette.mail.outbox import queue_mail
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import grants
from navette.subscriptions.actions.announce import announce
from navette.subscriptions.actions.decide import checked_dates
from navette.subscriptions.actions.moves import move
from navette.subscriptions.actions.parents import needs_parent
from navette.subscriptions.actions.register import check_birth_date
from navette.subscriptions.dates import deadline_of
from navette.subscriptions.mails import to_library, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resource_ids
from navette.subscriptions.states import Move, Status


@dataclass(frozen=True)
class Changes:
    """What a form gives of a subscriber. None leaves the value as it is; `resources` is the whole new choice."""

    first_name: str
    last_name: str
    birth_date: dt.date
    resources: Collection[DigitalResource]
    starts_on: dt.date | None = None
    email: str | None = None
    library: Library | None = None


def is_locked(subscription: Subscription) -> bool:
    """Say whether the reader can no longer change their mail and library: once accepted, for good (SUB-07)."""
    return subscription.starts_on is not None


@transaction.atomic
def edit(subscription: Subscription, *, acting_user: Actor, changes: Changes) -> Subscription:
    """Change a subscriber as a library or the staff does; only the staff may change mail and library.

    Raises NotAllowed, Invalid (with the field) or Overtaken. A change of library is told to both.
    """
    require(acting_user, "subscriptions.edit", subscription.library)
    changes = _only_what_changes(subscription, changes)
    if changes.email is not None or changes.library is not None:
        require(acting_user, "subscriptions.move", subscription.library)
    return _apply(subscription, acting_user, changes)


@transaction.atomic
def edit_own(subscription: Subscription, *, acting_user: Actor, changes: Changes) -> Subscription:
    """Change one's own account; mail and library only before the first acceptance. The terms are accepted anew.

    Raises NotAllowed, Invalid (with the field) or Overtaken.
    """
    if acting_user.pk != subscription.reader.user_id:
        raise NotAllowed(_("Seule la personne abonnée peut modifier son compte."))
    changes = replace(_only_what_changes(subscription, changes), starts_on=None)
    if is_locked(subscription) and (changes.email is not None or changes.library is not None):
        raise NotAllowed(_("L’adresse mail et la bibliothèque ne changent plus après la validation."))
    if changes.library is not None:
        require_open(changes.library)
    _check_age(subscription, changes)
    grants.accept_site_terms(subscription.reader)
    grants.accept_resource_terms(subscription.reader, changes.resources)
    return _apply(subscription, acting_user, changes)


def _check_age(subscription: Subscription, changes: Changes) -> None:
    """Refuse a birth date by which a reader would leave, or come under, a parent's agreement (SUB-12)."""
    if changes.birth_date == subscription.reader.birth_date:
        return
    if subscription.status == Status.UNCONFIRMED:
        raise Invalid(
            _("La date de naissance ne change pas tant que l’accord d’un parent est attendu : contactez-nous."),
            "birth_date",
        )
    if needs_parent(changes.birth_date, current_portal()):
        raise Invalid(_("Cette date demanderait l’accord d’un parent : voyez avec votre bibliothèque."), "birth_date")


def _only_what_changes(subscription: Subscription, changes: Changes) -> Changes:
    """Return `changes` with mail, library and start date None where they are as before."""
    email = fold_identifier(changes.email) if changes.email else None
    same_mail = email == subscription.reader.user.email
    same_library = changes.library is not None and changes.library.pk == subscription.library_id
    same_start = changes.starts_on == subscription.starts_on
    return replace(
        changes,
        email=None if same_mail else email,
        library=None if same_library else changes.library,
        starts_on=None if same_start else changes.starts_on,
    )


def _apply(subscription: Subscription, acting_user: Actor, changes: Changes) -> Subscription:
    portal = current_portal()
    check_birth_date(changes.birth_date)
    columns: dict[str, Any] = {}
    if changes.starts_on is not None:
        columns |= _new_dates(subscription, changes.starts_on, portal)
    told = _changed_names(subscription, changes)
    _write_person(subscription.reader, changes)
    subscription.list_as(subscription.reader)
    columns |= {name: getattr(subscription, name) for name in ("by_last_name", "by_first_name", "search_text")}
    fresh = move(subscription, Move.EDIT, acting_user=acting_user, reason=", ".join(told)[:200], **columns)
    _write_resources(fresh, changes.resources, acting_user, portal)
    if changes.email is not None:
        queue_mail(replace(to_reader("address_changed", fresh, portal), button_url=confirmation_url(fresh.reader.user)))
    return _move_library(fresh, changes.library, acting_user, portal) if changes.library else fresh


def _new_dates(subscription: Subscription, starts_on: dt.date, portal: Portal) -> dict[str, Any]:
    if subscription.current_status != Status.ACTIVE:
        raise Invalid(
            _("La date de début se change sur un abonnement validé : validez ou renouvelez d’abord celui-ci."),
            "starts_on",
        )
    return checked_dates(starts_on, portal)


def _changed_names(subscription: Subscription, changes: Changes) -> list[str]:
    reader = subscription.reader
    return [
        str(label)
        for label, changed in (
            (_("prénom"), reader.first_name != changes.first_name),
            (_("nom"), reader.last_name != changes.last_name),
            (_("date de naissance"), reader.birth_date != changes.birth_date),
            (_("date de début"), changes.starts_on is not None),
            (_("adresse mail"), changes.email is not None),
            (_("ressources"), {r.pk for r in changes.resources} != asked_resource_ids(subscription)),
        )
        if changed
    ]


def _write_person(reader: Reader, changes: Changes) -> None:
    reader.first_name, reader.last_name = changes.first_name, changes.last_name
    reader.birth_date = changes.birth_date
    reader.save(update_fields=["first_name", "last_name", "birth_date"])
    user = reader.user
    user.name = str(reader)
    if changes.email is not None:
        _write_email(user, changes.email)
    user.save(update_fields=["name"])


def _write_email(user: User, email: str) -> None:
    if readers_at(email).exclude(pk=user.pk).exists():
        raise Invalid(_("Cette adresse mail ne peut pas être utilisée : choisissez-en une autre."), "email")
    user.identifier = user.email = email
    user.email_confirmed_at = None
    try:
        with transaction.atomic():
            user.save(update_fields=["identifier", "email", "email_confirmed_at"])
    except IntegrityError as error:
        raise Invalid(_("Cette adresse mail ne peut pas être utilisée : choisissez-en une autre."), "email") from error


def _write_resources(
    subscription: Subscription, wanted: Collection[DigitalResource], acting_user: Actor, portal: Portal
) -> None:
    before = asked_resource_ids(subscription)
    added = [resource for resource in wanted if resource.pk not in before]
    grants.remove(subscription, before - {resource.pk for resource in wanted})
    by_the_library = acting_user.pk != subscription.reader.user_id
    if subscription.current_status == Status.ACTIVE and (by_the_library or not portal.decides_each_resource):
        grants.grant(subscription, added)
    else:
        grants.request(subscription, added)
        if added and subscription.current_status == Status.ACTIVE:
            names = ", ".join(resource.name for resource in added)
            queue_mail(to_library("library_resource", subscription, portal, ressources=names))


def _move_library(subscription: Subscription, library: Library, acting_user: Actor, portal: Portal) -> Subscription:
    """Move the subscription to `library`; a request starts anew there, and is told like a first one."""
    left = subscription.library
    waiting: dict[str, Any] = {
        "deadline": deadline_of(clock.today(), portal),
        "announced_at": None,
        "reminded_at": None,
        "warning": None,
    }
    fresh = move(
        subscription,
        Move.MOVE_LIBRARY,
        acting_user=acting_user,
        reason=f"{left.name} → {library.name}",
        library=library,
        **(waiting if subscription.waits else {}),
    )
    if is_locked(fresh):
        for told in (left, library):
            queue_mail(to_library("library_moved", fresh, portal, library=told, ancienne=left.name))
    if fresh.waits:
        announce(fresh, "library_renewal" if fresh.is_renewal else "library_request", portal)
    return fresh
