"""Conventions of the templates: nothing inline that the CSP would stop, and every French word through gettext."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.template.base import Lexer, TokenType
from django.template.loader import get_template

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(path for path in (ROOT / "navette").rglob("templates/**/*") if path.suffix in {".html", ".txt"})
MAILS = ROOT / "navette" / "mail"  # a mail's own styles stand in it: mail programs know no style sheet
LETTERS = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {"alt", "aria-label", "aria-description", "content", "label", "placeholder", "title"}
CLASS_BLOCKS = {"space", "page_class"}  # blocks that hold a page's CSS classes
TYPED = {"code", "kbd"}  # what is typed or copied as it is
NOT_READ = {"viewport", "htmx-config", "color-scheme", "theme-color", "referrer", "robots"}  # names of <meta>
# Words that are the same in every language.
NAMES = {"Navette", "AGPL", "Etalab", "Excel"}
DEMO_PASSWORD = "Navette-demo-2026!"  # the demo's, shown on its login page


def name_of(path: Path) -> str:
    """Return a file's path from the root, for messages."""
    return path.relative_to(ROOT).as_posix()


def literal_html(source: str) -> str:
    """Return what stands in a template as it is: tags, variables, comments and translated blocks left out."""
    kept, inside = [], ""
    for token in Lexer(source).tokenize():
        word, *rest = token.contents.split() if token.token_type is TokenType.BLOCK else [""]
        if word in {"blocktranslate", "comment"} or (word == "block" and rest[0] in CLASS_BLOCKS):
            inside = f"end{word}"
        elif word and word == inside:
            inside = ""
        elif token.token_type is TokenType.TEXT and not inside:
            kept.append(token.contents)
    return "".join(kept)


class Page(HTMLParser):
    """Collects what a template writes itself: `words` that people read, and `inline` code and styles."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inline: list[str] = []
        self.typed = 0
        self.feed(literal_html(source))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the attributes that are read aloud, and those that the CSP stops."""
        given = {name: value or "" for name, value in attrs}
        self.typed += tag in TYPED
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"<{tag}>")
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on")) or "javascript:" in value:
                self.inline.append(f"<{tag} {name}>")
            if name in READ_ALOUD and given.get("name") not in NOT_READ:
                self._note(value)

    def handle_endtag(self, tag: str) -> None:
        """Come out of what is typed as it is."""
        self.typed -= tag in TYPED

    def handle_data(self, data: str) -> None:
        """Note a piece of text."""
        if not self.typed:
            self._note(data)

    def _note(self, text: str) -> None:
        self.words += [word for word in LETTERS.findall(text.replace(DEMO_PASSWORD, "")) if word not in NAMES]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_compiles(path: Path) -> None:
    get_template(path.as_posix().partition("/templates/")[2])


@pytest.mark.parametrize("path", [path for path in TEMPLATES if MAILS not in path.parents], ids=name_of)
def test_no_script_style_or_handler_stands_in_a_page(path: Path) -> None:
    assert Page(path.read_text()).inline == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_every_word_of_a_template_goes_through_gettext(path: Path) -> None:
    words = Page(path.read_text()).words
    assert words == [], f"{name_of(path)}: put these into translate or blocktranslate"


@pytest.mark.parametrize(
    ("source", "words", "inline"),
    [
        ("<p>Bonjour {{ name }}</p>", ["Bonjour"], []),
        ("{% if a %}<p title='Ouvrir'>{% translate 'Bonjour' %}</p>{% endif %}", ["Ouvrir"], []),
        ("{% blocktranslate %}Bonjour <b>à tous</b>{% endblocktranslate %}&nbsp;:", [], []),
        ("{# Bonjour #}<input value='oui' name='nom'>", [], []),
        ("<p style='color:red' onclick='x()'></p><script>x()</script>", [], ["<p style>", "<p onclick>", "<script>"]),
    ],
)
def test_the_scan_sees_what_it_should(source: str, words: list[str], inline: list[str]) -> None:
    page = Page(source)
    assert [word for word in page.words if word != "x"] == words
    assert page.inline == inline


def test_an_undefined_variable_fails_a_page() -> None:
    """The whole suite runs so (FAIL_INVALID_TEMPLATE_VARS in pyproject.toml): here is the proof that it bites."""
    with pytest.raises(pytest.fail.Exception, match="nowhere"):
        Template("<p>{{ nowhere }}</p>").render(Context({"request": HttpRequest()}))
    with pytest.raises(pytest.fail.Exception, match=r"request\.nowhere"):
        Template("<p>{{ request.nowhere|default:'' }}</p>").render(Context({"request": HttpRequest()}))


def test_an_undefined_variable_may_be_asked_for() -> None:
    """`{% if %}` and `{% for %}` may name what a page does not always give."""
    drawn = Template("{% if nowhere %}a{% else %}b{% endif %}{% for x in nowhere %}c{% endfor %}").render(Context())
    assert drawn == "b"
