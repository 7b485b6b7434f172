"""`navette demo`: what it refuses, what it keeps and what it makes anew."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from navette.demo import generator, plan
from navette.demo.accounts import listed
from navette.demo.management.commands import demo
from navette.demo.models import DemoMark
from navette.demo.plan import Size
from navette.demo.serving import CannotServe, base_url, is_loopback, require_free
from navette.libraries.models import Library
from navette.portal.models import Portal
from navette.subscriptions.models import Subscription
from tests.factories import UserFactory

EVERYWHERE = "0.0.0.0"  # noqa: S104 - never bound here


@pytest.fixture
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder of a demo that is quick to make."""
    settings.DEMO, settings.DATA, settings.STATIC_ROOT = True, tmp_path, tmp_path / "static"
    settings.SITE_URL = "http://127.0.0.1:8000"
    monkeypatch.setitem(plan.SIZES, "small", Size(6, 60, 40))
    monkeypatch.setitem(plan.SIZES, "large", Size(8, 70, 40))
    monkeypatch.setattr(demo.Command, "_collect_static", lambda self: None)
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run `navette demo --no-serve` and return what it says."""
    call_command("demo", "--no-serve", *arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.0.2.1", "example.org", "127.0.0.1.example.org", ""])
def test_the_demo_refuses_to_listen_where_other_machines_reach_it(folder: Path, host: str) -> None:
    with pytest.raises(CommandError, match="passwords are public"):
        call_command("demo", "--host", host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_is_what_only_this_machine_reaches(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.django_db
def test_saying_so_lets_the_demo_listen_elsewhere(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "--host", EVERYWHERE, "--listen-anywhere")
    assert DemoMark.objects.get().is_finished


def test_a_port_in_use_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CannotServe, match=r"Port \d+ of 127.0.0.1 cannot be used"):
            require_free("127.0.0.1", taken.getsockname()[1])


def test_a_port_that_cannot_be_is_told_in_a_sentence() -> None:
    with pytest.raises(CannotServe, match="no port 70000"):
        require_free("127.0.0.1", 70_000)


def test_a_free_port_is_left_free() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    require_free("127.0.0.1", port)
    require_free("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000"), (EVERYWHERE, "http://127.0.0.1:8000")],
)
def test_the_address_is_one_that_a_browser_opens(host: str, address: str) -> None:
    assert base_url(host, 8000) == address


@pytest.mark.django_db
def test_a_database_that_is_not_the_demos_is_left_alone(folder: Path) -> None:
    user = UserFactory()
    with pytest.raises(CommandError, match="did not make"):
        call_command("demo", "--no-serve", "--reset")
    user.refresh_from_db()
    assert not (folder / "demo.json").exists()


@pytest.mark.django_db
def test_a_server_environment_does_not_run_the_demo(folder: Path, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="NAVETTE_DEMO"):
        call_command("demo", "--no-serve")


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_made_once_and_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no demo here yet" in run(capsys)
    kept = set(Subscription.objects.values_list("pk", "version"))
    assert len(kept) == 60
    assert json.loads((folder / "demo.json").read_text())["profile"] == "gironde"
    assert "Making" not in run(capsys)
    assert set(Subscription.objects.values_list("pk", "version")) == kept


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--profile", "oise"], "another one (gironde, small, seed 2026)"),
        (["--size", "large"], "another one"),
        (["--seed", "5"], "another one"),
        (["--reset"], "A new demo is asked for"),
    ],
)
def test_another_demo_is_made_anew_in_the_demos_own_place(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], why: str
) -> None:
    run(capsys)
    (folder / "mails").mkdir()
    (folder / "mails/20270301T080000-001-a.eml").write_text("Subject: old")
    (folder / "mine.txt").write_text("kept")
    Library.objects.update(contact_name="Changed By Hand")
    assert why in run(capsys, *arguments)
    assert not Library.objects.filter(contact_name="Changed By Hand").exists()
    assert list((folder / "mails").iterdir()) == []
    assert (folder / "mine.txt").read_text() == "kept"
    assert Portal.objects.get().profile == ("oise" if "oise" in arguments else "gironde")


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_making_is_begun_again(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_demo = generator.make_demo

    def fail(*args: Any) -> None:
        make_demo(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(demo, "make_demo", fail)
    with pytest.raises(KeyboardInterrupt):
        call_command("demo", "--no-serve")
    monkeypatch.setattr(demo, "make_demo", make_demo)
    assert "interrupted" in run(capsys)
    assert Subscription.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_demo_of_an_earlier_day_is_kept_and_says_how_to_refresh_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys)
    DemoMark.objects.update(made_on="2026-01-05")
    assert "navette demo --reset" in run(capsys)
    assert Subscription.objects.count() == 60


@pytest.mark.django_db(transaction=True)
def test_a_database_whose_secret_is_elsewhere_is_made_anew(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys)
    (folder / "demo.json").write_text('{"token": "another"}')
    assert "another data folder" in run(capsys)


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "oise", "loiret"])
def test_the_login_page_is_told_the_accounts(profile: str) -> None:
    accounts = listed(profile)
    assert {account["block"] for account in accounts} == {"reader", "pro"}
    assert accounts[0] == {"label": "Abonnement validé", "identifier": "active@example.org", "block": "reader"}
    assert accounts[-1]["identifier"] == "admin@example.org"
