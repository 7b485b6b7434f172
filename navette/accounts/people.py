"""The département's staff: who is of it, in which roles; and whether an account, whoever's, is in use."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from navette.accounts.actions import invite
from navette.accounts.models import Kind, StaffRole, User
from navette.accounts.roles import StaffRoleName
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.models import audit
from navette.core.text import fold_identifier

MANAGE = "accounts.manage_staff"


@transaction.atomic
def create_member(*, acting_user: Actor, name: str, email: str, roles: Collection[str]) -> User:
    """Open an account for somebody of the staff, mail them the link to choose a password, and return it.

    Raises NotAllowed, or Invalid with the field.
    """
    require(acting_user, MANAGE)
    _known(roles)
    user = open_account(Kind.STAFF, name=name, email=email)
    StaffRole.objects.bulk_create(StaffRole(user=user, role=role) for role in sorted(roles))
    audit(acting_user, "accounts.create_member", user, roles=sorted(roles))
    return invite(user, acting_user=acting_user)


@transaction.atomic
def change_member(user: User, *, acting_user: Actor, name: str, roles: Collection[str]) -> User:
    """Rename somebody of the staff and give them exactly `roles`; return the account fresh.

    Nobody takes the administrators' role from themselves, and one active administrator stays. Raises NotAllowed,
    Invalid with the field, or Refusal.
    """
    require(acting_user, MANAGE)
    _known(roles)
    _lock_administrators()
    before = set(StaffRole.objects.filter(user=user).values_list("role", flat=True))
    if acting_user.pk == user.pk and StaffRoleName.ADMINISTRATOR in before - set(roles):
        raise NotAllowed(_("Demandez à un(e) collègue de vous retirer le rôle d’administration."))
    User.objects.filter(pk=user.pk, kind=Kind.STAFF).update(name=_good_name(name))
    StaffRole.objects.filter(user=user).exclude(role__in=roles).delete()
    StaffRole.objects.bulk_create(StaffRole(user=user, role=role) for role in sorted(set(roles) - before))
    _require_an_administrator()
    audit(acting_user, "accounts.change_roles", user, before=sorted(before), roles=sorted(roles))
    return User.objects.get(pk=user.pk)


@transaction.atomic
def set_member_active(user: User, *, acting_user: Actor, active: bool) -> User:
    """Close the account of somebody of the staff, whose sessions end at once, or open it again; return it fresh.

    Raises NotAllowed, or Refusal for oneself, for the last administrator, and where it is so already.
    """
    require(acting_user, MANAGE)
    _lock_administrators()
    fresh = set_active(user, acting_user=acting_user, active=active)
    _require_an_administrator()
    return fresh


# ---- for those who have asked for the permission: whoever manages the account
def open_account(kind: Kind, *, name: str, email: str, identifier: str = "") -> User:
    """Create an account of `kind` without a password; its identifier is its mail unless one is given.

    Raises Invalid with the field: an address that can't be, or that serves another account.
    """
    email = fold_identifier(email)
    if email or not identifier:
        require_email(email)
    user = User(kind=kind, name=_good_name(name), email=email, identifier=fold_identifier(identifier or email))
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        field = "identifier" if identifier else "email"
        raise Invalid(_("Un compte existe déjà avec cet identifiant : choisissez-en un autre."), field) from error
    return user


def set_active(user: User, *, acting_user: Actor, active: bool) -> User:
    """Close or open an account, in the caller's transaction; a closed one's sessions are over. Returns it fresh.

    Raises NotAllowed for one's own account, Refusal where it is so already.
    """
    if acting_user.pk == user.pk:
        raise NotAllowed(_("Vous ne pouvez pas désactiver votre propre compte."))
    if not User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active):
        raise Refusal(_("Ce compte est déjà actif.") if active else _("Ce compte est déjà désactivé."))
    audit(acting_user, "accounts.reactivate" if active else "accounts.deactivate", user)
    return User.objects.get(pk=user.pk)


def _known(roles: Collection[str]) -> None:
    if not roles or not set(roles) <= set(StaffRoleName.values):
        raise Invalid(_("Choisissez au moins un rôle."), "roles")


def _good_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > 200:
        raise Invalid(_("Indiquez le nom de la personne."), "name")
    return name


def require_email(email: str) -> None:
    """Raise Invalid unless `email` is a mail address."""
    try:
        validate_email(email)
    except ValidationError as fault:
        raise Invalid(_("Indiquez une adresse mail, par exemple prenom.nom@commune.fr."), "email") from fault


def _lock_administrators() -> None:
    """Have changes of administrators wait for each other: two of them must not remove one another at once."""
    list(StaffRole.objects.select_for_update().filter(role=StaffRoleName.ADMINISTRATOR).order_by("pk"))


def _require_an_administrator() -> None:
    if not StaffRole.objects.filter(role=StaffRoleName.ADMINISTRATOR, user__is_active=True).exists():
        raise Refusal(_("Il faut au moins une personne active avec le rôle d’administration."))
