"""The docs stay true where a machine can tell: links lead somewhere, files named exist, rules are proved by tests."""

import re
from pathlib import Path

import pytest

from tests.architecture.test_code import ROOT, name_of, sources

DOCS = [path for folder in (ROOT, ROOT / "docs", ROOT / "docs" / "decisions") for path in sorted(folder.glob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
FILE = re.compile(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|html|js|css|toml|txt))`")
RULE = re.compile(r"^- \*\*([A-Z]+-\d\d)\*\*", re.MULTILINE)


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_link_leads_to_a_file(path: Path) -> None:
    links = LINK.findall(path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_a_file_that_is_named_exists(path: Path) -> None:
    """A path is from the root, from `navette/`, or from where a reader looks: the templates, the subscriptions."""
    inside = ("", "subscriptions", "web/templates")
    roots = [ROOT, *(ROOT / "navette" / folder for folder in inside)]
    named = FILE.findall(path.read_text())
    assert [name for name in named if not any((root / name).exists() for root in roots)] == []


def test_every_rule_is_named_by_a_test() -> None:
    tests = "\n".join(path.read_text() for path in sources("tests") if path != Path(__file__))
    rules = RULE.findall((ROOT / "docs" / "rules.md").read_text())
    assert len(rules) > 10
    assert [rule for rule in rules if not re.search(rule.replace("-", "[-_]"), tests, re.IGNORECASE)] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text()))
    assert listed == {path.name for path in folder.glob("0*.md")}
