"""The style sheet of the portal's accent colour.

It holds what every page needs anyway (Bootstrap's reboot) and our tokens in the colour chosen, so that a page still
links three sheets.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import navette.web
from navette.portal import colour

REBOOT = Path(navette.web.__path__[0]) / "static" / "vendor" / "bootstrap" / "bootstrap-reboot.min.css"


@lru_cache(maxsize=16)
def sheet(accent: str) -> str:
    """Return the sheet of `accent`; `html:root` outweighs the `:root` of our own tokens, whichever comes first."""
    schemes = {
        name: "".join(f"--{key}:{value};" for key, value in tokens.items())
        for name, tokens in colour.tokens(accent).items()
    }
    dark = f"@media (prefers-color-scheme:dark){{html:root{{{schemes['dark']}}}}}"
    return f"{REBOOT.read_text(encoding='utf-8')}\nhtml:root{{{schemes['light']}}}\n{dark}\n"


def theme_name(accent: str) -> str:
    """Return the name of the sheet of `accent`: the colour, then what stands in it, shortened."""
    return f"{accent[1:]}-{hashlib.sha256(sheet(accent).encode()).hexdigest()[:8]}"
