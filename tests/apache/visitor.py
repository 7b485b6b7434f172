"""A reader at a browser, between a vendor's page and the portal."""

import re
import time

from playwright.sync_api import Page, Response, expect

from navette.readers.models import Reader
from tests import factories
from tests.apache.httpd import PATIENCE, Server
from tests.apache.portal import RunningPortal


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, page: Page, portal: RunningPortal) -> None:
        self.page, self.portal = page, portal

    def goes_to(self, address: str) -> Response:
        """Open an address, and return what was answered in the end."""
        answer = self.page.goto(address)
        assert answer is not None
        return answer

    def is_asked_to_log_in(self) -> None:
        """Find the portal's login page."""
        expect(self.page).to_have_url(re.compile(re.escape(f"{self.portal.url}/connexion")))

    def logs_in(self, reader: Reader) -> "Visitor":
        """Type the reader's identifier and password on the portal's login page, where the visitor has been led."""
        self.is_asked_to_log_in()
        block = self.page.locator("section.card-reader")
        block.get_by_role("textbox").first.fill(reader.user.email)
        block.get_by_label("Mot de passe", exact=True).fill(factories.PASSWORD)
        block.get_by_role("button", name="Se connecter en tant qu'abonné").click()
        return self

    def logs_out(self) -> "Visitor":
        """Log out of the portal."""
        self.page.goto(f"{self.portal.url}/")
        self.page.locator("summary", has_text="Mon compte").click()
        self.page.get_by_role("button", name="Me déconnecter").click()
        expect(self.page.get_by_text("Vous êtes déconnecté(e).")).to_be_visible()
        return self

    def logs_out_everywhere(self, vendor: Server) -> None:
        """Log out of the portal, and find the vendor's page closed once the worker, which runs, has told the vendor."""
        self.logs_out()
        until = time.monotonic() + PATIENCE
        while self.goes_to(vendor.page).url.startswith(vendor.url):
            assert time.monotonic() < until, f"the vendor still shows its page: {vendor.log()}"
            time.sleep(0.2)
        self.is_asked_to_log_in()

    def reads_at(self, vendor: Server) -> dict[str, str]:
        """Return what the vendor's protected page shows, by name: what its module has told Apache of the reader."""
        expect(self.page).to_have_title("Page of the vendor")
        assert self.page.url.startswith(vendor.url), self.page.url
        rows = (line.partition("=") for line in self.page.locator("pre").inner_text().splitlines() if "=" in line)
        return {name: value for name, _sign, value in rows}

    def is_stopped_at_the_portal(self, *texts: str) -> None:
        """Find the portal's page that says why a resource does not open, with each of `texts`."""
        for text in texts:
            expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()
        assert self.page.url.startswith(self.portal.url), self.page.url
