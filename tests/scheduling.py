"""How a parallel run shares the tests out: by module, and all journeys of one profile to one process.

A module's tests share a world, and the journeys of a profile share a demo, so each is made once. The marks of
`--dist loadgroup` are not used: xdist 3.8 writes them into an attribute of the tests that pytest 9.2 no longer reads.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"
PROFILES = ("loiret", "oise", "valdoise")


class ByWorld(LoadScopeScheduling):
    """Give each process whole modules, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return f"{JOURNEYS}{profile_of(nodeid)}" if nodeid.startswith(JOURNEYS) else nodeid.split("::", 1)[0]


def profile_of(journey: str) -> str:
    """Return the profile whose demo a journey uses: its module's name ends with it, it is asked for it, or gironde."""
    return next((name for name in PROFILES if f"_{name}.py" in journey or f"[{name}]" in journey), "gironde")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWorld:
    """Share the tests out by the worlds they need."""
    return ByWorld(config, log)
