from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from navette.accounts.models import User
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


class JobState(models.TextChoices):
    DRAFT = "draft", _("À lancer")
    QUEUED = "queued", _("En attente")
    RUNNING = "running", _("En cours")
    DONE = "done", _("Terminé")
    FAILED = "failed", _("Interrompu par une erreur")
    STOPPED = "stopped", _("Arrêté")


class Job(models.Model):
    """Long work that the worker does slice by slice: each slice and the place reached are one transaction.

    `path` names the file that it reads, under the folder of imports: a line a row, read up to `offset` (bytes);
    `position` of `total` rows are done. What a kind of job needs beside stands in `options`.
    """

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    path = models.CharField(max_length=80, blank=True)
    headers = models.JSONField(default=list)
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    dry_run = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=JobState.choices, default=JobState.DRAFT)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    offset = models.PositiveBigIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_label = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="job_newest"),
            models.Index(fields=["id"], condition=Q(state__in=["queued", "running"]), name="job_to_do"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=Q(position__lte=F("total")), name="job_position_within"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} ({self.state}, {self.position}/{self.total})"

    @property
    def is_at_work(self) -> bool:
        """Say whether the worker has, or will have, something to do on it."""
        return self.state in {JobState.QUEUED, JobState.RUNNING}

    @property
    def seconds_left(self) -> int | None:
        """Return how long the rest takes at the pace so far; None while that can't be told."""
        if not self.is_at_work or not self.position or self.started_at is None:
            return None
        spent = (clock.now() - self.started_at).total_seconds()
        return max(1, round(spent / self.position * (self.total - self.position)))


class JobReject(models.Model):
    """A row that a job left out: its line in the file, the column to blame and why; no more of the row than that.

    One that was `taken` all the same is told for what came of it.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=300)
    taken = models.BooleanField(default=False)

    class Meta:
        ordering = ["line", "id"]
        indexes = [models.Index(fields=["job", "line", "id"], name="reject_of_job")]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.line}"
