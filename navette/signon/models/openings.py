"""Openings, counted for the figures, and who was active in a year."""

from django.db import models
from django.db.models import Q

from navette.libraries.models import Library
from navette.readers.models import Reader
from navette.resources.models import DigitalResource


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
