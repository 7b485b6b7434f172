"""Somebody at a browser, in the words of the journeys; each page they see is judged by axe-core."""

import json
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.journeys.server import DEMO_PASSWORD, STAFF_SECRET, Site

HERE = Path(__file__).parent
AXE = (HERE / "vendor" / "axe-core" / "axe.min.js").read_text()
KEEPS_PICTURES = "NAVETTE_SCREENSHOTS" in os.environ  # of every page judged; a picture costs more than the judgement
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]


class Visitor:
    """A person with a browser. `sees` is where a page is looked at: heading, accessibility, width."""

    def __init__(self, page: Page, site: Site, name: str) -> None:
        self.page, self.site, self.name = page, site, name
        self.seen = 0
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))

    def _note(self, kind: str, text: str) -> None:
        # A page that answers 4xx is noted by the browser as an error: those are what journeys ask for.
        if kind == "error" and "Failed to load resource" not in text:
            self.faults.append(text)

    # ---- going
    def goes_to(self, address: str) -> "Visitor":
        """Open an address of the site, or a whole one from a mail."""
        self.page.goto(address)
        return self

    def clicks(self, label: str, *, within: str = "body", exact: bool = True) -> "Visitor":
        """Click the link or the button called `label`."""
        scope = self.page.locator(within)
        link = scope.get_by_role("link", name=label, exact=exact)
        button = scope.get_by_role("button", name=label, exact=exact)
        link.or_(button).first.click()
        return self

    def logs_in(self, identifier: str, password: str = DEMO_PASSWORD) -> "Visitor":
        """Log in as a reader, by the blue block."""
        self.goes_to("/connexion")
        block = self.block("Déjà inscrit(e)")
        block.get_by_label("mail", exact=False).fill(identifier)
        block.get_by_label("Mot de passe", exact=True).fill(password)
        block.get_by_role("button", name="Se connecter en tant qu'abonné").click()
        return self

    def logs_in_as_professional(self, identifier: str, password: str = DEMO_PASSWORD) -> "Visitor":
        """Log in as a professional, by the orange block."""
        self.goes_to("/connexion")
        block = self.block("Accéder au compte professionnel")
        block.get_by_role("textbox").first.fill(identifier)
        block.get_by_label("Mot de passe", exact=True).fill(password)
        block.get_by_role("button", name="Se connecter en tant que bibliothèque").click()
        if password == DEMO_PASSWORD and urlsplit(self.page.url).path == "/connexion/second-facteur":
            self.types_the_code()
        return self

    def types_the_code(self, secret: str = STAFF_SECRET) -> "Visitor":
        """Pass the second factor by the code that an authenticator application shows."""
        self.page.get_by_label("Code à six chiffres", exact=True).fill(self.site.next_code(secret))
        self.clicks("Valider le code")
        return self

    def block(self, title: str) -> Locator:
        """Return the card or section that has the heading `title`."""
        heading = self.page.get_by_role("heading", name=title, exact=True)
        return self.page.locator("section, article, fieldset, form").filter(has=heading).last

    # ---- writing
    def fills(self, label: str, value: str) -> "Visitor":
        """Type `value` into the field labelled `label`."""
        self.page.get_by_label(label, exact=True).fill(value)
        return self

    def ticks(self, *labels: str) -> "Visitor":
        """Tick the boxes labelled `labels`."""
        for label in labels:
            self.page.get_by_label(label, exact=False).first.check()
        return self

    # ---- seeing
    def sees(self, heading: str) -> "Visitor":
        """Find the page's heading, and nothing wrong with the page itself."""
        expect(self.page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        self.judges()
        return self

    def reads(self, *texts: str) -> "Visitor":
        """Find each of `texts` in the page's content."""
        for text in texts:
            expect(self.page.locator("main, body > dialog, .strip").get_by_text(text).first).to_be_visible()
        return self

    def does_not_read(self, text: str) -> "Visitor":
        """Find `text` nowhere on the page."""
        expect(self.page.get_by_text(text, exact=False)).to_have_count(0)
        return self

    def judges(self) -> "Visitor":
        """Run axe-core on the page, and check that it is not wider than the window and its script had no fault."""
        if self.page.context.browser is not None and self.scripted:
            self._axe()
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px wider than the window"
        assert not self.faults, f"{self.page.url}: {self.faults}"
        if KEEPS_PICTURES:
            self.keeps_a_picture()
        return self

    @property
    def scripted(self) -> bool:
        """Say whether the page's own scripts ran: without JavaScript axe can't judge either."""
        return bool(self.page.evaluate("typeof window.htmx !== 'undefined' || document.scripts.length === 0"))

    def _axe(self) -> None:
        self.page.evaluate(AXE)
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(r => r.violations.map(v => "
            "({id: v.id, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 200))})))",
            TAGS,
        )
        assert found == [], f"{self.page.url}: {json.dumps(found, indent=1, ensure_ascii=False)}"

    def keeps_a_picture(self, name: str = "") -> "Visitor":
        """Keep a screenshot of the whole page, for people to look at."""
        self.seen += 1
        folder = HERE / "screenshots"
        folder.mkdir(exist_ok=True)
        label = re.sub(r"\W+", "-", name or f"{self.name}-{self.seen:02}")
        self.page.screenshot(path=folder / f"{label}.png", full_page=True)
        return self
