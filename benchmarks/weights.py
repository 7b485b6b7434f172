"""What pages weigh on their first visit: each page with its style sheets, scripts, fonts and images, as sent.

The visitor takes brotli and gzip, as browsers do: the server sends static files in brotli, pages in gzip.
"""

from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import urlsplit

from benchmarks.harness import Figure
from benchmarks.site import Visitor, make_data, serving, session_of
from navette.accounts.models import User
from navette.demo.accounts import READERS

AS_BROWSERS = {"Accept-Encoding": "gzip, deflate, br"}
KILOBYTE = 1_000
HEAVIEST = 150  # kB
MOST = 3  # style sheets, and scripts
LINKS = {"stylesheet": "css", "icon": "images", "font": "fonts"}
SOURCES = {"script": ("src", "js"), "img": ("src", "images"), "use": ("href", "images")}


class Parts(HTMLParser):
    """Collects the addresses of what a page loads, by kind: css, js, fonts, images."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, set[str]] = defaultdict(set)
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag loads."""
        given = {name: value or "" for name, value in attrs}
        name, kind = SOURCES.get(tag, ("", ""))
        if tag == "link":
            name, kind = "href", LINKS.get(given.get("as") or given.get("rel", ""), "")
        if kind and given.get(name):
            self.found[kind].add(urlsplit(given[name]).path)


def run() -> list[Figure]:
    """Weigh each page as the person who comes there."""
    make_data()
    reader = User.objects.get(identifier=READERS[0].email)
    librarian = User.objects.get(identifier="sauveterre de guyenne")
    with serving() as port:
        nobody = Visitor(port)
        known, works = (Visitor(port, session_of(user)) for user in (reader, librarian))
        pages = {
            "/": nobody,
            "/connexion": nobody,
            "/inscription": nobody,
            "/ressources-numeriques": nobody,
            "/mon-compte": known,
            "/pro/abonnes": works,
        }
        return [figure for path, visitor in pages.items() for figure in _figures(path, visitor)]


def _figures(path: str, visitor: Visitor) -> list[Figure]:
    found = {"html": {path}} | Parts(visitor.get(path).decode()).found
    kinds = ("html", "css", "js", "fonts", "images")
    weights = {
        kind: sum(len(visitor.get(part, AS_BROWSERS)) for part in found.get(kind, ())) / KILOBYTE for kind in kinds
    }
    return [
        Figure(f"{path}: first visit", sum(weights.values()), "kB", aim=HEAVIEST),
        *[Figure(f"{path}: {kind}", weight, "kB") for kind, weight in weights.items()],
        Figure(f"{path}: style sheets", len(found["css"]), "files", aim=MOST),
        Figure(f"{path}: scripts", len(found["js"]), "files", aim=MOST),
    ]
