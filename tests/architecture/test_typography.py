"""No line of a French text begins with : ; ? ! » or ends with «: no-break spaces stand there, in every text of ours."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

from navette.core.french import french_spaces
from navette.mail.kinds import KINDS

ROOT = Path(__file__).resolve().parents[2] / "navette"
CODE = sorted(path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(path for path in ROOT.rglob("templates/**/*") if path.suffix in {".html", ".txt"})
SCRIPTS = sorted(path for path in ROOT.rglob("*.js") if "vendor" not in path.parts)
DATA = sorted((ROOT / "demo" / "data").glob("*.json"))
# A sign that is part of a word, as in "https://", "a:b" or ":root", is no sign of a sentence.
BREAKABLE = re.compile(r".{0,24}(?:«[ \t\r\n]|[ \t\r\n](?:»|[:;?!](?![\w=/-]))).{0,12}")
WORD = re.compile(r"[^\W\d_]{2,}|@")
QUOTED = re.compile(r'"([^"\n]*)"|\'([^\'\n]*)\'')
VALUE = "@"  # stands for what a variable will hold


def faults(text: str) -> list[str]:
    """Return the places of `text` where a line may break at a French sign; none in what holds no word."""
    return BREAKABLE.findall(text) if WORD.search(text) or text.strip() in {":", ";", "?", "!", "«", "»"} else []


def texts_of_code(source: str) -> Iterator[str]:
    """Give the strings of a module as they will be, its docstrings left out."""
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(node.value)  # a docstring, if a string at all
        if isinstance(node, ast.JoinedStr):
            skipped.update(node.values)
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped:
            yield node.value


def texts_of_template(source: str) -> Iterator[str]:
    """Give a template's text with its variables' places held, then the strings inside its other tags."""
    drawn = []
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.TEXT:
            drawn.append(token.contents)
        elif token.token_type is TokenType.VAR:
            drawn.append(VALUE)
        elif token.token_type is TokenType.BLOCK:
            quoted = ["".join(found) for found in QUOTED.findall(token.contents)]
            if token.contents.startswith("translate") and " as " not in token.contents:
                drawn += quoted[:1]
            else:
                yield from quoted
    yield re.sub(r"<!--.*?-->|<!doctype[^>]*>", "", "".join(drawn), flags=re.IGNORECASE | re.DOTALL)


def texts_of_script(source: str) -> Iterator[str]:
    """Give the plain strings of a script that stand on one line."""
    for line in source.splitlines():
        yield from ("".join(found) for found in QUOTED.findall(line))


def texts_of_data(value: object) -> Iterator[str]:
    """Give every string of a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from texts_of_data(part)


def name_of(path: Path) -> str:
    """Return a file's path below the package, for messages."""
    return path.relative_to(ROOT).as_posix()


def all_faults(texts: Iterator[str]) -> list[str]:
    """Return the faults of all `texts`."""
    return [fault for text in texts for fault in faults(text)]


@pytest.mark.parametrize("path", CODE, ids=name_of)
def test_no_text_of_the_code_breaks_at_a_sign(path: Path) -> None:
    assert all_faults(texts_of_code(path.read_text())) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_text_of_a_template_breaks_at_a_sign(path: Path) -> None:
    assert all_faults(texts_of_template(path.read_text())) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_no_text_of_a_script_breaks_at_a_sign(path: Path) -> None:
    assert all_faults(texts_of_script(path.read_text())) == []


@pytest.mark.parametrize("path", DATA, ids=name_of)
def test_no_text_of_the_demo_breaks_at_a_sign(path: Path) -> None:
    assert all_faults(texts_of_data(json.loads(path.read_text()))) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_text_of_a_mail_breaks_at_a_sign(kind: str) -> None:
    """The default texts need nothing done: what staff see in the form is what goes out."""
    for text in (str(KINDS[kind].subject), str(KINDS[kind].body), str(KINDS[kind].title), str(KINDS[kind].button)):
        assert faults(text) == []
        assert french_spaces(text) == text


def test_the_scan_of_code_sees_what_it_should() -> None:
    wrong = [
        '_("Oui ?")',
        'f"{name} : {words}"',
        '_("Ouvrez « ici\u00a0».")',
        '_("Trop long"\n  " ; coupez.")',
        '" : ".join(a)',
    ]
    right = [
        '"""Doc : oui."""',
        '_("Oui\u00a0?")',
        "line.strip(' ;,')",
        '"a:b https://c ?x=1 :root"',
        "x = a if b else c  # oui ?",
    ]
    assert [bool(all_faults(texts_of_code(source))) for source in (*wrong, *right)] == [True] * 5 + [False] * 5


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        ("<p>{{ name }} : oui</p>", True),
        ("{% blocktranslate trimmed %}Oui\n  ; non{% endblocktranslate %}", True),
        ('{% translate "Oui" %} : non', True),
        ('{% translate "Oui ?" as title %}', True),
        ("{% include 'a.html' with title='Oui ?' %}", True),
        ("<p>{{ name }}\u00a0: oui</p>", False),
        ("{# Oui ? #}<!-- Oui ? --><!DOCTYPE html>", False),
        ("{% if a != b %}<a href='?a=b'>oui</a>{% endif %}", False),
    ],
)
def test_the_scan_of_templates_sees_what_it_should(source: str, is_wrong: bool) -> None:
    assert bool(all_faults(texts_of_template(source))) == is_wrong
