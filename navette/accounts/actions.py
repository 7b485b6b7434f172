"""What changes an account: its password, asked for, invited to, chosen or changed; its address confirmed."""

import datetime as dt
from collections.abc import Sequence

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from navette.accounts import mails, throttle
from navette.accounts.errors import LinkIsOver, SharedAccount, UnknownIdentifier, WrongPassword
from navette.accounts.models import Kind, User
from navette.accounts.passwords import check_new_password, is_right
from navette.accounts.queries import IDENTIFIER_LENGTH, find_accounts, is_storable
from navette.accounts.tokens import decode_id, password_tokens, user_of_confirmation
from navette.core import clock
from navette.core.actors import VISITOR, Actor, require
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import AuditRow, audit, audit_row
from navette.core.text import fold_identifier
from navette.mail.outbox import queue_mail, queue_mails
from navette.portal.queries import current_portal

MANAGES = {
    Kind.READER: "accounts.manage_readers",
    Kind.LIBRARY: "accounts.manage_professionals",
    Kind.LIBRARIAN: "accounts.manage_professionals",
    Kind.STAFF: "accounts.manage_staff",
}
HOUR = dt.timedelta(hours=1)
LINKS_AN_HOUR = 3  # mails with a link, for one account
ASKS_AN_HOUR = 30  # questions from one network address, which a library shares


# ---- changing one's own
def check_own_password(user: User, old: str) -> None:
    """Raise WrongPassword, or TooManyAttempts, unless `old` is the password of `user`.

    To be called outside a transaction, before `change_password`: an open session left alone is no place to guess
    either, so the attempts are counted as at login, but apart from it.
    """
    attempt = throttle.reserve(f"change:{user.pk}", "")
    if not is_right(user, old):
        raise WrongPassword
    throttle.succeeded(attempt)


def change_password(user: User, *, acting_user: Actor, old: str, new: str) -> User:
    """Change one's own password, knowing the old one; all other sessions of the account end (AUTH-03).

    Returns `user`, whose password is the new one from then on: the page keeps its own session with
    `update_session_auth_hash(request, user)`. Raises NotAllowed, WrongPassword, or Invalid for the new one.
    """
    if acting_user.pk != user.pk:
        raise NotAllowed(_("Chacun ne change que son propre mot de passe."))
    if not is_right(user, old):
        raise WrongPassword
    if old == new:
        raise Invalid(_("Choisissez un mot de passe différent de l’ancien."), "new")
    _require_good(new, user)
    hashed = make_password(new)  # slow on purpose, so outside the transaction
    with transaction.atomic():
        _set_password(user, hashed, acting_user, "accounts.change_password")
    return user


# ---- recovering it by mail
def request_password_reset(email: str, *, address: str) -> None:
    """Mail a link to choose a password to the account that `email` names; `address` is the visitor's network address.

    Where a household shares the address, each of its people gets a mail that names them. Says nothing about whether
    there is an account, unless the portal's setting tells unknown addresses: then it raises UnknownIdentifier or
    SharedAccount. Raises TooManyAttempts from an address that asks too often.
    """
    throttle.brake("recovery-address", address, ASKS_AN_HOUR, HOUR)
    named = find_accounts(email, frozenset(Kind))
    own = [user for user in named if user.kind != Kind.LIBRARY]
    if current_portal().tells_unknown_mail and not own:
        raise SharedAccount if named else UnknownIdentifier
    with transaction.atomic():
        _queue_links(own, email)


def _queue_links(users: list[User], email: str) -> None:
    """Queue a link each; where there is nobody to send one to, do the work of one and undo it: it takes as long."""
    name = fold_identifier(email[:IDENTIFIER_LENGTH])
    may_send = throttle.allow("recovery", name, LINKS_AN_HOUR, HOUR)
    receive = [user for user in users if user.is_active] if may_send else []
    nobody = User(pk=0, name=_("Personne"), email="personne@example.org", identifier=name)
    before = transaction.savepoint()
    for user in receive or users[:1] or [nobody]:
        queue_mail(mails.password_link(user))
        audit(VISITOR, "accounts.request_password_reset", user)
    if receive:
        transaction.savepoint_commit(before)
    else:
        transaction.savepoint_rollback(before)


def renew_link(uid: str, token: str) -> User:
    """Mail a new link to the account that a link of ours, now over, was for: its owner clicks once.

    Raises LinkIsOver for a link that we never sent, or that a password chosen since has made worthless, and
    TooManyAttempts past three an hour.
    """
    user = user_of_late_link(uid, token)
    if user is None:
        raise LinkIsOver
    throttle.brake("recovery", user.identifier, LINKS_AN_HOUR, HOUR)
    with transaction.atomic():
        queue_mail(mails.password_link(user))
        audit(VISITOR, "accounts.renew_link", user)
    return user


def user_of_late_link(uid: str, token: str) -> User | None:
    """Return the account of a link whose hour is over and that would choose its password otherwise; None if none."""
    user = User.objects.filter(pk=decode_id(uid) or 0, is_active=True).exclude(email="").first()
    return user if user and is_storable(token) and password_tokens.is_late(user, token) else None


def user_of_link(uid: str, token: str) -> User:
    """Return the account for which a link's `uid` and `token` choose a password; LinkIsOver if they no longer do."""
    user = User.objects.filter(pk=decode_id(uid) or 0, is_active=True).first()
    if user is None or not is_storable(token) or not password_tokens.check_token(user, token):
        raise LinkIsOver
    return user


def choose_password(uid: str, token: str, new: str) -> User:
    """Set the password that the owner of a mailed link chooses; the link is then used up (AUTH-05).

    It came by mail, so it confirms the address too. Raises LinkIsOver, or Invalid for the password.
    """
    user = user_of_link(uid, token)
    _require_good(new, user)
    hashed = make_password(new)
    with transaction.atomic():
        locked = User.objects.select_for_update().filter(pk=user.pk, is_active=True).first()
        if locked is None or not password_tokens.check_token(locked, token):
            raise LinkIsOver
        _set_password(locked, hashed, locked, "accounts.choose_password")
        User.objects.filter(pk=locked.pk).update(email_confirmed_at=Coalesce("email_confirmed_at", clock.now()))
        locked.refresh_from_db()
    return locked


# ---- inviting somebody to choose their first one
def invite(user: User, *, acting_user: Actor, about: Model | None = None) -> User:
    """Mail `user`, who has no password yet, a link to choose one.

    `about` is the library in which `acting_user` holds the permission, for those who hold it in some libraries only
    (a manager, a territory's officer); the caller has made sure that `user` belongs to it. Raises NotAllowed, Refusal
    where the account has a password, no address, or is closed, and TooManyAttempts for one invited again and again.
    """
    require(acting_user, MANAGES[Kind(user.kind)], about)
    throttle.brake("invitation", str(user.pk), LINKS_AN_HOUR, HOUR)
    if not _invite([user], acting_user):
        raise Refusal(_("Ce compte ne peut pas être invité : il a déjà un mot de passe, ou n’a pas d’adresse mail."))
    user.refresh_from_db()
    return user


def invite_many(users: Sequence[User], *, acting_user: Actor) -> int:
    """Invite many people at once, as `invite` does, some hundreds a call; returns how many mails were queued.

    Whoever has a password, no address or a closed account is left out.
    """
    for kind in {Kind(user.kind) for user in users}:
        require(acting_user, MANAGES[kind])
    return _invite(users, acting_user)


@transaction.atomic
def _invite(users: Sequence[User], acting_user: Actor) -> int:
    waiting = User.objects.filter(is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(email="")
    invited = list(waiting.select_for_update().filter(pk__in=[user.pk for user in users]).order_by("pk"))
    waiting.filter(pk__in=[user.pk for user in invited]).update(invited_at=clock.now())
    queue_mails(mails.invitation(user, _inviter(user, acting_user)) for user in invited)
    AuditRow.objects.bulk_create(audit_row(acting_user, "accounts.invite", user) for user in invited)
    return len(invited)


def _inviter(user: User, acting_user: Actor) -> str:
    """Return who invites: the département where it is a reader who is invited, or where nobody in person does."""
    is_personal = acting_user.pk is not None and user.kind != Kind.READER
    return acting_user.label if is_personal else current_portal().owner


# ---- confirming the address
def confirm_email(token: str) -> User:
    """Note that the address of a confirmation link is its owner's (SUB-13); a second time changes nothing.

    Raises LinkIsOver for a link that is not ours, or that was made for another address than the present one.
    """
    user = user_of_confirmation(token)
    if user is None:
        raise LinkIsOver(_("Ce lien ne confirme pas d’adresse : il est incomplet, ou votre adresse a changé depuis."))
    with transaction.atomic():
        fresh = User.objects.filter(pk=user.pk, email=user.email, email_confirmed_at=None)
        if fresh.update(email_confirmed_at=clock.now()):
            audit(user, "accounts.confirm_email", user)
    user.refresh_from_db()
    return user


def ask_confirmation(user: User, *, acting_user: Actor) -> None:
    """Mail once more the link that confirms the address of `user`; Refusal if it is confirmed or asked too often."""
    if acting_user.pk != user.pk:
        raise NotAllowed(_("Chacun ne confirme que sa propre adresse."))
    if user.email_confirmed_at:
        raise Refusal(_("Votre adresse mail est déjà confirmée."))
    throttle.brake("confirmation", str(user.pk), LINKS_AN_HOUR, HOUR)
    with transaction.atomic():
        queue_mail(mails.email_confirmation(user))
        audit(acting_user, "accounts.ask_confirmation", user)


def _require_good(new: str, user: User) -> None:
    try:
        check_new_password(new, user)
    except ValidationError as fault:
        raise Invalid(" ".join(fault.messages), "new") from fault


def _set_password(user: User, hashed: str, acting_user: Actor, action: str) -> None:
    """Store the hash over the one that `user` was read with, audit it and mail the notice; Refusal if it has changed.

    The session's own hash derives from the stored one: every session of the account ends.
    """
    if not User.objects.filter(pk=user.pk, password=user.password).update(password=hashed):
        raise Refusal(_("Votre mot de passe vient d’être changé ailleurs. Connectez-vous de nouveau."))
    user.password = hashed
    audit(acting_user, action, user)
    if user.email:
        queue_mail(mails.password_changed(user))
