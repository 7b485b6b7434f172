"""The portal's keys in the tests: real ones, made once for all tests."""

import itertools
from functools import lru_cache

import pytest

from navette.signon import keys


def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the portal take its new keys, in their order, from a stock that is filled as it is used."""
    numbers = itertools.count()
    monkeypatch.setattr(keys, "_new_key", lambda: dict(_stock(next(numbers))))


_really_new = keys._new_key


@lru_cache
def _stock(_number: int) -> dict[str, str]:
    return _really_new()
