"""Fixtures that every test may use."""

import copy
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from navette.portal.models import Portal
from tests import factories
from tests.apache.packages import left_out
from tests.architecture.world import World, build, undone

_connect = socket.socket.connect
_LOOPBACK = ("127.", "::1", "localhost")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """End a run of the whole suite with what was left out of it: nothing is silently."""
    if config.option.markexpr == "not apache" and config.args_source is not pytest.Config.ArgsSource.ARGS:
        terminalreporter.write_line(left_out(), yellow=True)


@pytest.fixture(autouse=True)
def _no_sockets_outside_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine: a connection elsewhere than to loopback fails it."""

    def connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test opened a connection to {address}")
        _connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True, scope="session")
def _static_files_by_their_own_names() -> Iterator[None]:
    """Pages are drawn without `collectstatic`; a static file that does not exist fails the page that names it."""
    staticfiles = {"BACKEND": "tests.statics.CheckedStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": staticfiles}):
        yield


@pytest.fixture(autouse=True, scope="session")
def _cheap_hashes() -> Iterator[None]:
    """Hash with Argon2id at the least cost: the suite does it thousands of times."""
    with override_settings(PASSWORD_HASHERS=["tests.hashers.CheapArgon2"]):
        yield


@pytest.fixture
def portal(db: None) -> Portal:
    """Return the portal with the settings of the default profile, gironde."""
    return factories.portal()


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Write the world once for all tests of a module, which leave it as they found it."""
    with django_db_blocker.unblock(), undone():
        yield build()


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    """Return a world with somebody of every role in it; what the test writes is undone after it."""
    return copy.deepcopy(standing_world)
