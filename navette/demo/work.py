"""What the demo's worker has done: the libraries taken over, subscribers tried, and the last nights."""

import datetime as dt

from django.utils.translation import gettext as _

from navette.accounts.models import User
from navette.demo.accounts import ADMIN
from navette.demo.plan import Calendar, Plan
from navette.libraries.models import Library
from navette.lifecycle.models import Job, JobReject, JobState, NightlyRun
from navette.portal.models import Portal

NIGHTS = 6
TRIED = 1_240


def make_work(plan: Plan, portal: Portal) -> None:
    """Write two finished jobs, the second a dry run with rows left out, and the figures of some nights."""
    rng, calendar = plan.rng("work"), Calendar(plan.today, portal)
    administrator = User.objects.get(identifier=ADMIN)
    begun = calendar.moment(rng, calendar.day(40))
    libraries = Library.objects.count()
    _job(administrator, "libraries", "bibliotheques.xlsx", begun, total=libraries, created=libraries)
    later = begun + dt.timedelta(hours=2)
    lines = sorted(rng.sample(range(2, TRIED), 5))
    tried = _job(
        administrator, "subscribers", "abonnes.xlsx", later, total=TRIED, created=TRIED - len(lines), dry_run=True
    )
    Job.objects.filter(pk=tried.pk).update(rejected=len(lines))
    faults = (("Adresse mail", _("Cette adresse mail n’est pas valable.")), ("Statut", _("Cette case est vide.")))
    JobReject.objects.bulk_create(
        JobReject(job=tried, line=line, column=column, reason=reason)
        for line, (column, reason) in zip(lines, faults * len(lines), strict=False)
    )
    for ago in range(1, NIGHTS + 1):
        day = calendar.day(ago)
        at = dt.datetime.combine(day, dt.time(2, 0, rng.randrange(5, 50)), tzinfo=begun.tzinfo)
        figures = {"expired": rng.randrange(6), "reader_notices": rng.randrange(9), "sessions": rng.randrange(20)}
        NightlyRun.objects.create(day=day, held_until=at, finished_at=at, figures=figures)


def _job(user: User, kind: str, title: str, at: dt.datetime, *, total: int, created: int, dry_run: bool = False) -> Job:
    return Job.objects.create(
        kind=f"moving_in.{kind}",
        title=title,
        state=JobState.DONE,
        total=total,
        position=total,
        created=created,
        dry_run=dry_run,
        created_by=user,
        created_label=user.label,
        created_at=at,
        started_at=at,
        finished_at=at + dt.timedelta(seconds=total // 150 + 1),
    )
