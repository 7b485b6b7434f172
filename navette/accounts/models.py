from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.roles import ROLE_PERMISSIONS, StaffRoleName
from navette.core import clock
from navette.core.text import fold_identifier


class Kind(models.TextChoices):
    """What an account is for; it decides by which block of the login page it comes in."""

    READER = "reader", _("Usager")
    LIBRARY = "library", _("Compte de bibliothèque")
    LIBRARIAN = "librarian", _("Bibliothécaire")
    STAFF = "staff", _("Équipe départementale")


PROFESSIONAL_KINDS = frozenset({Kind.LIBRARY, Kind.LIBRARIAN, Kind.STAFF})


class UserManager(BaseUserManager["User"]):
    """Accounts are found by their folded identifier."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account that `username`, as a person types it, names; User.DoesNotExist otherwise."""
        return self.get(identifier=fold_identifier(username or ""))

    def create_user(self, identifier: str, password: str | None = None, **fields: Any) -> "User":
        """Create an account; without a password none works until its owner chooses one."""
        user = self.model(identifier=fold_identifier(identifier), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can log in: a reader, a library's shared account, a librarian or a member of the staff."""

    identifier = models.CharField(
        _("identifiant"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Un compte porte déjà cet identifiant.")},
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    email = models.EmailField(_("adresse mail"), blank=True)
    name = models.CharField(_("nom affiché"), max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    email_confirmed_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)  # when a mail last asked its owner to choose a password

    objects = UserManager()
    USERNAME_FIELD = "identifier"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        indexes = [
            models.Index(fields=["email"], name="user_email"),
            models.Index(fields=["kind", "name", "id"], name="user_kind_name"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="user_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=Kind.LIBRARY) | ~Q(email=""),
                name="user_has_email",
                violation_error_message=_("Une adresse mail est nécessaire pour ce compte."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name that events and the audit log show."""
        return self.name

    @property
    def is_professional(self) -> bool:
        """Say whether the account comes in by the professionals' block of the login page."""
        return self.kind in PROFESSIONAL_KINDS

    @property
    def is_staff(self) -> bool:
        """Say whether the account is of the département's staff."""
        return self.kind == Kind.STAFF


class StaffRole(models.Model):
    """A role that a member of the staff holds; roles add up."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(max_length=20, choices=StaffRoleName.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role"],
                name="staff_role_once",
                violation_error_message=_("Cette personne a déjà ce rôle."),
            ),
            models.CheckConstraint(condition=Q(role__in=list(ROLE_PERMISSIONS)), name="staff_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class FailedLogins(models.Model):
    """How often logging in failed of late for one key, and until when that key must wait (AUTH-02).

    `key` is a keyed hash of what is counted (an identifier, an address or the pair): the table names nobody.
    `failures` is the count at `last_at`; it fades with time, hence the fractions.
    """

    key = models.CharField(max_length=64, primary_key=True)
    failures = models.FloatField(default=0)
    last_at = models.DateTimeField(default=clock.now, db_index=True)
    wait_until = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}: {self.failures}"
