"""Long work in slices, done by the worker between its mails. A kind of job is registered by whoever does it.

A slice locks its job's row, does its rows and writes down the place reached, all in one transaction: a worker killed
anywhere leaves a job that the next one takes up exactly where it stood, and two workers never do the same slice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Refusal
from navette.core.models import audit
from navette.lifecycle.models import Job, JobReject, JobState

TO_DO = (JobState.QUEUED, JobState.RUNNING)
log = structlog.get_logger(__name__)


@dataclass
class Slice:
    """What one slice did: rows read, where the file goes on, and what became of the rows."""

    rows: int = 0
    offset: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejects: list[JobReject] = field(default_factory=list)


@dataclass(frozen=True)
class JobKind:
    """A kind of job: its label, the permission to start, stop and resume it, and what does a slice of some rows.

    `slice` is called in a transaction, with the job locked. No row read means that the job is at its end.
    """

    name: str
    label: str | Promise
    perm: str
    slice: Callable[[Job], Slice]


KINDS: dict[str, JobKind] = {}


def register(kind: JobKind) -> JobKind:
    """Make `kind` known; ValueError if its name is taken."""
    if kind.name in KINDS:
        raise ValueError(f"job kind {kind.name} is registered twice")
    KINDS[kind.name] = kind
    return kind


def label_of(job: Job) -> str:
    """Return what kind of work a job is, in words."""
    return str(KINDS[job.kind].label) if job.kind in KINDS else job.kind


# ---- working
def work() -> bool:
    """Do one slice of the oldest job that waits; False where there is none."""
    if not _to_do().exists():  # asked apart: SQLite's transaction takes the write lock
        return False
    with transaction.atomic():
        job = _to_do().select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
        return job is not None and _work_on(job)


def finish(job: Job) -> Job:
    """Do all the slices of `job` that are left, and return it fresh. For commands."""
    while True:
        with transaction.atomic():
            locked = _to_do().select_for_update(of=("self",)).filter(pk=job.pk).first()
            if locked is None or not _work_on(locked):
                return Job.objects.get(pk=job.pk)


def _to_do() -> QuerySet[Job]:
    return Job.objects.filter(state__in=TO_DO, kind__in=KINDS)


def _work_on(job: Job) -> bool:
    """Do one slice of a job that is locked; a fault ends the job, not the worker."""
    try:
        with transaction.atomic():
            done = KINDS[job.kind].slice(job)
            _write_down(job, done)
    except (OperationalError, InterfaceError):
        raise  # the database is away or locked: the slice was not done, and will be
    except Exception as fault:
        log.exception("job failed", job=job.pk, kind=job.kind)
        failed = {"state": JobState.FAILED, "finished_at": clock.now(), "error": _reason(fault)}
        Job.objects.filter(pk=job.pk).update(**failed)
    return True


def _reason(fault: Exception) -> str:
    """Return what people may read of a fault: a refusal's sentence; of others the kind alone, no person's data."""
    return fault.message[:200] if isinstance(fault, Refusal) else type(fault).__name__


def _write_down(job: Job, done: Slice) -> None:
    JobReject.objects.bulk_create(done.rejects, batch_size=500)
    is_over = job.position + done.rows >= job.total or not done.rows
    Job.objects.filter(pk=job.pk).update(
        state=JobState.DONE if is_over else JobState.RUNNING,
        position=F("position") + done.rows,
        offset=done.offset,
        created=F("created") + done.created,
        updated=F("updated") + done.updated,
        unchanged=F("unchanged") + done.unchanged,
        rejected=F("rejected") + sum(not row.taken for row in done.rejects),
        started_at=job.started_at or clock.now(),
        finished_at=clock.now() if is_over else None,
    )


# ---- stopping and going on
@transaction.atomic
def stop(job: Job, *, acting_user: Actor) -> Job:
    """Stop a job after the slice that is being done. Raises NotAllowed, or Refusal where it is not at work."""
    return _change(job, TO_DO, JobState.STOPPED, acting_user, "jobs.stop", finished_at=clock.now())


@transaction.atomic
def resume(job: Job, *, acting_user: Actor) -> Job:
    """Go on with a job that was stopped or failed, where it stood. Raises NotAllowed, or Refusal in another state."""
    ended = (JobState.STOPPED, JobState.FAILED)
    return _change(job, ended, JobState.QUEUED, acting_user, "jobs.resume", finished_at=None, error="")


def _change(
    job: Job, sources: Sequence[JobState], target: JobState, acting_user: Actor, action: str, **columns: object
) -> Job:
    if job.kind not in KINDS:
        raise Refusal(_("Ce travail n’existe plus."))
    require(acting_user, KINDS[job.kind].perm)
    if not Job.objects.filter(pk=job.pk, state__in=sources).update(state=target, **columns):
        raise Refusal(_("Ce travail a changé d’état entre-temps : il n’y a rien à faire."))
    audit(acting_user, action, job)
    return Job.objects.get(pk=job.pk)
