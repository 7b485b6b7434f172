"""What happened at each step of signing on: what staff read when a reader or a vendor says "it doesn't work"."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from navette.core import clock
from navette.readers.models import Reader
from navette.resources.models import DigitalResource


class EventKind(models.TextChoices):
    """A step of signing on."""

    STOPPED = "stopped", _("arrêté par le portail")
    SENT = "sent", _("envoyé chez le fournisseur")
    CHECKED = "checked", _("vérifié par le fournisseur : accès confirmé")
    FAILED = "failed", _("vérifié par le fournisseur : accès refusé")
    VENDOR_ERROR = "vendor", _("le fournisseur n’a pas répondu comme prévu")


class SignonEvent(models.Model):
    """One step of one reader's opening of a resource; `reason` is a code of `events.REASONS`.

    `detail` holds technical facts (the address asked for, a protocol's error): never a name, a mail or a secret. The
    reader is forgotten when openings are (DATA-01). Resource and reader may be unknown: a false ticket has neither.
    """

    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    reason = models.CharField(max_length=40, blank=True)
    way = models.CharField(max_length=10)
    resource = models.ForeignKey(DigitalResource, on_delete=models.CASCADE, null=True, related_name="+")
    reader = models.ForeignKey(Reader, on_delete=models.SET_NULL, null=True, related_name="+")
    trial = models.BooleanField(default=False)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="signon_event_kind_known")]
        indexes = [
            models.Index(fields=["reader", "-at"], name="signon_event_reader"),
            models.Index(fields=["resource", "-at"], name="signon_event_resource"),
            models.Index(fields=["at"], name="signon_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
