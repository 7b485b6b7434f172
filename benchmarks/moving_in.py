"""Taking over 50,000 subscribers from a workbook, against bare `bulk_create` of as many rows in the same tables."""

import datetime as dt
import io
from collections.abc import Iterator

from benchmarks.harness import Figure, peak_memory, timed
from benchmarks.people import FIRST_NAMES, LAST_NAMES, make_libraries, make_subscriptions
from navette.core import clock
from navette.core.actors import SYSTEM
from navette.files.xlsx import Column, write_workbook
from navette.libraries.models import Library
from navette.lifecycle import jobs
from navette.lifecycle.models import Job
from navette.lifecycle.moving_in import actions
from navette.lifecycle.moving_in.running import IMPORTERS
from navette.portal.profiles import load_profile
from navette.resources.models import Category, DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status

COUNT, CHUNK = 50_000, 500
SEATS = COUNT + COUNT // 2  # of the second resource: the reference's people hold COUNT, half of the others wait
RESOURCES: dict[str, int | None] = {"Presse": None, "Cinéma": SEATS}


def run() -> list[Figure]:
    """Read the workbook, take it over, take it over again; the best reference is bare rows in chunks of as many."""
    load_profile("gironde", contact_email="bibnum@example.org", contact_phone="05 56 00 00 00")
    libraries = make_libraries(200)
    resources = _resources()
    reference = timed(lambda: _bare(libraries, resources))
    file = _workbook([library.name for library in libraries])
    made: list[Job] = []
    reading = timed(lambda: made.append(_start(file)))
    taking = timed(lambda: made.append(jobs.finish(made[0])))
    done = made[-1]
    assert (done.created, done.rejected) == (COUNT, 0), (done, done.rejects.first())
    made.append(_start(file))
    again = timed(lambda: made.append(jobs.finish(made[-1])))
    assert made[-1].unchanged == COUNT
    return [
        Figure(f"moving {COUNT:,} subscribers in, to bare bulk_create", taking, "s", reference),
        Figure("  from the upload on", reading + taking, "s", aim=300),
        Figure("  of which reading and checking the workbook", reading, "s"),
        Figure("  the same file again, all unchanged", again, "s"),
        Figure("  peak memory of the process", peak_memory(), "MB", aim=500),
    ]


def _resources() -> list[DigitalResource]:
    category = Category.objects.create(name="Tout", slug="tout")
    return [
        DigitalResource.objects.create(
            name=name, slug=name.lower(), summary="-", vendor="-", category=category, seats=seats
        )
        for name, seats in RESOURCES.items()
    ]


def _bare(libraries: list[Library], resources: list[DigitalResource]) -> None:
    """Write COUNT people, subscriptions, grants and events, in chunks, without reading or checking anything."""
    today = clock.today()
    dates = {"status": Status.ACTIVE, "starts_on": today, "ends_on": today + dt.timedelta(days=365)}
    for _number in range(COUNT // CHUNK):
        last = Subscription.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        make_subscriptions(CHUNK, libraries, lambda number: dates)
        rows = list(Subscription.objects.filter(pk__gt=last).only("pk"))
        ResourceGrant.objects.bulk_create(
            ResourceGrant(subscription=row, resource=resource, state=GrantState.GRANTED)
            for row in rows
            for resource in resources
        )
        SubscriptionEvent.objects.bulk_create(
            SubscriptionEvent(subscription=row, actor_label="-", move=Move.TAKE_OVER, to_status=Status.ACTIVE)
            for row in rows
        )


def _workbook(libraries: list[str]) -> io.BytesIO:
    titles = [str(wanted.label) for wanted in IMPORTERS["subscribers"].wanted]
    file = io.BytesIO()
    write_workbook(file, title="Abonnés", columns=[Column(title) for title in titles], rows=_rows(libraries))
    return file


def _rows(libraries: list[str]) -> Iterator[tuple[str, ...]]:
    start = clock.today() - dt.timedelta(days=100)
    for number in range(COUNT):
        first, last = FIRST_NAMES[number % 8], f"{LAST_NAMES[number % 7]} {number}"
        mail = f"repris{number // 2 if number % 10 == 1 else number}@example.org"  # one in ten shares an address
        library = libraries[number % len(libraries)]
        days = (f"{start:%d/%m/%Y}",) * 2
        yield last, first, mail, "13/03/1980", library, "validé", *days, "", ", ".join(RESOURCES)


def _start(file: io.BytesIO) -> Job:
    job = actions.read_file(IMPORTERS["subscribers"], acting_user=SYSTEM, file=file, name="ancien.xlsx")
    return actions.start(job, acting_user=SYSTEM, columns=job.columns, dry_run=False)
