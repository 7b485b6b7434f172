"""Closing an account: by the reader whose it is, or by the staff (R9, DATA-02)."""

from django.db import transaction
from django.utils.translation import gettext as _

from navette.accounts.actions import MANAGES, check_own_password
from navette.accounts.models import Kind, User
from navette.core.actors import Actor, require
from navette.core.errors import NotAllowed
from navette.libraries.models import Library
from navette.lifecycle.erasure import Reason, erase
from navette.lifecycle.mails import account_closed
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.readers.models import Reader


def close_own(user: User, *, acting_user: Actor, password: str) -> None:
    """Erase one's own reader's account, knowing its password, and mail a farewell to its address.

    To be called outside a transaction. Raises NotAllowed for anybody else, WrongPassword, or TooManyAttempts.
    """
    if acting_user.pk != user.pk or user.kind != Kind.READER:
        raise NotAllowed(_("Seule la personne abonnée peut fermer son compte."))
    check_own_password(user, password)
    with transaction.atomic():
        reader = Reader.objects.filter(user=user).first()
        letter = account_closed(user, reader.first_name if reader else user.name, current_portal())
        if erase([user.pk], acting_user=acting_user, reason=Reason.OWN_WISH):
            queue_mail(letter)  # after the erasure, which stops what still waits to be sent


@transaction.atomic
def close_for(user: User, *, acting_user: Actor) -> None:
    """Erase the account `user` of somebody else, for good; a professional's by who may manage all their libraries.

    Raises NotAllowed.
    """
    own: list[Library | None] = list(Library.objects.filter(memberships__user=user).select_related("territory"))
    for library in own or [None]:
        require(acting_user, MANAGES[Kind(user.kind)], library)
    if acting_user.pk == user.pk:
        raise NotAllowed(_("Demandez à un ou une collègue de fermer votre compte."))
    erase([user.pk], acting_user=acting_user, reason=Reason.BY_STAFF)
