"""The simulated vendor of CAS welcomes whom the portal confirms, and says in plain words what is wrong otherwise."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from navette.core import clock
from navette.portal.models import Portal
from navette.signon.calls import Answer
from navette.signon.cas import door
from navette.signon.errors import Stopped
from navette.signon.identifiers import pairwise_id
from navette.signon.models import SignonEvent, VendorAccess
from navette.signon.simulators.cas import cas, login_address
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.signon.trials import Trial
from navette.subscriptions.models import ResourceGrant, Subscription
from tests.factories import GrantFactory, vendor

PORTAL = "https://portail.example.org"
SERVICE = "https://vendor.example.org/app?site=33"
KNOWN = Known(PORTAL, SERVICE)
TICKET = "ST-" + "0" * 64
NAMESPACE = 'xmlns:cas="http://www.yale.edu/tp/cas"'


@pytest.fixture
def access(portal: Portal) -> VendorAccess:
    return vendor(
        way="cas", address=SERVICE, addresses={SERVICE: "service"}, tells={"mail": "courriel", "age_band": "age"}
    )


@pytest.fixture
def subscription(access: VendorAccess) -> Subscription:
    found: Subscription = GrantFactory(resource=access.resource).subscription
    return found


def call(method: str, url: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> Answer:
    """Reach the portal as the vendor's server does."""
    parts = urlsplit(url)
    assert (method, f"{parts.scheme}://{parts.netloc}") == ("GET", PORTAL)
    answer = Client().get(f"{parts.path}?{parts.query}")
    return Answer(answer.status_code, answer.content.decode())


def answering(status: int, text: str) -> Any:
    """Return a call to a portal that answers so."""
    return lambda *_asked: Answer(status, text)


def arrived(access: VendorAccess, holder: Any, service: str = SERVICE, *, by_post: bool = False) -> Arrival:
    """Return a browser that comes back from the portal."""
    departure = door.enter(access, holder, door.Asked(service, by_post=by_post))
    return Arrival(departure.address, departure.fields)


def failed(welcome: Welcome, words: str) -> None:
    """Check that nobody was let in, that the last step says why in `words`, and that those before went well."""
    assert (welcome.identifier, welcome.told) == ("", {})
    assert [step.ok for step in welcome.steps] == [True] * (len(welcome.steps) - 1) + [False]
    assert words in welcome.steps[-1].meaning


@pytest.mark.parametrize("by_post", [False, True])
def test_who_the_portal_confirms_is_welcome_under_the_identifier_of_this_vendor(
    access: VendorAccess, subscription: Subscription, by_post: bool
) -> None:
    reader = subscription.reader
    welcome = cas(KNOWN, arrived(access, reader, by_post=by_post), call)
    assert all(step.ok and step.meaning for step in welcome.steps)
    assert welcome.identifier == pairwise_id(reader, access.resource)
    assert welcome.told == {"courriel": reader.user.email, "age": "25-44"}


def test_the_reader_of_a_trial_is_welcome_too_and_one_who_may_not_gets_no_ticket(access: VendorAccess) -> None:
    welcome = cas(KNOWN, arrived(access, Trial.MAY), call)
    assert welcome.told["courriel"] == "camille.essai@example.org"
    for trial in set(Trial) - {Trial.MAY}:
        with pytest.raises(Stopped):
            arrived(access, trial)
    assert not SignonEvent.objects.exclude(trial=True, reader=None).exists()


# ---- wrong
def test_a_ticket_spent_is_explained(access: VendorAccess, subscription: Subscription) -> None:
    arrival = arrived(access, subscription.reader)
    assert cas(KNOWN, arrival, call).identifier
    failed(cas(KNOWN, arrival, call), "a déjà été vérifié une fois")


def test_a_ticket_presented_late_is_explained(access: VendorAccess, subscription: Subscription) -> None:
    with time_machine.travel(clock.now(), tick=False) as hands:
        arrival = arrived(access, subscription.reader)
        hands.shift(60)
        failed(cas(KNOWN, arrival, call), "a plus d’une minute")


@pytest.mark.parametrize(
    "address", ["http://vendor.example.org/app?site=33", "https://vendor.example.org/app", SERVICE + "/"]
)
def test_a_wrong_service_address_is_explained_and_spends_the_ticket(
    access: VendorAccess, subscription: Subscription, address: str
) -> None:
    arrival = arrived(access, subscription.reader)
    welcome = cas(replace(KNOWN, address=address), arrival, call)
    failed(welcome, "une autre adresse de service")
    assert dict(welcome.steps[2].facts) == {"arrived": SERVICE, "service": address}
    failed(cas(KNOWN, arrival, call), "a déjà été vérifié une fois")


def test_a_service_unknown_at_the_portal_is_explained(access: VendorAccess) -> None:
    known = replace(KNOWN, address="https://vendor.example.net/")
    failed(cas(known, Arrival(known.address), call), "ne connaît pas l’adresse de service")


def test_a_browser_without_ticket_is_to_go_to_the_portals_door_first(access: VendorAccess) -> None:
    failed(cas(KNOWN, Arrival(SERVICE), call), "l’envoyer à l’adresse de connexion")
    address = urlsplit(login_address(KNOWN))
    assert (address.netloc, address.path) == ("portail.example.org", "/cas/login")
    assert parse_qs(address.query) == {"service": [SERVICE]}


def test_sso_05_a_reader_who_may_not_any_more_is_explained(access: VendorAccess, subscription: Subscription) -> None:
    early, late = (arrived(access, subscription.reader) for _ in range(2))
    Subscription.objects.update(
        starts_on=clock.today() - dt.timedelta(days=400), ends_on=clock.today() - dt.timedelta(1)
    )
    failed(cas(KNOWN, early, call), "n’a plus accès à la ressource")
    ResourceGrant.objects.all().delete()
    failed(cas(KNOWN, late, call), "n’a plus accès à la ressource")


def test_what_the_vendor_waits_for_and_is_not_told_is_named(access: VendorAccess, subscription: Subscription) -> None:
    known = replace(KNOWN, attributes={"courriel": "mail", "nom": "last_name"})
    failed(cas(known, arrived(access, subscription.reader), call), "attend aussi : nom.")


@pytest.mark.parametrize(
    "ticket",
    [
        "",
        "ST-",
        "ST-" + "a" * 28,
        "ST-" + "a" * 254,
        "PT-" + "a" * 64,
        "ST-" + "é" * 40,
        TICKET + "%0a",
        TICKET + "%00",
    ],
)
def test_what_is_no_ticket_is_not_asked_about(ticket: str) -> None:
    address = f"{SERVICE}&ticket={ticket}"
    welcome = cas(KNOWN, Arrival(address), answering(500, ""))
    assert not welcome.steps[-1].ok
    assert welcome.identifier == ""


def test_two_tickets_are_none() -> None:
    failed(cas(KNOWN, Arrival(f"{SERVICE}&ticket={TICKET}&ticket={TICKET}"), call), "Deux tickets")
    failed(cas(KNOWN, Arrival(f"{SERVICE}&ticket={TICKET}", {"ticket": TICKET}), call), "Deux tickets")


NO_ANSWERS = [
    (0, "ConnectTimeout"),
    (404, "<html>"),
    (500, f"<cas:serviceResponse {NAMESPACE}/>"),
    (200, ""),
    (200, "<html><body>Connexion</body></html>"),
    (200, "yes\nmallory\n"),
    (200, f"<cas:serviceResponse {NAMESPACE}/>"),
    (200, f"<cas:serviceResponse {NAMESPACE}><cas:authenticationSuccess/></cas:serviceResponse>"),
    (200, "<serviceResponse><authenticationSuccess><user>mallory</user></authenticationSuccess></serviceResponse>"),
    (
        200,
        f"<cas:serviceResponse {NAMESPACE}><cas:authenticationSuccess><cas:user>a</cas:user><cas:user>b</cas:user>"
        "</cas:authenticationSuccess></cas:serviceResponse>",
    ),
    (
        200,
        f"<cas:serviceResponse {NAMESPACE}><cas:authenticationFailure code='X'/><cas:authenticationSuccess>"
        "<cas:user>mallory</cas:user></cas:authenticationSuccess></cas:serviceResponse>",
    ),
    (
        200,
        f'<!DOCTYPE a [<!ENTITY b "mallory">]><cas:serviceResponse {NAMESPACE}><cas:authenticationSuccess>'
        "<cas:user>&b;</cas:user></cas:authenticationSuccess></cas:serviceResponse>",
    ),
]


@pytest.mark.parametrize(("status", "text"), NO_ANSWERS)
def test_an_answer_that_is_none_of_cas_lets_nobody_in(status: int, text: str) -> None:
    welcome = cas(KNOWN, Arrival(f"{SERVICE}&ticket={TICKET}"), answering(status, text))
    failed(welcome, "comme un serveur CAS")


@pytest.mark.parametrize(
    ("code", "words", "meaning"),
    [
        ("INVALID_TICKET", "renew was asked for", "vienne d’être saisi"),
        ("INVALID_TICKET_SPEC", "", "délégation"),
        ("INVALID_REQUEST", "", "incomplète"),
        ("SOMETHING_ELSE", "", "un code que le fournisseur ne connaît pas"),
    ],
)
def test_each_code_of_the_protocol_is_explained(code: str, words: str, meaning: str) -> None:
    text = (
        f'<cas:serviceResponse {NAMESPACE}><cas:authenticationFailure code="{code}">{words}'
        "</cas:authenticationFailure></cas:serviceResponse>"
    )
    failed(cas(KNOWN, Arrival(f"{SERVICE}&ticket={TICKET}"), answering(200, text)), meaning)


@given(status=st.sampled_from([200, 302, 403, 500]), text=st.text(max_size=80), ticket=st.text(max_size=40))
def test_whatever_arrives_and_is_answered_lets_nobody_in(status: int, text: str, ticket: str) -> None:
    for arrival in (Arrival(f"{SERVICE}&ticket={TICKET}"), Arrival(SERVICE, {"ticket": ticket})):
        assert cas(KNOWN, arrival, answering(status, text)).identifier == ""
