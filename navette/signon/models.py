from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core.fields import EncryptedTextField
from navette.libraries.models import Library
from navette.readers.models import Reader
from navette.resources.models import DigitalResource


class WayName(models.TextChoices):
    """How a reader is signed on at a vendor; `opening.WAYS` holds what does it."""

    PLAIN = "plain", _("Lien simple")
    SIGNED = "signed", _("Lien signé (HMAC-SHA-256)")


class VendorAccess(models.Model):
    """How one resource opens: its way, the vendor's address and, where links are signed, the shared key."""

    resource = models.OneToOneField(DigitalResource, on_delete=models.CASCADE, related_name="access")
    way = models.CharField(max_length=10, choices=WayName.choices, default=WayName.PLAIN)
    address = models.URLField(_("adresse de la plateforme"), max_length=500)
    key = EncryptedTextField(_("clé partagée"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=WayName.values), name="vendor_access_way_known"),
            models.CheckConstraint(
                condition=~Q(way=WayName.SIGNED) | ~Q(key=""),
                name="vendor_access_signed_has_key",
                violation_error_message=_("Un lien signé demande une clé partagée avec le fournisseur."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource} ({self.way})"


class Opening(models.Model):
    """A resource opened, by whom for some months only (DATA-01); library and age band stay for the figures (SSO-06)."""

    resource = models.ForeignKey(DigitalResource, on_delete=models.PROTECT, related_name="openings")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey(Reader, on_delete=models.SET_NULL, null=True, related_name="openings")
    age_band = models.CharField(max_length=8)
    day = models.DateField()
    opened_at = models.DateTimeField(null=True)  # the hour goes with the person

    class Meta:
        indexes = [
            models.Index(fields=["day", "resource"], name="opening_day"),
            models.Index(fields=["reader", "-opened_at"], name="opening_reader"),
            models.Index(fields=["day"], condition=Q(opened_at__isnull=False), name="opening_with_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.resource} {self.day}"


class ActiveYear(models.Model):
    """A reader has opened at least one resource in the year: an active digital user of the yearly survey."""

    reader = models.ForeignKey(Reader, on_delete=models.SET_NULL, null=True, related_name="active_years")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    age_band = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "year"], name="active_year_once")]

    def __str__(self) -> str:
        return str(self.year)
