"""`navette web`: what it asks for before it starts, and what it keeps out of its log."""

import logging
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from navette.web.management.commands.web import WithoutSecrets


def test_it_says_that_static_files_have_not_been_collected(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    with pytest.raises(CommandError, match="navette collectstatic"):
        call_command("web")


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        ("/mot-de-passe/MQ/c0ffee-token", "/mot-de-passe/..."),
        ("/confirmation/eyJ0b2tlbiI6MX0", "/confirmation/..."),
        ("/mon-compte", "/mon-compte"),
    ],
)
def test_one_time_tokens_stay_out_of_the_access_log(path: str, logged: str) -> None:
    record = logging.LogRecord("granian.access", logging.INFO, "", 0, "%(path)s", None, None)
    record.args = {"path": path}
    assert WithoutSecrets().filter(record)
    assert record.getMessage() == logged
