"""The accent colour: whether it can be read, the nearest that can, and the tokens drawn from it (WCAG 2.1, 1.4.3).

Pages are drawn with six tokens for each scheme. In the light scheme the colour chosen is the accent itself; in the dark
one it is lightened until it reads on dark paper, so that any hue will do.
"""

import colorsys
from functools import lru_cache

from django.utils.translation import gettext as _

from navette.core.errors import Invalid

AA = 4.5  # the least contrast of text with its ground
_MARGIN = 0.05  # so that rounding to 8 bits stays above the limit
LIGHT_GROUNDS = ("#f9f4e8", "#fffdf8", "#f0e9d9", "#f5eedf")  # paper, surface, sunk, hover
DARK_GROUNDS = ("#14171f", "#1d212c", "#10131a", "#262b38")
WHITE, DARK_PAPER, LIGHT_PAPER = "#ffffff", "#14171f", "#fffdf8"

Rgb = tuple[float, float, float]


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast of two colours written as #rrggbb: from 1 to 21."""
    first, second = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))), reverse=True)
    return (first + 0.05) / (second + 0.05)


def is_readable(accent: str) -> bool:
    """Say whether `accent` reads as text on our light grounds and on its own soft ground, and white text on it."""
    return all(contrast(accent, ground) >= AA for ground in (*LIGHT_GROUNDS, WHITE, _soft(accent)))


@lru_cache(maxsize=64)
def nearest_readable(accent: str) -> str:
    """Return `accent` itself where it can be read, else the nearest darker tone of the same hue that can."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(accent))
    for step in range(101):
        found = _hex(colorsys.hls_to_rgb(hue, lightness * (1 - step / 100), saturation)) if step else accent
        if is_readable(found):
            return found
    return "#000000"


def check_accent(accent: str) -> None:
    """Raise Invalid, naming the nearest colour that passes, where nobody could be sure to read `accent`."""
    if not is_readable(accent):
        raise Invalid(
            _(
                "Cette couleur ne se lit pas assez bien : contraste de %(found)s, il faut %(least)s. "
                "La plus proche qui convient : %(nearest)s."
            )
            % {
                "found": f"{_worst(accent):.1f}".replace(".", ","),
                "least": "4,5",
                "nearest": nearest_readable(accent),
            },
            "accent",
        )


@lru_cache(maxsize=64)
def tokens(accent: str) -> dict[str, dict[str, str]]:
    """Return the tokens drawn from a readable `accent`: by scheme (`light`, `dark`), by name."""
    bright = _lightened(accent)
    return {
        "light": {
            "reader": accent,
            "reader-strong": _mixed(accent, "#000000", 0.25),
            "reader-soft": _soft(accent),
            "reader-line": _mixed(accent, LIGHT_PAPER, 0.68),
            "on-reader": WHITE,
        },
        "dark": {
            "reader": bright,
            "reader-strong": _mixed(bright, WHITE, 0.35),
            "reader-soft": _dark_soft(accent),
            "reader-line": _mixed(accent, DARK_PAPER, 0.35),
            "on-reader": _mixed(accent, "#000000", 0.8),
        },
    }


def _soft(accent: str) -> str:
    return _mixed(accent, LIGHT_PAPER, 0.9)


def _dark_soft(accent: str) -> str:
    return _mixed(accent, DARK_PAPER, 0.8)


def _worst(accent: str) -> float:
    return min(contrast(accent, ground) for ground in (*LIGHT_GROUNDS, WHITE, _soft(accent)))


def _lightened(accent: str) -> str:
    """Return `accent` lightened until it reads on each dark ground and bears dark text."""
    grounds = (*DARK_GROUNDS, _dark_soft(accent), _mixed(accent, "#000000", 0.8))
    tones = (_mixed(accent, WHITE, step / 20) for step in range(21))
    return next(tone for tone in tones if all(contrast(tone, ground) >= AA + _MARGIN for ground in grounds))


def _mixed(one: str, other: str, share: float) -> str:
    """Return `one` mixed with `share` (0 to 1) of `other`."""
    red, green, blue = (a + (b - a) * share for a, b in zip(_rgb(one), _rgb(other), strict=True))
    return _hex((red, green, blue))


def _luminance(colour: Rgb) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)
