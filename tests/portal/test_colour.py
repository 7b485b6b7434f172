"""The accent colour can be read by everybody, in both schemes, or it is not saved (WCAG 2.1, 1.4.3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from navette.core.errors import Invalid
from navette.portal import colour

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "expected"), [("#000000", "#ffffff", 21), ("#777777", "#ffffff", 4.48), ("#1f4fbf", "#1f4fbf", 1)]
)
def test_contrast_is_that_of_the_standard(one: str, other: str, expected: float) -> None:
    assert colour.contrast(one, other) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("accent", ["#ffff00", "#ffffff", "#88aaff", "#ff8800"])
def test_a_colour_too_pale_is_refused_with_the_nearest_that_passes(accent: str) -> None:
    with pytest.raises(Invalid) as refusal:
        colour.check_accent(accent)
    assert refusal.value.field == "accent"
    assert colour.nearest_readable(accent) in refusal.value.message


@settings(max_examples=150, deadline=None)
@given(colours)
def test_the_nearest_colour_can_be_read_and_a_readable_one_stays(accent: str) -> None:
    nearest = colour.nearest_readable(accent)
    assert colour.is_readable(nearest)
    assert (nearest == accent) == colour.is_readable(accent)


@settings(max_examples=150, deadline=None)
@given(colours)
def test_every_text_drawn_with_a_readable_colour_reads_in_both_schemes(accent: str) -> None:
    light, dark = (colour.tokens(colour.nearest_readable(accent))[scheme] for scheme in ("light", "dark"))
    for tokens, grounds in ((light, colour.LIGHT_GROUNDS), (dark, colour.DARK_GROUNDS)):
        for text in ("reader", "reader-strong"):
            for ground in (*grounds, tokens["reader-soft"]):
                assert colour.contrast(tokens[text], ground) >= colour.AA
            assert colour.contrast(tokens["on-reader"], tokens[text]) >= colour.AA
    ink, dark_ink = "#1c2333", "#f3ecdd"
    assert colour.contrast(ink, light["reader-soft"]) >= colour.AA
    assert colour.contrast(dark_ink, dark["reader-soft"]) >= colour.AA
