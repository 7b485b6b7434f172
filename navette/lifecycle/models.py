from django.db import models

from navette.core import clock


class NightlyRun(models.Model):
    """The nightly work of one day: so that several workers do it once, and a night missed is caught up.

    A worker holds it until `held_until`; one that falls leaves it to the next after that moment.
    """

    day = models.DateField(unique=True)
    held_until = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.day} ({'done' if self.finished_at else 'not done'})"
