"""Texts that staff and libraries write, as HTML: CommonMark without any HTML of their own."""

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from navette.core.french import french_spaces

# « zero » with what our pages' style knows: images would come from elsewhere, and code is for programmers.
_PARSER = MarkdownIt("zero").enable(["heading", "list", "emphasis", "link", "autolink", "newline", "hr"])
_HIGHEST, _LOWEST = 2, 4  # the page has its own first heading


def to_html(text: str) -> SafeString:
    """Return `text` (CommonMark: headings, lists, emphasis, links) as HTML; tags typed in it show as they are.

    Links to other schemes than http, https and mailto stay text (markdown-it's own check). No line breaks at a French
    sign, whichever space was typed there.
    """
    tokens = _PARSER.parse(text)
    _level(tokens)
    html = french_spaces(str(_PARSER.renderer.render(tokens, _PARSER.options, {})))
    return mark_safe(html)  # noqa: S308 - made by the parser, with HTML in the text escaped


def _level(tokens: list[Token]) -> None:
    """Have the highest headings of a text be second ones, whichever were typed, and the others follow."""
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + _HIGHEST, _LOWEST)}"
