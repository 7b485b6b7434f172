"""The console's pages of the network against a bare Django page, at 50,000 readers and 60,000 rows of the log.

One server of one worker, by HTTP, the administrator logged in; rounds take turns, one request to each page. A network
of 420 libraries and 1,500 librarians' accounts is larger than those that Navette was made for.
"""

import datetime as dt
import os
from statistics import median

from django.db import connection

from benchmarks.harness import Figure, timed
from benchmarks.people import make_libraries, make_subscriptions
from benchmarks.site import Visitor, make_data, serving, session_of
from navette.accounts.models import Kind, User
from navette.core import clock
from navette.core.models import AuditRow, audit_row
from navette.demo.accounts import ADMIN
from navette.libraries.models import Library, Membership
from navette.subscriptions.states import Status

READERS, LIBRARIES, LIBRARIANS, LOGGED = 50_000, 300, 1_500, 60_000
ROUNDS, WARM_UP = 60, 5
BARE = "/bare"
ASKED = {
    "first page": "/console/",
    "libraries": "/console/bibliotheques",
    "libraries: a word": "/console/bibliotheques?q=mesuree",
    "accounts": "/console/comptes",
    "accounts: a word": "/console/comptes?q=durand",
    "log": "/console/journal",
    "log: one action": "/console/journal?action=subscriptions.accept",
    "log: a rare actor": "/console/journal?qui=0&action=libraries.merge",
    "search: a common name": "/console/recherche?q=durand",
    "search: a rare mail": "/console/recherche?q=lecteur4999",
}


def run() -> list[Figure]:
    """Ask for each page ROUNDS times in turn with the bare one."""
    make_data()
    _fill()
    session = session_of(User.objects.get(identifier=ADMIN))
    with serving(os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}) as port:
        admin, nobody = Visitor(port, session), Visitor(port)
        times: dict[str, list[float]] = {path: [] for path in (*ASKED.values(), BARE)}
        for _round in range(WARM_UP + ROUNDS):
            for path, taken in times.items():
                visitor = nobody if path == BARE else admin
                taken.append(timed(lambda visitor=visitor, path=path: visitor.get(path)))  # type: ignore[misc]
    halves = {path: median(taken[WARM_UP:]) * 1_000 for path, taken in times.items()}
    return [
        Figure(f"console, {what}, to a bare page", halves[path], "ms", halves[BARE]) for what, path in ASKED.items()
    ]


def _fill() -> None:
    """Write the readers, the librarians and the log."""
    today = clock.today()
    valid = {"status": Status.ACTIVE, "starts_on": today, "ends_on": today + dt.timedelta(days=365)}
    make_subscriptions(READERS, make_libraries(LIBRARIES), lambda number: valid)
    libraries = list(Library.objects.values_list("pk", flat=True))
    people = User.objects.bulk_create(
        User(identifier=mail, email=mail, name=f"Élodie Lefèvre {n}", kind=Kind.LIBRARIAN, password="!")
        for n in range(LIBRARIANS)
        for mail in (f"bibliothecaire{n}@example.org",)
    )
    Membership.objects.bulk_create(
        Membership(user=user, library_id=libraries[n % len(libraries)]) for n, user in enumerate(people)
    )
    rows = (_logged(people[n % LIBRARIANS], n) for n in range(LOGGED))
    AuditRow.objects.bulk_create(rows, batch_size=2_000)
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM ANALYZE")  # what the server does by itself, minutes after such a load


def _logged(actor: User, number: int) -> AuditRow:
    action = "libraries.create" if number % 1_000 == 0 else f"subscriptions.{('accept', 'edit', 'renew')[number % 3]}"
    row = audit_row(actor, action, actor, source="pending", to="active")
    row.at = clock.now() - dt.timedelta(minutes=number)
    return row
