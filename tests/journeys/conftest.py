"""The browser and the running demo, shared by all journeys; each journey has a browser context of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import chromium
from tests.journeys import server
from tests.journeys.visitor import Visitor

ColorScheme = Literal["light", "dark"]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys and put them first, as they are the longest work."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.journey)
    items.sort(key=lambda item: HERE not in item.path.parents)


@pytest.fixture(scope="package")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], server.Site]]:
    """Return what gives the running demo of a profile, started when it is first asked for: `demos("loiret")`.

    A module of journeys in another profile than gironde has a fixture `site` of its own, which takes it from here.
    """
    with ExitStack() as running:
        sites: dict[str, server.Site] = {}

        def demo(profile: str) -> server.Site:
            if profile not in sites:
                data = tmp_path_factory.mktemp(f"demo-{profile}")
                url, name = server.database_of_its_own(data, profile)
                if name:
                    running.callback(server.drop_database, name)
                process, sites[profile] = server.start(data, url, profile)
                running.enter_context(process)
                running.callback(process.terminate)
            return sites[profile]

        yield demo


@pytest.fixture(scope="package")
def site(demos: Callable[[str], server.Site]) -> server.Site:
    """Return the running demo of the profile gironde."""
    return demos("gironde")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return a real Chromium; where there is none the journeys fail, they are never skipped."""
    flags = ["--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=[*flags, *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(site: server.Site, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Return what brings somebody to the site in a browser of their own: `visit()`, `visit(javascript=False)`."""
    opened: list[Any] = []

    def come(
        *, javascript: bool = True, width: int = 1280, height: int = 900, scheme: ColorScheme = "light"
    ) -> Visitor:
        context = browser.new_context(
            base_url=site.url,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",  # pages are judged at rest
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return Visitor(context.new_page(), site, name=request.node.name)

    yield come
    for context in opened:
        context.close()


@pytest.fixture(scope="session", autouse=True)
def _fresh_screenshots() -> None:
    shutil.rmtree(HERE / "screenshots", ignore_errors=True)
