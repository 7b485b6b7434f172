"""What `make test` leaves out is told at its end, and how to have it."""

from pathlib import Path

import pytest

from tests.apache import packages

ROOT = Path(__file__).parents[2]


def test_a_run_without_apache_tells_so_and_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.touch()
    monkeypatch.setattr(packages, "NEEDED", {"one": there, "two": tmp_path / "away", "three": tmp_path / "gone"})
    line = packages.left_out()
    assert "not installed: two three" in line
    monkeypatch.setattr(packages, "NEEDED", {"one": there})
    assert "not installed" not in packages.left_out()
    for told in (line, packages.left_out()):
        assert told.startswith("Left out: ")
        assert "make test-apache" in told
        for module in ("mod_auth_cas", "mod_auth_openidc", "mod_auth_mellon"):
            assert module in told


def test_the_packages_are_those_that_contributors_are_told() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text().split()
    assert [name for name in packages.NEEDED if name not in {word.strip("`.") for word in told}] == []
