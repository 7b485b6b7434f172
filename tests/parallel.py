"""Doing the same thing many times at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(work: Callable[[int], Result], count: int) -> list[Result]:
    """Run `work` in `count` threads that start together, each given its number; each closes its connection."""
    gate = threading.Barrier(count)

    def run(number: int) -> Result:
        gate.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
