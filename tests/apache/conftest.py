"""The portal, the readers, and a browser; each module runs its own Apache before a page of its vendor."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from navette.accounts.models import User
from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from tests import factories
from tests.apache import certificate, httpd, packages, portal
from tests.apache.certificate import Certificate
from tests.apache.portal import HOST, RunningPortal
from tests.apache.visitor import Visitor
from tests.chromium import chromium
from tests.journeys.server import free_port

HERE = Path(__file__).parent
LONG_ENOUGH = 30_000  # milliseconds for a page to appear on a slow machine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark these tests: they need packages of the system, and run by `make test-apache`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.apache)
            item.add_marker(pytest.mark.django_db(transaction=True))  # other processes see what a test writes


@pytest.fixture(scope="package")
def root() -> Iterator[Path]:
    """Return a folder that Apache's own user may enter; where a package is missing all tests fail, none is skipped."""
    absent = packages.missing()
    assert not absent, f"These Debian packages are missing: sudo apt install {' '.join(absent)}"
    folder = Path(tempfile.mkdtemp(prefix="navette-apache-"))
    folder.chmod(0o755)
    yield folder
    httpd.forget(folder)


@pytest.fixture(scope="package")
def shown() -> Certificate:
    """Return the certificate that everybody here shows."""
    return certificate.make()


@pytest.fixture(scope="package")
def collected(root: Path) -> Iterator["subprocess.Popen[str]"]:
    """Return the process that collects the static files: the database is made meanwhile."""
    with portal.collecting(root) as process:
        yield process


@pytest.fixture(scope="package")
def running_portal(
    root: Path, shown: Certificate, collected: "subprocess.Popen[str]", django_db_setup: None
) -> Iterator[RunningPortal]:
    """Run the portal on the tests' database; each test writes its own world there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in this thread, beside our queries
        front = httpd.prepare(root, HOST, free_port(), shown)
        with portal.started(root, front, collected) as site:
            yield site


@dataclass(frozen=True)
class Bought:
    """A resource that the département has bought, the member of the staff who connects it, and two of its readers.

    `reader` may open it; the subscription of `expired` is over.
    """

    resource: DigitalResource
    staff: User
    reader: Reader
    expired: Reader


@pytest.fixture
def bought(running_portal: RunningPortal, transactional_db: None) -> Bought:
    """Return a resource to connect, with its readers."""
    factories.portal()
    resource = factories.ResourceFactory()
    subscriptions = factories.SubscriptionFactory(active=True), factories.SubscriptionFactory(expired=True)
    for subscription in subscriptions:
        factories.GrantFactory(resource=resource, subscription=subscription)
    return Bought(resource, factories.staff(), *(subscription.reader for subscription in subscriptions))


@pytest.fixture(scope="package")
def browser(root: Path, shown: Certificate) -> Iterator[Browser]:
    """Return a Chromium that trusts the run's certificate, and no other that it should not."""
    expect.set_options(timeout=LONG_ENOUGH)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                f"--ignore-certificate-errors-spki-list={shown.pin}",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        )
        yield found
        found.close()


@pytest.fixture
def visit(running_portal: RunningPortal, browser: Browser) -> Iterator[Callable[[], Visitor]]:
    """Return what brings somebody with a browser of their own: `visit()`."""
    opened = []

    def come() -> Visitor:
        context = browser.new_context(locale="fr-FR")
        context.set_default_timeout(LONG_ENOUGH)
        opened.append(context)
        return Visitor(context.new_page(), running_portal)

    yield come
    for context in opened:
        context.close()
