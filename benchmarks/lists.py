"""The subscriber list of a library of 50,000 subscribers against one of 500, by HTTP.

Two databases, each with a server of one worker; rounds take turns, so that whatever else the machine does hits both
alike. All that the list can do is asked for: pages, filters, every order, searches; by a librarian and by the staff.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from benchmarks.harness import Figure, fresh_database, timed
from benchmarks.site import Visitor, serving

FEW, MANY = 500, 50_000
ROUNDS = 40
WARM_UP = 3
ASKED = {
    "first page": "",
    "page 100 (of 500: the last)": "?page=100",
    "what waits": "?attente=1",
    "status Validé": "?statut=active",
    "status Expiré": "?statut=expired",
    "by first name": "?tri=first_name",
    "by last name, backwards": "?tri=-last_name",
    "by status": "?tri=status",
    "by end": "?tri=ends_on",
    "by request, backwards": "?tri=-requested_on",
    "search: a common name": "?q=martin",
    "search: nobody": "?q=xyzzy",
    "search and status": "?q=dupont&statut=active",
}


def run() -> list[Figure]:
    """Ask for every list ROUNDS times, in turn from the large library and the small one."""
    with ExitStack() as stack:
        few, many = (stack.enter_context(_site(size)) for size in (FEW, MANY))
        return [_figure(role, what, few[role], many[role]) for role in few for what in ASKED]


@contextmanager
def _site(subscribers: int) -> Iterator[dict[str, Visitor]]:
    """Serve a site whose one library has that many subscribers; give its visitors by role."""
    with fresh_database(os.environ["DATABASE_URL"]) as database:
        environment = os.environ | {"DATABASE_URL": database}
        command = [sys.executable, "-m", "benchmarks.crowd", str(subscribers)]
        made = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        sessions = json.loads(made.stdout)
        with serving(environment=environment) as port:
            yield {role: Visitor(port, session) for role, session in sessions.items()}


def _figure(role: str, what: str, few: Visitor, many: Visitor) -> Figure:
    path = f"/pro/abonnes{ASKED[what]}"
    taken = [(timed(lambda: few.get(path)), timed(lambda: many.get(path))) for _round in range(WARM_UP + ROUNDS)]
    small, large = (median(column) * 1_000 for column in zip(*taken[WARM_UP:], strict=True))
    return Figure(f"list of {MANY:,} to {FEW}, {role}: {what}", large, "ms", small, aim=1.3)
