import pytest

from navette.core.markup import to_html


def test_a_text_has_headings_lists_and_links() -> None:
    html = to_html("# Idées\n\n- une **fête**\n- [un film](https://example.org/)\n")
    assert "<h2>Idées</h2>" in html
    assert "<strong>fête</strong>" in html
    assert '<a href="https://example.org/">un film</a>' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[a](javascript:alert(1))",
        "[a](data:text/html;base64,PHNjcmlwdD4=)",
        "![x](https://evil.example/pixel.png)",
        '[a](https://a.example/"onmouseover="x)',
        "<a href='//evil.example' onclick=x>",
    ],
)
def test_a_text_brings_no_markup_of_its_own(hostile: str) -> None:
    html = to_html(hostile)
    for forbidden in ("<script", 'href="javascript:', 'href="data:', "<img", '" onmouseover', "<a href='"):
        assert forbidden not in html


def test_headings_begin_at_the_second_level_whatever_was_typed() -> None:
    assert to_html("### Un\n\n#### Deux\n") == "<h2>Un</h2>\n<h3>Deux</h3>\n"
    assert "<h2>Un</h2>" in to_html("# Un\n\n## Deux\n\n# Trois\n")
