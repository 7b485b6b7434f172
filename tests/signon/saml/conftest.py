"""Fixtures of the tests of SAML."""

import pytest

from tests.signon.saml.keys import quick_keys


@pytest.fixture(autouse=True)
def _quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Portal keys come from a stock: to make one takes seconds."""
    quick_keys(monkeypatch)
