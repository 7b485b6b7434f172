"""Sentences with links in them, for errors beside a field."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Sentence = str | tuple[str, str]


def sentences(*parts: Sentence | None) -> SafeString:
    """Return the sentences of `parts` as HTML; one with an address, `(words, address)`, is a link; None is left out."""
    return format_html_join(" ", "{}", ((_drawn(part),) for part in parts if part))


def _drawn(part: Sentence) -> str:
    if isinstance(part, str):
        return part
    words, address = part
    return format_html('<a href="{}">{}</a>', address, words)
