"""« Travaux »: what the worker is at, slice by slice, and what its nights did."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from navette.lifecycle import jobs, nightly
from navette.lifecycle.models import Job, JobState, NightlyRun
from navette.lifecycle.moving_in.running import is_moving_in
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of

NIGHTS_SHOWN = 14


@require_safe
@staff_with("work.view")
def work(request: HttpRequest) -> HttpResponse:
    """List the jobs, the newest first, and the last nights with their figures."""
    user = user_of(request)
    started = Job.objects.exclude(state=JobState.DRAFT).defer("headers", "columns", "options")
    page = page_of(started, request)
    page.object_list = [_drawn(job, user.has_perm) for job in page.object_list]
    context = {
        "page": page,
        "nights": [_night(run) for run in NightlyRun.objects.order_by("-day")[:NIGHTS_SHOWN]],
        "is_at_work": Job.objects.filter(state__in=jobs.TO_DO).exists(),
    }
    return render(request, "console/work.html", context)


def _drawn(job: Job, may: Callable[[str], bool]) -> dict[str, Any]:
    kind = jobs.KINDS.get(job.kind)
    return {
        "job": job,
        "label": jobs.label_of(job),
        "has_page": is_moving_in(job),
        "may_stop": kind is not None and may(kind.perm),
        "is_over": job.state in {JobState.FAILED, JobState.STOPPED},
    }


def _night(run: NightlyRun) -> dict[str, Any]:
    figures = [(work.label, run.figures[work.name]) for work in nightly.WORKS if run.figures.get(work.name)]
    return {"run": run, "figures": figures}


@require_POST
@staff_with("work.view")
def stop_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a job after the slice it is at."""
    return _change(request, pk, jobs.stop)


@require_POST
@staff_with("work.view")
def resume_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a job where it stood."""
    return _change(request, pk, jobs.resume)


def _change(request: HttpRequest, pk: int, action: Callable[..., Job]) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk)
    with refusals_told(request):
        action(job, acting_user=user_of(request))
    return redirect("console:work")
