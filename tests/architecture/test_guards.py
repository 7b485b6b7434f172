"""The guards that every test runs under do bite: warnings are errors, and no test reaches another machine."""

import socket
import warnings

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage


def test_a_warning_is_an_error() -> None:
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443), ("example.org", 25)])
def test_no_connection_leaves_the_machine(address: tuple[str, int]) -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match="a test opened a connection"):
        probe.connect(address)


def test_a_connection_to_loopback_is_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=5):
            pass


def test_a_page_that_names_a_static_file_that_is_not_there_fails() -> None:
    with pytest.raises(ValueError, match="not there"):
        staticfiles_storage.url("navette/nowhere.css")
    assert staticfiles_storage.url("navette/navette.css") == "/static/navette/navette.css"
