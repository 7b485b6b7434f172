"""Signing on at vendors, against a bare Django page, on one server of one worker, by HTTP; then many readers at once.

A round is what a browser and a vendor's server ask: by CAS the door and the check of its ticket, by OpenID Connect the
door and the tokens for its code, by SAML the page that posts the assertion. Rounds take turns with the bare page.
"""

import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from itertools import chain
from statistics import quantiles
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from django.db import connection

from benchmarks.harness import Figure, timed
from benchmarks.signon_world import BACK, REDEEM, SERVICE, World, make_world
from benchmarks.site import Visitor, make_data, serving, session_of
from navette.core import clock
from navette.signon import tickets
from navette.signon.cas.door import PREFIX
from navette.signon.models import Opening, TicketKind

ROUNDS, WARM_UP = 200, 20
THREADS, CHECKS = 8, 2_000  # vendors' servers at once, and the tickets that they check: within the minute of a ticket
READERS, EACH, WORKERS = 100, 100, 2  # readers at once, openings of each, on as many workers as a server has
BARE = "/bare"
BARE_SETTINGS = {"DJANGO_SETTINGS_MODULE": "benchmarks.bare.settings"}
LOGIN = f"/cas/login?service={quote(SERVICE, safe='')}"
STEPS = {
    "CAS: opening, to a ticket": None,
    "CAS: ticket validated": 2.0,
    "CAS: from the opening to the ticket validated": None,
    "OpenID Connect: opening, to a code": None,
    "OpenID Connect: code redeemed": None,
    "SAML: opening, to the signed answer": None,
}  # each with its aim, where there is one


def run() -> list[Figure]:
    """Time each step; then check as many tickets as can be; then let READERS open at once, and count."""
    make_data()
    world = make_world(READERS)
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM ANALYZE")  # what the server does by itself, minutes after such a load
    sessions = [session_of(reader.user) for reader in world.readers]
    with serving(os.environ | BARE_SETTINGS) as port:
        figures = [*_steps(port, sessions[0], world), *_checks(port, world)]
    with serving(os.environ | BARE_SETTINGS, workers=WORKERS) as port:
        return [*figures, *_crowd(port, sessions)]


# ---- one after the other
def _steps(port: int, session: str, world: World) -> Iterable[Figure]:
    """Yield the half and the twentieth slowest of each step, to those of the bare page."""
    round_of = Round(Visitor(port, session), Visitor(port), world)
    rounds = [round_of.times() for _round in range(WARM_UP + ROUNDS)][WARM_UP:]
    cuts = {what: quantiles((times[what] for times in rounds), n=20) for what in (*STEPS, BARE)}
    for what, aim in STEPS.items():
        for name, cut in (("p50", 9), ("p95", 18)):  # of the nineteen cuts
            yield Figure(f"{what}, to a bare page: {name}", cuts[what][cut] * 1_000, "ms", cuts[BARE][cut] * 1_000, aim)


@dataclass(frozen=True)
class Round:
    """A reader's browser and a vendor's server, each with a kept connection."""

    browser: Visitor
    server: Visitor
    world: World

    def times(self) -> dict[str, float]:
        """Return the seconds that each step of STEPS and the bare page took, once."""
        bare = timed(lambda: self.server.get(BARE))
        opening, ticket = _timed(lambda: ticket_of(self.browser))
        checking = timed(lambda: check(self.server, ticket))
        leaving, code = _timed(lambda: _parameter(self.browser.sent_to(self.world.authorize), "code"))
        redeeming = timed(lambda: self.server.post("/oidc/token", REDEEM | {"code": code}))
        answering = timed(lambda: self.browser.get(self.world.saml))
        steps = (opening, checking, opening + checking, leaving, redeeming, answering)
        return {BARE: bare} | dict(zip(STEPS, steps, strict=True))


def _timed(work: Callable[[], str]) -> tuple[float, str]:
    begun = time.perf_counter()
    text = work()
    return time.perf_counter() - begun, text


def ticket_of(browser: Visitor) -> str:
    """Return the ticket that the door of CAS gives the reader of `browser`."""
    return _parameter(browser.sent_to(LOGIN), "ticket")


def _parameter(address: str, name: str) -> str:
    assert address.startswith((SERVICE, BACK)), f"leads to {urlsplit(address).path}"
    return parse_qs(urlsplit(address).query)[name][0]


def check(server: Visitor, ticket: str) -> None:
    """Validate `ticket` as the vendor; AssertionError where the portal refuses it."""
    told = server.get(f"/cas/p3/serviceValidate?{urlencode({'service': SERVICE, 'ticket': ticket})}")
    assert b"authenticationSuccess" in told, told


# ---- as many as can be
def _checks(port: int, world: World) -> Iterable[Figure]:
    """Yield how many tickets a second are validated, to how many bare pages the same clients get."""
    servers = [Visitor(port) for _thread in range(THREADS)]
    bare = _at_once(servers, lambda server, _number: server.get(BARE))
    given = [_issued(world, number) for number in range(CHECKS)]
    checked = _at_once(servers, lambda server, number: check(server, given[number]))
    yield Figure(f"CAS: validations by {THREADS} clients, to bare pages", CHECKS / checked, "/s", CHECKS / bare)


def _issued(world: World, number: int) -> str:
    """Return a ticket as the door gives it, without the door."""
    reader = world.readers[number % len(world.readers)]
    facts = {"came_in": clock.now().isoformat()}
    session = f"{number:064x}"
    return tickets.issue(TicketKind.CAS, world.cas, reader, SERVICE, prefix=PREFIX, session=session, facts=facts)


def _at_once(servers: list[Visitor], ask: Callable[[Visitor, int], object]) -> float:
    """Return the seconds that CHECKS calls of `ask` take, dealt to `servers` in turn, all of them at once."""

    def several(first: int) -> None:
        for number in range(first, CHECKS, len(servers)):
            ask(servers[first], number)

    with ThreadPoolExecutor(len(servers)) as pool:
        return timed(lambda: list(pool.map(several, range(len(servers)))))


# ---- many at once
def _crowd(port: int, sessions: list[str]) -> Iterable[Figure]:
    """Yield what became of EACH openings by each reader, all readers at once: none fails, and each is counted."""
    before = Opening.objects.count()
    with ThreadPoolExecutor(len(sessions)) as pool:
        found: list[list[float]] = []
        seconds = timed(lambda: found.extend(pool.map(lambda session: _open(port, session), sessions)))
    taken = list(chain.from_iterable(found))
    asked, counted = READERS * EACH, Opening.objects.count() - before
    yield Figure(f"CAS: openings by {READERS} readers at once, on {WORKERS} workers", len(taken) / seconds, "/s")
    yield Figure("  the longest, from the opening to the ticket validated", max(taken, default=0), "s")
    yield Figure(f"  of {asked:,}: not confirmed", asked - len(taken), "openings", aim=0)
    yield Figure("  lost: confirmed, and not counted", len(taken) - counted, "openings", aim=0)


def _open(port: int, session: str) -> list[float]:
    """Open EACH times in one session; return the seconds of each opening that the vendor gets confirmed."""
    browser, server, taken = Visitor(port, session), Visitor(port), []
    for _number in range(EACH):
        begun = time.perf_counter()
        try:
            check(server, ticket_of(browser))
        except (AssertionError, OSError, HTTPException) as failure:
            print(f"    an opening failed: {failure!r}", flush=True)
            browser, server = Visitor(port, session), Visitor(port)  # the old connections may be half-way
        else:
            taken.append(time.perf_counter() - begun)
    return taken
