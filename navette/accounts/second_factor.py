"""The second factor of an account (AUTH-04): added, used at login, taken away.

An application's code (TOTP) serves once: the step of time that it stands for is kept, and only later ones pass.
"""

import base64
import json
import time
from dataclasses import dataclass, field
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import IntegrityError, transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from navette.accounts import factors, mails, passkeys, throttle
from navette.accounts.actions import MANAGES
from navette.accounts.errors import UsedCode, WrongCode
from navette.accounts.models import Kind, User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.fields import InvalidToken, decrypt, encrypt
from navette.core.models import audit
from navette.mail.outbox import Letter, queue_mail

STEP = 30  # seconds that one code lasts
DRIFT = (0, -1, 1)  # steps by which a phone's clock may be off
ENROL_WITHIN = 30 * 60  # seconds between showing a secret and typing its first code
MOST_PASSKEYS = 10
LONGEST_NAME = 60


# ---- an application (TOTP)
@dataclass(frozen=True)
class Enrolment:
    """A secret shown to be taken into an application. `token` carries it through the form, encrypted."""

    secret: str = field(repr=False)
    token: str = field(repr=False)
    svg: str = field(repr=False)

    @property
    def spaced(self) -> str:
        """Return the secret by fours, to be typed."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))

    @property
    def svg_base64(self) -> str:
        """Return the picture of the secret as an address of the kind `data:` holds it."""
        return base64.b64encode(self.svg.encode()).decode()


def propose_application(user: User, token: str = "") -> Enrolment:
    """Return a new secret for `user`, or the one that `token` carries; Refusal where it is not theirs or too old."""
    secret = _secret_of(user, token) if token else generate_totp_secret()
    adapter = get_adapter()
    svg = adapter.build_totp_svg(adapter.build_totp_url(user, secret))
    return Enrolment(secret, token or encrypt(json.dumps([user.pk, secret])), svg)


def add_application(user: User, *, acting_user: Actor, token: str, code: str) -> Authenticator:
    """Add the application into which the secret of `token` was taken, as `code`, its first one, shows.

    Raises WrongCode, or Refusal where there is one already.
    """
    _require_own(user, acting_user)
    secret = _secret_of(user, token)
    step = _step_of(secret, code)
    if step is None:
        raise WrongCode
    data = {"secret": encrypt(secret), "last_step": step}
    return _add(user, acting_user, factors.APPLICATION, data)


def use_code(user: User, code: str, *, address: str) -> Authenticator:
    """Return the application of `user` whose present code is `code`; it won't serve again.

    Raises WrongCode, UsedCode, or TooManyAttempts: attempts are counted for the account and the network address.
    Call it outside a transaction.
    """
    attempt = throttle.reserve(f"second-factor:{user.pk}", address)
    with transaction.atomic():
        factor = _locked(user, factors.APPLICATION)
        step = _step_of(_clear(factor.data["secret"]), code)
        if step is None:
            raise WrongCode
        if step <= factor.data.get("last_step", -1):
            raise UsedCode
        factor.data["last_step"] = step
        _used(factor)
    throttle.succeeded(attempt)
    return factor


def _secret_of(user: User, token: str) -> str:
    try:
        pk, secret = json.loads(decrypt(token, within=ENROL_WITHIN))
    except (InvalidToken, ValueError, TypeError) as fault:
        raise Refusal(_("Ce code QR n’est plus valable : recommencez avec le nouveau.")) from fault
    if pk != user.pk:
        raise Refusal(_("Ce code QR n’est plus valable : recommencez avec le nouveau."))
    return str(secret)


def _step_of(secret: str, code: str) -> int | None:
    """Return the step of time whose code is `code`; None for a wrong one. By the machine's clock, as phones'."""
    typed = "".join(code.split())
    now = int(time.time()) // STEP
    steps = [now + drift for drift in DRIFT]
    return next(
        (row for row in steps if constant_time_compare(format_hotp_value(hotp_value(secret, row)), typed)), None
    )


# ---- recovery codes
def use_recovery_code(user: User, code: str, *, acting_user: Actor, address: str) -> Authenticator:
    """Return the recovery codes of `user`, one of which is `code`: it is used up. Raises as `use_code` does."""
    attempt = throttle.reserve(f"second-factor:{user.pk}", address)
    with transaction.atomic():
        factor = _locked(user, factors.CODES)
        codes = RecoveryCodes(factor)
        if not codes.validate_code("".join(code.split()).replace("-", "")):
            raise WrongCode
        _used(codes.instance)
        audit(acting_user, "accounts.use_recovery_code", user)
    throttle.succeeded(attempt)
    return factor


@transaction.atomic
def renew_recovery_codes(user: User, *, acting_user: Actor) -> list[str]:
    """Make new recovery codes; the old ones no longer serve. Refusal where there is no factor to stand in for."""
    _require_own(user, acting_user)
    _lock_account(user)
    if not factors.has_second_factor(user):
        raise Refusal(_("Ajoutez d’abord une application ou une clé d’accès."))
    Authenticator.objects.filter(user_id=user.pk, type=factors.CODES).delete()
    codes = RecoveryCodes.activate(user)
    audit(acting_user, "accounts.renew_recovery_codes", user)
    return list(codes.get_unused_codes())


# ---- passkeys
def add_passkey(
    user: User, *, acting_user: Actor, name: str, credential: Any, session: passkeys.Session
) -> Authenticator:
    """Add the passkey that a browser has made. Raises WrongPasskey, Invalid for the name, or Refusal past ten."""
    _require_own(user, acting_user)
    name = " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid(_("Donnez à cette clé un nom court, pour la reconnaître."), "name")
    if len(factors.factors_of(user).passkeys) >= MOST_PASSKEYS:
        raise Refusal(_("Ce compte a déjà dix clés d’accès : retirez-en une d’abord."))
    passkeys.check_created(credential, session)
    return _add(user, acting_user, factors.PASSKEY, {"name": name, "credential": credential})


def use_passkey(user: User, credential: Any, *, session: passkeys.Session) -> Authenticator:
    """Return the passkey of `user` that a browser has proved to hold. Raises WrongPasskey."""
    factor = passkeys.proved(user, credential, session)
    Authenticator.objects.filter(pk=factor.pk).update(last_used_at=clock.now())
    return factor


# ---- taking away
@transaction.atomic
def remove_factor(user: User, *, acting_user: Actor, factor_id: int) -> User:
    """Take one's own application or passkey away; with the last one go the recovery codes.

    The page has asked for the password again. Refusal for the last one of a member of the staff.
    """
    _require_own(user, acting_user)
    _lock_account(user)
    mine = Authenticator.objects.filter(user_id=user.pk, type__in=factors.FACTORS)
    factor = mine.filter(pk=factor_id).first()
    if factor is None:
        raise Refusal(_("Ce moyen de connexion n’existe plus."))
    if user.is_staff and mine.count() == 1:
        raise Refusal(_("L’équipe départementale se connecte avec un second facteur : ajoutez-en un autre d’abord."))
    factor.delete()
    if not mine.exists():
        Authenticator.objects.filter(user_id=user.pk).delete()
    audit(acting_user, "accounts.remove_second_factor", user, factor=factor.type)
    _tell(user, mails.second_factor_removed(user, _words(factor)))
    return user


@transaction.atomic
def reset_second_factor(user: User, *, acting_user: Actor) -> User:
    """Take away every second factor of somebody who has lost theirs; staff sessions that came in by one are over.

    A member of the staff adds a new one at their next login. Never one's own: whoever can do that has not lost it.
    Raises NotAllowed, or Refusal where the account has none.
    """
    require(acting_user, MANAGES[Kind(user.kind)])
    if acting_user.pk == user.pk:
        raise NotAllowed(_("Demandez à un(e) collègue de réinitialiser votre propre second facteur."))
    count, _rows = Authenticator.objects.filter(user_id=user.pk).delete()
    if not count:
        raise Refusal(_("Ce compte n’a pas de second facteur."))
    audit(acting_user, "accounts.reset_second_factor", user)
    _tell(user, mails.second_factor_reset(user))
    return user


# ---- pieces
def _require_own(user: User, acting_user: Actor) -> None:
    if acting_user.pk != user.pk:
        raise NotAllowed(_("Chacun ne change que la sécurité de son propre compte."))


def _add(user: User, acting_user: Actor, kind: str, data: dict[str, Any]) -> Authenticator:
    """Store a factor, with recovery codes beside the first one."""
    try:
        with transaction.atomic():
            _lock_account(user)
            factor = Authenticator.objects.create(user=user, type=kind, data=data)
            RecoveryCodes.activate(user)
            audit(acting_user, "accounts.add_second_factor", user, factor=kind)
            _tell(user, mails.second_factor_added(user, _words(factor)))
    except IntegrityError as fault:
        raise Refusal(_("Ce compte a déjà une application : retirez-la avant d’en ajouter une autre.")) from fault
    return factor


def _locked(user: User, kind: str) -> Authenticator:
    factor = Authenticator.objects.select_for_update().filter(user_id=user.pk, type=kind).first()
    if factor is None:
        raise WrongCode
    return factor


def _lock_account(user: User) -> None:
    """Have changes to the factors of one account wait for each other."""
    User.objects.select_for_update().get(pk=user.pk)


def _clear(secret: str) -> str:
    try:
        return decrypt(secret)
    except InvalidToken as fault:
        raise Refusal(_("Ce second facteur n’est plus lisible : demandez à l’équipe de le réinitialiser.")) from fault


def _used(factor: Authenticator) -> None:
    factor.last_used_at = clock.now()
    factor.save(update_fields=["data", "last_used_at"])


def _words(factor: Authenticator) -> str:
    name = factors.name_of(factor)
    return _("clé d’accès « %(name)s »") % {"name": name} if name else _("application d’authentification")


def _tell(user: User, letter: Letter) -> None:
    if user.email:
        queue_mail(letter)
