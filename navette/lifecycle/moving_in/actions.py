"""Starting to take an old portal over: reading the file, choosing its columns, the dry run and the real one."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, Refusal
from navette.core.models import audit
from navette.files.columns import Columns, checked, guess
from navette.files.sheets import open_sheet
from navette.lifecycle import imports
from navette.lifecycle.models import Job, JobState
from navette.lifecycle.moving_in.importers import Importer
from navette.lifecycle.moving_in.rows import Reading
from navette.lifecycle.moving_in.running import PERM, importer_of, kind_of

MOST_ROWS = 100_000
MOST_DOUBLES = 2_000
KEPT_FOR = dt.timedelta(days=7)
OF_A_TRY = frozenset({"houses", "tried"})
OVER = (JobState.DONE, JobState.FAILED, JobState.STOPPED, JobState.DRAFT)


def read_file(importer: Importer, *, acting_user: Actor, file: IO[bytes], name: str) -> Job:
    """Read a file from end to end and keep it as a draft. Raises NotAllowed, or BadSheet: then nothing is kept."""
    require(acting_user, PERM)
    sheet = open_sheet(file, name, most_rows=MOST_ROWS)
    path, total = imports.keep(sheet)
    return Job.objects.create(
        kind=kind_of(importer),
        title=name[-200:],
        path=path,
        total=total,
        headers=sheet.headers,
        columns=guess(sheet.headers, importer.wanted),
        options={"notes": sheet.notes},
        created_by=acting_user if isinstance(acting_user, User) else None,
        created_label=acting_user.label[:200],
    )


def start(job: Job, *, acting_user: Actor, columns: Mapping[str, int], dry_run: bool) -> Job:
    """Have the worker take the file of a draft over, or try to. Raises NotAllowed, Invalid (with field) or Refusal."""
    require(acting_user, PERM)
    importer = importer_of(job)
    chosen = checked(columns, job.headers, importer.wanted)
    options = {**job.options, "left_out": _doubles(job, importer, chosen)}
    if dry_run and importer.house:
        options["houses"] = _houses(job, importer.house, chosen)
    values: dict[str, Any] = {"columns": chosen, "options": options, "dry_run": dry_run, "state": JobState.QUEUED}
    with transaction.atomic():
        if not Job.objects.filter(pk=job.pk, state=JobState.DRAFT).update(**values):
            raise Refusal(_("Ce fichier est déjà lancé."))
        audit(acting_user, "moving_in.start", job, kind=job.kind, rows=job.total, dry_run=dry_run)
    return Job.objects.get(pk=job.pk)


@transaction.atomic
def start_for_real(tried: Job, *, acting_user: Actor) -> Job:
    """Take over the file of a dry run that is done, with the same columns; once. Raises NotAllowed or Refusal."""
    require(acting_user, PERM)
    done = Job.objects.select_for_update().filter(pk=tried.pk, state=JobState.DONE, dry_run=True).first()
    if done is None:
        raise Refusal(_("L’essai à blanc n’est pas terminé."))
    if done.options.get("followed_by"):
        raise Refusal(_("Ce fichier est déjà lancé."))
    if not done.path:
        raise Refusal(_("Le fichier n’est plus là : envoyez-le de nouveau."))
    job = Job.objects.create(
        kind=done.kind,
        title=done.title,
        path=done.path,
        total=done.total,
        headers=done.headers,
        columns=done.columns,
        options={name: value for name, value in done.options.items() if name not in OF_A_TRY},
        state=JobState.QUEUED,
        created_by=acting_user if isinstance(acting_user, User) else None,
        created_label=acting_user.label[:200],
    )
    Job.objects.filter(pk=done.pk).update(options={**done.options, "followed_by": job.pk})
    audit(acting_user, "moving_in.start", job, kind=job.kind, rows=job.total, dry_run=False)
    return job


def first_rows(job: Job, count: int) -> list[list[str]]:
    """Return the first rows of a job's file; none where it is gone."""
    try:
        with imports.open_lines(job.path) as file:
            return [row.cells for row in imports.rows_from(file, 0, count)]
    except Refusal:
        return []


def _doubles(job: Job, importer: Importer, columns: Columns) -> dict[str, str]:
    """Return the lines that say again what a line before said, each with its sentence: a file takes each once."""
    seen: dict[int, int] = {}
    doubles: dict[str, str] = {}
    with imports.open_lines(job.path) as file:
        for row in imports.rows_from(file, 0, MOST_ROWS):
            try:
                key = hash(importer.key(Reading(row, columns)))
            except Invalid:
                continue  # told when the row is read
            if key in seen:
                doubles[str(row.line)] = _("La même chose est déjà à la ligne %(line)d.") % {"line": seen[key]}
            seen.setdefault(key, row.line)
    if len(doubles) > MOST_DOUBLES:
        line = next(islice(doubles, 1))
        raise Invalid(
            _("Plus de %(most)d lignes en répètent une autre, comme la ligne %(line)s : vérifiez les colonnes.")
            % {"most": MOST_DOUBLES, "line": line}
        )
    return doubles


def _houses(job: Job, house_of: Callable[[Reading], str], columns: Columns) -> dict[str, int]:
    """Return a number for each roof that several lines of the file share, by line."""
    lines: dict[int, list[int]] = defaultdict(list)
    with imports.open_lines(job.path) as file:
        for row in imports.rows_from(file, 0, MOST_ROWS):
            try:
                lines[hash(house_of(Reading(row, columns)))].append(row.line)
            except Invalid:
                continue  # told when the row is read
    shared = (found for found in lines.values() if len(found) > 1)
    return {str(line): number for number, found in enumerate(shared) for line in found}


# ---- the night
def _over(day: dt.date) -> QuerySet[Job]:
    """Return the jobs whose file has been kept for long enough."""
    before = clock.now() - KEPT_FOR
    is_old = Q(finished_at__lt=before) | Q(finished_at__isnull=True, created_at__lt=before)
    return Job.objects.filter(is_old, state__in=OVER).exclude(path="")


def remove_files(day: dt.date) -> int:
    """Remove the files of jobs that ended some days ago; return how many. A draft goes with its file."""
    count = 0
    for job in _over(day):
        used = Job.objects.filter(path=job.path).exclude(pk=job.pk).exclude(pk__in=_over(day)).exists()
        if not used:
            imports.remove(job.path)
        if job.state == JobState.DRAFT:
            job.delete()
        else:
            Job.objects.filter(pk=job.pk).update(path="")
        count += 1
    return count


def count_files(day: dt.date) -> int:
    """Return how many jobs `remove_files` would take the file of."""
    return _over(day).count()
