"""Several at the same moment, with real threads and real transactions, on whichever database the suite runs on."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import connection

from navette.core.errors import Refusal

T = TypeVar("T")


def at_once(work: Callable[[int], T], count: int) -> list[T]:
    """Run `work` in `count` threads that start together, each with its number; return what each returned.

    What one of them raises, the test raises.
    """
    gate = threading.Barrier(count)

    def run(number: int) -> T:
        gate.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def all_at_once(works: Sequence[Callable[[], Any]]) -> list[str]:
    """Run `works` in as many threads, started together; return the messages of those that were refused."""

    def run(number: int) -> str | None:
        try:
            works[number]()
        except Refusal as refusal:
            return refusal.message
        return None

    return [message for message in at_once(run, len(works)) if message is not None]
