import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
from navette.core import clock

OLDEST_BIRTH = dt.date(1900, 1, 1)


class Reader(models.Model):
    """A person who reads: the public library member behind a subscription.

    `uid` is the root from which each vendor's own opaque identifier is derived; it is shown to nobody.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="reader")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    birth_date = models.DateField(_("date de naissance"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__gte=OLDEST_BIRTH),
                name="reader_birth_date",
                violation_error_message=_("La date de naissance est trop ancienne."),
            ),
            models.CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""),
                name="reader_has_names",
                violation_error_message=_("Indiquez le nom et le prénom."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class ParentalAgreement(models.Model):
    """A parent's agreement for a young reader, asked for by mail: until it comes the request stays unseen (SUB-12)."""

    reader = models.OneToOneField(Reader, on_delete=models.CASCADE, related_name="parental_agreement")
    parent_name = models.CharField(_("nom du parent"), max_length=160)
    parent_email = models.EmailField(_("adresse mail du parent"))
    asked_at = models.DateTimeField(default=clock.now)
    agreed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.parent_name} ({self.reader})"
