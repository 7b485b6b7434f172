from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core.fields import EncryptedTextField
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
