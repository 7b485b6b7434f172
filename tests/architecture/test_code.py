"""Conventions of the code that no linter knows: short functions, files of one screenful of ideas, French by gettext."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 25  # lines, the docstring left out; most are near ten
LONGEST_FILE = 400
WRITTEN = {".py", ".html", ".js", ".css", ".sh"}
TRANSLATORS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
FRENCH = re.compile(r"[àâçèéêëîïôùûœÀÇÈÉÊŒ’«»]")
# French that is data, not wording of the site.
DATA = {
    "navette/config/settings.py": "the language's own name",
    "navette/core/french.py": "the words that a name changes",
    "navette/core/text.py": "the characters that folding replaces",
    "navette/mail/kinds.py": "the words before a variable that a name changes",
    "navette/portal/profiles.py": "the names of four départements",
}


def sources(folder: str = "navette") -> list[Path]:
    """Return our own Python files, migrations left out."""
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]


def written_files() -> list[Path]:
    """Return every file that people write here: generated and vendored ones left out."""
    folders = ("navette", "tests", "benchmarks", "tools")
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*")) if path.suffix in WRITTEN]
    return [path for path in found if not {"vendor", "migrations", "__pycache__"} & set(path.parts)]


def body_length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def name_of(path: Path) -> str:
    """Return a file's path from the root, for messages."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", sources(), ids=name_of)
def test_functions_are_short(path: Path) -> None:
    functions = [row for row in ast.walk(ast.parse(path.read_text())) if isinstance(row, ast.FunctionDef)]
    long = {row.name: body_length(row) for row in functions if body_length(row) > LONGEST_FUNCTION}
    assert not long, f"{name_of(path)}: split {long}"


def test_files_are_short() -> None:
    long = {name_of(path): len(path.read_text().splitlines()) for path in written_files()}
    assert not {name: lines for name, lines in long.items() if lines > LONGEST_FILE}


def untranslated(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of each French string that reaches people without gettext; docstrings are for us."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATORS:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and FRENCH.search(node.value):
            yield node.lineno, node.value
        yield from untranslated(node)


@pytest.mark.parametrize("path", [path for path in sources() if "demo" not in path.parts], ids=name_of)
def test_french_in_the_code_goes_through_gettext(path: Path) -> None:
    found = list(untranslated(ast.parse(path.read_text())))
    if name_of(path) in DATA:
        assert found, f"{name_of(path)} holds no French data any more: take it out of DATA"
    else:
        assert not found


def test_the_french_scan_sees_what_it_should() -> None:
    """A plain label is found; a translated one, a docstring and an English text are not."""
    tree = ast.parse('"""Déjà."""\na = "Réserver"\nb = _("Réserver")\nc = "to book"')
    assert list(untranslated(tree)) == [(2, "Réserver")]
