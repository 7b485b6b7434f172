"""A server with a missing or unsafe setting does not start, and says why in a sentence; with good ones it is clean."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import Tags, run_checks

ROOT = Path(__file__).resolve().parents[2]
NAVETTE = Path(sys.executable).parent / "navette"
EX_CONFIG = 78
SERVER = {
    "SECRET_KEY": "Xq3-" + "kv9ZtRw2mLp8HbYc7NdQs4JfGa6EuWo1" * 2,
    "ALLOWED_HOSTS": "navette.example.org",
    "SITE_URL": "https://navette.example.org",
    "EMAIL_URL": "smtp+tls://user:hidden-1@mail.example.org:587",
    "DATABASE_URL": "postgres://navette:hidden-2@127.0.0.1:1/navette",
    "DEFAULT_FROM_EMAIL": "navette@example.org",
}
REFUSED = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is too easy to guess"),
    ({"SECRET_KEY": "a" * 60}, "SECRET_KEY is too easy to guess"),
    ({"SECRET_KEY": "django-insecure-" + SERVER["SECRET_KEY"]}, "SECRET_KEY is too easy to guess"),
    ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
    ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is not set"),
    ({"ALLOWED_HOSTS": "navette.example.org,*"}, "ALLOWED_HOSTS holds *"),
    ({"SITE_URL": "http://navette.example.org"}, "SITE_URL must be"),
    ({"SITE_URL": ""}, "SITE_URL must be"),
    ({"SITE_URL": "https://"}, "SITE_URL must be"),
    ({"EMAIL_URL": ""}, "EMAIL_URL is not set"),
]


def start(tmp_path: Path, *command: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    """Run `navette COMMAND` in nothing but the environment of a server, with `changes`."""
    paths = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = paths | SERVER | {"NAVETTE_DATA": str(tmp_path)} | changes
    return subprocess.run([NAVETTE, *command], env=env, cwd=tmp_path, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("change", "sentence"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_missing_or_unsafe_setting_stops_the_start(tmp_path: Path, change: dict[str, str], sentence: str) -> None:
    done = start(tmp_path, "check", **change)
    assert done.returncode == EX_CONFIG
    assert done.stderr.startswith(f"Navette does not start: {sentence}")
    assert "Traceback" not in done.stderr
    secrets = [
        SERVER["SECRET_KEY"],
        "hidden-1",
        "hidden-2",
        *([change["SECRET_KEY"]] if change.get("SECRET_KEY") else []),
    ]
    assert not any(secret in done.stdout + done.stderr for secret in secrets if secret != "short")


def test_a_server_with_good_settings_passes_every_check(tmp_path: Path) -> None:
    done = start(tmp_path, "check", "--deploy", "--fail-level", "INFO")
    assert done.returncode == 0, done.stdout + done.stderr


def test_debug_is_off_unless_asked(tmp_path: Path) -> None:
    names = "DEBUG DEMO SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_SSL_REDIRECT".split()  # noqa: SIM905
    shown = f"from django.conf import settings\nfor name in {names}: print(getattr(settings, name))"
    done = start(tmp_path, "shell", "--no-imports", "--verbosity", "0", "--command", shown)
    assert done.stdout.split() == ["False", "False", "True", "True", "True"], done.stderr


def test_a_forgotten_secret_on_a_server_does_not_make_it_a_demo(tmp_path: Path) -> None:
    """Only a data folder that the demo made is the demo's."""
    assert start(tmp_path, "check", SECRET_KEY="").returncode == EX_CONFIG


def test_every_setting_of_the_environment_is_documented() -> None:
    source = (ROOT / "navette" / "config" / "settings.py").read_text()
    read = set(re.findall(r"""\benv\.\w+\(\s*"([A-Z_]+)\"""", source))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))
    assert read
    assert read - documented == set(), "write these into docs/settings.md"


def test_the_project_has_no_fault_that_django_knows() -> None:
    assert run_checks(tags=[Tags.models, Tags.urls, Tags.security]) == []
    assert settings.DEBUG is False
