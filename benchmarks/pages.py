"""Three of Navette's pages against a bare Django page of 25 rows, on one server of one worker, by HTTP.

The bare page (`benchmarks/bare`) asks one table for 25 rows and shows five columns of each: no session, no account,
no menu, no form. Rounds take turns, one request to each page, so that whatever else the machine does hits all alike.
"""

import os
from statistics import quantiles

from benchmarks.harness import Figure, timed
from benchmarks.site import Visitor, make_data, serving, session_of
from navette.accounts.models import User
from navette.demo.accounts import READERS

ROUNDS = 400
WARM_UP = 20
BARE = "/bare"


def run() -> list[Figure]:
    """Ask for each page ROUNDS times in turn with the bare one."""
    make_data()
    reader = User.objects.get(identifier=READERS[0].email)
    librarian = User.objects.get(identifier="sauveterre de guyenne")
    with serving(os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}) as port:
        nobody = Visitor(port)
        asked = {
            "/pro/abonnes": Visitor(port, session_of(librarian)),
            "/mon-compte": Visitor(port, session_of(reader)),
            "/ressources-numeriques": nobody,
            BARE: nobody,
        }
        times = _rounds(asked)
    return [figure for path in asked if path != BARE for figure in _figures(path, times[path], times[BARE])]


def _rounds(asked: dict[str, Visitor]) -> dict[str, list[float]]:
    """Return how many seconds each request of each page took, without the first ones."""
    times: dict[str, list[float]] = {path: [] for path in asked}
    for _round in range(WARM_UP + ROUNDS):
        for path, visitor in asked.items():
            times[path].append(timed(lambda visitor=visitor, path=path: visitor.get(path)))  # type: ignore[misc]
    return {path: taken[WARM_UP:] for path, taken in times.items()}


def _figures(path: str, times: list[float], bare: list[float]) -> list[Figure]:
    ours, theirs = (quantiles(taken, n=20) for taken in (times, bare))
    half, most = 9, 18  # of the nineteen cuts: p50 and p95
    return [
        Figure(f"{path}, to a bare page: by p50", 1 / ours[half], "pages/s", 1 / theirs[half], aim=0.5, at_least=True),
        Figure(f"{path}: p50", ours[half] * 1_000, "ms", theirs[half] * 1_000),
        Figure(f"{path}: p95", ours[most] * 1_000, "ms", theirs[most] * 1_000),
    ]
