"""What the product imports is installed on a server too, and every dependency is explained."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_code import ROOT, name_of, sources


def project() -> dict[str, Any]:
    """Return the [project] table of pyproject.toml."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def named(requirements: list[str]) -> set[str]:
    """Return the names of `requirements` as package indexes write them: small letters and hyphens."""
    return {re.split(r"[\[<>=~! ]", row)[0].lower().replace("_", "-") for row in requirements}


def imported(path: Path) -> set[str]:
    """Return the packages of others that a file imports, by their top name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"navette"}


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_the_product_imports_only_what_a_server_has(path: Path) -> None:
    """The tests run with the dev lock: an import of something from it would fail only at somebody's first start."""
    allowed, owners = named(project()["dependencies"]), packages_distributions()
    for name in imported(path):
        owner = {row.lower().replace("_", "-") for row in owners.get(name, [])}
        assert owner & allowed, f"{name_of(path)} imports {name}: add it to the dependencies of pyproject.toml"


@pytest.mark.parametrize("lock", ["base", "dev"])
def test_a_lock_holds_what_the_project_asks_for_with_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==", text, re.MULTILINE))
    wanted = named(project()["dependencies"])
    if lock == "dev":
        wanted |= named(project()["optional-dependencies"]["dev"])
    assert wanted - locked == set(), "run `make lock`"
    assert text.count("--hash=sha256:") >= len(locked)
    assert not re.search(r"https?://|--index-url|--find-links", text)


def test_every_dependency_is_explained() -> None:
    """docs/dependencies.md has a row for each: its licence, what it saves us, whether it is alive."""
    rows = re.findall(r"^\| `([a-z0-9-]+)`", (ROOT / "docs" / "dependencies.md").read_text(), re.MULTILINE)
    wanted = named(project()["dependencies"]) | named(project()["optional-dependencies"]["dev"])
    assert set(rows) == wanted
    assert len(rows) == len(set(rows))
