from django.db import models
from django.db.models import Q

from navette.core import clock


class DemoMark(models.Model):
    """What makes a database the demo's own, which it may empty. Written before the first row of data.

    `token` is also in the data folder's mark: the vendors' keys can be read only with that folder's secret.
    """

    token = models.CharField(max_length=32)
    profile = models.CharField(max_length=20)
    size = models.CharField(max_length=10)
    seed = models.BigIntegerField()
    made_on = models.DateField()
    is_finished = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="demo_mark_one_row")]

    def __str__(self) -> str:
        return f"{self.profile}, {self.size}, {self.made_on}"


class VendorNonce(models.Model):
    """A nonce that the demo's vendor has seen: the same link does not open twice."""

    resource = models.CharField(max_length=120)
    nonce = models.CharField(max_length=64)
    seen_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "nonce"], name="vendor_nonce_once")]

    def __str__(self) -> str:
        return f"{self.resource}: {self.nonce}"
