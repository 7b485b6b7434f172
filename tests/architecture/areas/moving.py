"""Spreadsheets coming in: many readers registered at once, an old portal taken over, and the worker's jobs."""

import datetime as dt
from typing import Any

from navette.core import clock
from navette.lifecycle import imports
from navette.lifecycle.models import Job, JobReject, JobState, NightlyRun
from navette.portal.models import Portal
from navette.subscriptions.models import RegistrationBatch
from tests.architecture.areas import Area, Values

TABLE = """
#                              anonymous
#                              |    readers: pending, active, refused, expired
#                              |    |                   libraries: viewer, manager, other
#                              |    |                   |              staff: administrator, digital, territory, no role
pro:batches             GET    in   403  403  403  403  403  200  200  403  403  403  403
pro:batches             POST   in   403  403  403  403  403  400  400  403  403  403  403
pro:batch_model         GET    in   403  403  403  403  403  200  200  403  403  403  403
pro:batch_model         POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:batch               GET    in   403  403  403  403  403  200  404  403  403  403  403
pro:batch               POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:batch_errors        GET    in   403  403  403  403  403  200  404  403  403  403  403
pro:batch_errors        POST   405  405  405  405  405  405  405  405  405  405  405  405
pro:batch_columns       GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:batch_columns       POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:batch_apply         GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:batch_apply         POST   in   403  403  403  403  403  go   404  403  403  403  403
pro:batch_undo          GET    405  405  405  405  405  405  405  405  405  405  405  405
pro:batch_undo          POST   in   403  403  403  403  403  go   404  403  403  403  403
console:moving_in       GET    in   403  403  403  403  403  403  403  200  403  403  403
console:moving_in       POST   in   403  403  403  403  403  403  403  400  403  403  403
console:moving_in_model GET    in   403  403  403  403  403  403  403  200  403  403  403
console:moving_in_model POST   405  405  405  405  405  405  405  405  405  405  405  405
console:moving_in_file  GET    in   403  403  403  403  403  403  403  200  403  403  403
console:moving_in_file  POST   405  405  405  405  405  405  405  405  405  405  405  405
console:moving_in_start GET    405  405  405  405  405  405  405  405  405  405  405  405
console:moving_in_start POST   in   403  403  403  403  403  403  403  go   403  403  403
console:moving_in_for_real GET 405  405  405  405  405  405  405  405  405  405  405  405
console:moving_in_for_real POST in  403  403  403  403  403  403  403  go   403  403  403
console:moving_in_rejects GET  in   403  403  403  403  403  403  403  200  403  403  403
console:moving_in_rejects POST 405  405  405  405  405  405  405  405  405  405  405  405
console:invitations     GET    in   403  403  403  403  403  403  403  200  403  403  403
console:invitations     POST   in   403  403  403  403  403  403  403  go   403  403  403
console:work            GET    in   403  403  403  403  403  403  403  200  403  403  403
console:work            POST   405  405  405  405  405  405  405  405  405  405  405  405
console:work_stop       GET    405  405  405  405  405  405  405  405  405  405  405  405
console:work_stop       POST   in   403  403  403  403  403  403  403  go   403  403  403
console:work_resume     GET    405  405  405  405  405  405  405  405  405  405  405  405
console:work_resume     POST   in   403  403  403  403  403  403  403  go   403  403  403
"""
FILE = "world.jsonl"
HEADERS = ["Nom", "Prénom", "Mail", "Date de naissance"]
COLUMNS = {"last_name": 0, "first_name": 1, "email": 2, "birth_date": 3}


def prepare(world: Any) -> None:
    """Let libraries register readers, and send a file of two rows, one of them wrong."""
    Portal.objects.update(librarians_register_readers=True)
    add_batch(world, 2)
    (imports.folder() / FILE).write_text('[2, ["Bazas", "33036", "Sud", "b@example.org", "33430"]]\n')
    columns = {"name": 0, "insee_code": 1, "territory": 2, "email": 3, "postcode": 4}
    headers = ["Nom", "INSEE", "Territoire", "Mail", "Code postal"]
    for state in (JobState.DRAFT, JobState.QUEUED):
        Job.objects.create(
            kind="moving_in.libraries",
            title="ancien.csv",
            path=FILE,
            total=1,
            headers=headers,
            columns=columns,
            state=state,
        )


def add_batch(world: Any, count: int) -> RegistrationBatch:
    """Send a file of `count` rows in the world's library, every second one wrong."""
    rows = [
        [str(n), f"Nom {n}", "Zoé", f"z{n}@example.org" if n % 2 == 0 else "non", "13/03/1990"]
        for n in range(2, count + 2)
    ]
    return RegistrationBatch.objects.create(
        library=world.library, filename="liste.csv", headers=HEADERS, rows=rows, columns=COLUMNS
    )


def batch(world: Any) -> RegistrationBatch:
    """Return the world's file."""
    return RegistrationBatch.objects.filter(library=world.library).earliest("pk")


def places(world: Any) -> Values:
    """Give the addresses of the world's file."""
    of_batch = {"pk": batch(world).pk}
    draft, queued = ({"pk": Job.objects.filter(state=state).earliest("pk").pk} for state in ("draft", "queued"))
    console: dict[str, dict[str, Any]] = {
        f"console:moving_in_{name}": draft for name in ("file", "start", "for_real", "rejects")
    }
    console |= {"console:work_stop": queued, "console:work_resume": queued}
    console["console:moving_in_model"] = {"kind": "subscribers"}
    names = ("batch", "batch_errors", "batch_columns", "batch_apply", "batch_undo")
    return {f"pro:{name}": of_batch for name in names} | console


def posts(world: Any) -> Values:
    """Give forms filled in well."""
    columns: dict[str, Any] = {name: str(index) for name, index in COLUMNS.items()}
    places = {"name": "0", "insee_code": "1", "territory": "2", "email": "3", "postcode": "4"}
    return {
        "pro:batch_columns": columns,
        "pro:batch_apply": {"pretes": "1"},
        "console:moving_in_start": {**places, "suite": "essai"},
        "console:invitations": {"count": "10"},
    }


def fill(world: Any, count: int) -> None:
    """Add files, and rows to the first one."""
    RegistrationBatch.objects.bulk_create(
        RegistrationBatch(library=world.library, filename=f"{n}.csv", created_at=clock.now()) for n in range(count)
    )
    first = batch(world)
    more = [[str(n), f"Nom {n}", "Zoé", f"f{n}@example.org", "13/03/1990"] for n in range(count)]
    RegistrationBatch.objects.filter(pk=first.pk).update(rows=first.rows + more)
    jobs = Job.objects.bulk_create(
        Job(kind="moving_in.subscribers", title=f"{n}.csv", total=9, state=JobState.DONE) for n in range(count)
    )
    JobReject.objects.bulk_create(JobReject(job=jobs[0], line=n, reason="Inconnue.") for n in range(count))
    NightlyRun.objects.bulk_create(
        [NightlyRun(day=dt.date(2020, 1, 1) + dt.timedelta(days=NightlyRun.objects.count() + n)) for n in range(count)]
    )


AREA = Area(
    table=TABLE,
    prepare=prepare,
    places=places,
    posts=posts,
    fill=fill,
    lists=(
        ("manager", "pro:batches", ""),
        ("manager", "pro:batch", ""),
        ("manager", "pro:batch_errors", ""),
        ("administrator", "console:moving_in", ""),
        ("administrator", "console:work", ""),
        ("administrator", "console:invitations", ""),
        ("administrator", "console:moving_in_rejects", ""),
    ),
    alone={"pro:batch_model": "a file that is always the same"},
    forms=(
        ("manager", "pro:batches", ""),
        ("manager", "pro:batch", ""),
        ("administrator", "console:moving_in", ""),
        ("administrator", "console:moving_in_file", ""),
        ("administrator", "console:invitations", ""),
        ("administrator", "console:work", ""),
    ),
)
