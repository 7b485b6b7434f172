"""The site's areas, for the tests that walk all of it: each module here gives one `AREA`, found by itself.

An area brings what those tests need to know of its pages: the rows of the role x page table, the objects that its
addresses name, the forms that are filled in well, its lists, and what sends its mails.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Area:
    """What one area of the site adds to the walks. `World` is that of `tests.architecture.world`.

    `table`: rows as in `access.TABLE`. `prepare(world)`: writes the area's objects. `places(world)`: the arguments of
    each route's address. `posts(world)`: a form filled in well, for the routes where it changes the answer.
    `lists`: (role, route, query) of pages whose queries are counted; `fill(world, count)` adds so many rows to them.
    `alone`: routes without argument that show no list, with the reason; `post_only`: routes that answer POST alone.
    `called`: routes that other sites and their servers post to, which no page of ours has a form for.
    `forms`: (role, route, state) of pages whose forms are tried with hostile values. `mails`: what sends each kind.
    """

    table: str = ""
    prepare: Callable[[Any], None] = lambda world: None
    places: Callable[[Any], Values] = lambda world: {}
    posts: Callable[[Any], Values] = lambda world: {}
    lists: tuple[tuple[str, str, str], ...] = ()
    fill: Callable[[Any, int], None] = lambda world, count: None
    alone: dict[str, str] = field(default_factory=dict)
    post_only: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()
    forms: tuple[tuple[str, str, str], ...] = ()
    mails: dict[str, Callable[[], None]] = field(default_factory=dict)


def areas() -> list[Area]:
    """Return every area, by its module's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}").AREA for name in names]
