"""A slice of taking over: some hundreds of rows in one transaction, taken back at its end where it is a dry run."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core.actors import SYSTEM, Actor
from navette.lifecycle import imports, jobs
from navette.lifecycle.models import Job, JobReject
from navette.lifecycle.moving_in.accounts import ACCOUNTS
from navette.lifecycle.moving_in.importers import Importer, Outcome, Tried
from navette.lifecycle.moving_in.libraries import LIBRARIES
from navette.lifecycle.moving_in.rows import read_all
from navette.lifecycle.moving_in.subscribers import SUBSCRIBERS

PERM = "moving_in.run"
ROWS = 500
LONGEST_REASON, LONGEST_COLUMN = 300, 100
IMPORTERS: dict[str, Importer] = {row.name: row for row in (LIBRARIES, ACCOUNTS, SUBSCRIBERS)}
_LABELS = {
    "libraries": gettext_lazy("Reprise des bibliothèques"),
    "accounts": gettext_lazy("Reprise des comptes"),
    "subscribers": gettext_lazy("Reprise des abonnés"),
}
_PREFIX = "moving_in."


def importer_of(job: Job) -> Importer:
    """Return what a job of moving in takes over."""
    return IMPORTERS[job.kind.removeprefix(_PREFIX)]


def kind_of(importer: Importer) -> str:
    """Return the kind of the jobs of `importer`."""
    return f"{_PREFIX}{importer.name}"


def is_moving_in(job: Job) -> bool:
    """Say whether a job takes an old portal over."""
    return job.kind.startswith(_PREFIX)


def slice_of(job: Job) -> jobs.Slice:
    """Take the next rows of a job over."""
    importer = importer_of(job)
    with imports.open_lines(job.path) as file:
        rows = list(imports.rows_from(file, job.offset, ROWS))
        offset = file.tell()
    left_out: dict[str, str] = job.options.get("left_out", {})
    good, bad = read_all([row for row in rows if str(row.line) not in left_out], job.columns, importer.reader())
    bad += [(row.line, "", left_out[str(row.line)]) for row in rows if str(row.line) in left_out]
    outcome = _written(importer, good, job)
    outcome.rejects += bad
    return jobs.Slice(
        rows=len(rows),
        offset=offset,
        created=outcome.created,
        updated=outcome.updated,
        unchanged=outcome.unchanged,
        rejects=_told(job, importer, outcome.rejects) + _told(job, importer, outcome.notes, taken=True),
    )


def _written(importer: Importer, good: Sequence[Any], job: Job) -> Outcome:
    actor, tried = job.created_by or SYSTEM, Tried.of(job.options) if job.dry_run else Tried()
    with transaction.atomic():
        try:
            with transaction.atomic():
                outcome = importer.write(good, actor, tried)
        except IntegrityError:
            outcome = _one_by_one(importer, good, actor, tried)
        if job.dry_run:
            transaction.set_rollback(True)
    if job.dry_run:
        Job.objects.filter(pk=job.pk).update(options={**job.options, "tried": tried.after(outcome)})
    return outcome


def _one_by_one(importer: Importer, rows: Sequence[Any], actor: Actor, tried: Tried) -> Outcome:
    """Write each row by itself: one that the database refuses costs only itself."""
    outcome = Outcome()
    for row in rows:
        try:
            with transaction.atomic():
                outcome.add(importer.write([row], actor, tried))
        except IntegrityError:
            outcome.rejects.append((row.line, "", _("Cette ligne contredit ce qui est déjà enregistré.")))
    return outcome


def _told(job: Job, importer: Importer, lines: list[tuple[int, str, str]], *, taken: bool = False) -> list[JobReject]:
    labels = {wanted.name: str(wanted.label) for wanted in importer.wanted}
    return [
        JobReject(
            job=job,
            line=line,
            column=labels.get(name, "")[:LONGEST_COLUMN],
            reason=reason[:LONGEST_REASON],
            taken=taken,
        )
        for line, name, reason in sorted(lines)
    ]


for _importer in IMPORTERS.values():
    jobs.register(jobs.JobKind(kind_of(_importer), _LABELS[_importer.name], PERM, slice_of))
