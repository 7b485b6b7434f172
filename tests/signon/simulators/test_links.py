"""The simulated vendors of links welcome what the portal sends, and catch whatever is wrong with it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from navette.signon.calls import Answer
from navette.signon.identifiers import pairwise_id
from navette.signon.links.posted import PostedLink
from navette.signon.models import ClockFormat, VendorAccess, WayName
from navette.signon.opening import WAYS, open_resource
from navette.signon.simulators import links
from navette.signon.simulators.vendor import Arrival, Known, Welcome
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from tests.factories import GrantFactory, vendor

NOW = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
KEY = "clé-partagée-0123456789"
HOME = "https://vendor.example.org/in?portail=33"
PORTAL = "https://portail.example.org"
SENT = [WayName.SIGNED, WayName.HASHED, WayName.FIELDS, WayName.CALLBACK, WayName.POSTED]
DATED = [ClockFormat.NONE, ClockFormat.UNIX, ClockFormat.DAY, ClockFormat.MINUTE]


def call(method: str, url: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> Answer:
    """Reach the portal as the vendor's server does."""
    parts = urlsplit(url)
    assert (method, f"{parts.scheme}://{parts.netloc}") == ("GET", PORTAL)
    answer = Client().get(f"{parts.path}?{parts.query}")
    return Answer(answer.status_code, answer.text)


def silent(method: str, url: str, data: Mapping[str, str] | None, headers: Mapping[str, str]) -> Answer:
    """Reach nobody."""
    return Answer(0, "ConnectTimeout")


def known_of(access: VendorAccess, **wrong: Any) -> Known:
    """Return what the vendor of `access` has typed in, with what is `wrong`."""
    right = Known(
        PORTAL,
        access.address,
        key=access.key,
        establishment=access.establishment,
        clock=access.clock,
        resource=access.resource.slug,
    )
    return replace(right, **wrong)


def connected(way: WayName, **fields: Any) -> VendorAccess:
    """Return a vendor that is told the last name."""
    given_ = {"key": KEY, "establishment": "bib33", "address": HOME, "tells": {"last_name": "nom"}} | fields
    return vendor(way=way, **given_)


def subscriber(access: VendorAccess) -> Subscription:
    """Return a subscription that opens the resource."""
    return GrantFactory(resource=access.resource).subscription  # type: ignore[no-any-return]


def left(access: VendorAccess, subscription: Subscription, monkeypatch: pytest.MonkeyPatch, **wrong: Any) -> str:
    """Return the address at which the reader arrives."""

    def post(method: str, url: str, data: str, headers: Mapping[str, str]) -> Answer:
        return Answer(*links.receive(known_of(access, **wrong), data))

    monkeypatch.setitem(WAYS, WayName.POSTED, PostedLink(post))
    return open_resource(subscription.reader.user, access.resource).address


def changed(link: str, **parameters: str | None) -> str:
    """Return `link` with some of its parameters changed, or taken away where they are None."""
    parts = urlsplit(link)
    query = {name: value for name, value in (dict(parse_qsl(parts.query)) | parameters).items() if value is not None}
    return parts._replace(query=urlencode(query)).geturl()


def looked_at(access: VendorAccess, address: str, reach: Any = call, **wrong: Any) -> Welcome:
    """Return what the vendor makes of an arrival."""
    return links.SIMULATORS[access.way](known_of(access, **wrong), Arrival(address), reach)


def refused_at(welcome: Welcome) -> str:
    """Return the title of the step at which somebody was refused."""
    assert not welcome.identifier
    assert not welcome.told
    assert not welcome.steps[-1].ok
    assert all(step.ok for step in welcome.steps[:-1])
    assert all(step.meaning for step in welcome.steps)
    return welcome.steps[-1].title


@pytest.mark.django_db
@pytest.mark.parametrize("way", SENT)
def test_a_wrong_key_is_told(way: WayName, monkeypatch: pytest.MonkeyPatch) -> None:
    access = connected(way)
    address = left(access, subscriber(access), monkeypatch)
    welcome = looked_at(access, address, key="une autre clé")
    assert refused_at(welcome) in {"Empreinte", "Empreinte de chaque champ", "Signature", "Message du portail"}


CHANGES: list[tuple[WayName, dict[str, str | None], str]] = [
    (WayName.SIGNED, {"id": "0" * 32}, "Signature"),
    (WayName.SIGNED, {"resource": "autre"}, "Ressource"),
    (WayName.SIGNED, {"signature": "é"}, "Signature"),
    (WayName.SIGNED, {"time": "1"}, "Signature"),
    (WayName.SIGNED, {"nonce": None}, "Lien complet"),
    (WayName.HASHED, {"id": "0" * 32}, "Empreinte"),
    (WayName.HASHED, {"id_encrypted": "0" * 64}, "Empreinte"),
    (WayName.HASHED, {"id_encrypted": None}, "Lien complet"),
    (WayName.HASHED, {"sso_id": "bib34"}, "Identifiant du portail"),
    (WayName.HASHED, {"sso_id": None}, "Identifiant du portail"),
    (WayName.FIELDS, {"id": "0" * 32}, "Empreinte de chaque champ"),
    (WayName.FIELDS, {"nom": "Autre"}, "Empreinte de chaque champ"),
    (WayName.FIELDS, {"nom_sha256": None}, "Empreinte de chaque champ"),
    (WayName.FIELDS, {"prenom": "Autre"}, "Empreinte de chaque champ"),
    (WayName.FIELDS, {"d": "0" * 64}, "Empreinte du jour"),
    (WayName.FIELDS, {"d": None}, "Lien complet"),
    (WayName.CALLBACK, {"uid": "0" * 32}, "Empreinte"),
    (WayName.CALLBACK, {"token": "0" * 32}, "Empreinte"),
    (WayName.CALLBACK, {"bibid": "34"}, "Identifiant du portail"),
    (WayName.CALLBACK, {"token": None}, "Lien complet"),
    (WayName.POSTED, {"entree": "e30="}, "Message du portail"),
    (WayName.POSTED, {"sceau": "0" * 64}, "Message du portail"),
    (WayName.POSTED, {"sceau": None}, "Lien complet"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("way", "change", "step"), CHANGES)
def test_a_link_altered_in_any_part_is_refused(
    way: WayName, change: dict[str, str | None], step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = connected(way)
    address = left(access, subscriber(access), monkeypatch)
    assert refused_at(looked_at(access, changed(address, **change))) == step


@pytest.mark.django_db
@pytest.mark.parametrize("way", SENT)
def test_a_parameter_that_arrives_twice_is_refused(way: WayName, monkeypatch: pytest.MonkeyPatch) -> None:
    access = connected(way)
    address = left(access, subscriber(access), monkeypatch)
    name = parse_qsl(urlsplit(address).query)[-1][0]
    assert refused_at(looked_at(access, f"{address}&{name}=x")) == "Lien complet"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("way", "clock", "seconds", "step"),
    [
        (WayName.SIGNED, ClockFormat.NONE, 61, "Date du lien"),
        (WayName.SIGNED, ClockFormat.NONE, -61, "Date du lien"),
        (WayName.HASHED, ClockFormat.UNIX, 61, "Date du lien"),
        (WayName.HASHED, ClockFormat.MINUTE, 121, "Date du lien"),
        (WayName.HASHED, ClockFormat.DAY, 86_400, "Date du lien"),
        (WayName.FIELDS, ClockFormat.NONE, 86_400, "Empreinte du jour"),
        (WayName.CALLBACK, ClockFormat.NONE, 61, "Question au portail"),
        (WayName.POSTED, ClockFormat.NONE, 61, "Date du lien"),
    ],
)
def test_sso_02_a_link_that_is_too_old_is_refused(
    way: WayName, clock: ClockFormat, seconds: int, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = connected(way, clock=clock)
    with time_machine.travel(NOW, tick=False) as time:
        address = left(access, subscriber(access), monkeypatch)
        time.shift(seconds)
        assert refused_at(looked_at(access, address)) == step


@pytest.mark.django_db
def test_a_link_that_says_when_is_not_what_a_vendor_without_clock_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    access = connected(WayName.HASHED, clock=ClockFormat.UNIX)
    address = left(access, subscriber(access), monkeypatch)
    assert refused_at(looked_at(access, address, clock="none")) == "Empreinte"


@pytest.mark.django_db
def test_sso_02_a_link_that_has_served_is_refused_where_the_vendor_keeps_a_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access = connected(WayName.SIGNED)
    arrival, seen = Arrival(left(access, subscriber(access), monkeypatch)), set[str]()

    def first_use(nonce: str) -> bool:
        known = nonce in seen
        seen.add(nonce)
        return not known

    assert links.signed(known_of(access), arrival, silent, first_use).identifier
    assert refused_at(links.signed(known_of(access), arrival, silent, first_use)) == "Première utilisation"


@pytest.mark.django_db
def test_sso_02_a_token_serves_once_and_a_portal_that_is_silent_lets_nobody_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    access = connected(WayName.CALLBACK)
    address = left(access, subscriber(access), monkeypatch)
    assert refused_at(looked_at(access, address, silent)) == "Question au portail"
    assert looked_at(access, address).identifier
    assert refused_at(looked_at(access, address)) == "Question au portail"


@pytest.mark.django_db
def test_sso_05_who_is_no_member_any_more_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    access = connected(WayName.CALLBACK)
    address = left(access, subscriber(access), monkeypatch)
    ResourceGrant.objects.update(state=GrantState.REFUSED)
    assert refused_at(looked_at(access, address)) == "Abonnement"


@pytest.mark.parametrize("body", ["", "[]", "[" * 99_999, "{}", '{"email": "a@b", "id": "1"}', '{"email": 3}'])
def test_a_message_that_nobody_signed_is_answered_by_an_error(body: str) -> None:
    assert links.receive(Known(PORTAL, HOME, key=KEY), body)[0] == 403


@pytest.mark.parametrize(
    "page",
    [
        "",
        "https://portail.example.org.evil.org/",
        "http://portail.example.org/",
        "https://evil.org/?portail",
        "https://[",
    ],
)
def test_who_does_not_come_from_the_portal_is_refused(page: str) -> None:
    welcome = links.referer(Known(PORTAL, HOME), Arrival(HOME, referer=page), silent)
    assert refused_at(welcome) == "Page de provenance"


@given(way=st.sampled_from(sorted(links.SIMULATORS)), query=st.dictionaries(st.text(), st.text()), page=st.text())
def test_nothing_that_arrives_fails(way: str, query: dict[str, str], page: str) -> None:
    address = f"{HOME}&{urlencode(query, errors='replace')}"
    welcome = links.SIMULATORS[way](Known(PORTAL, HOME, key=KEY), Arrival(address, referer=page), silent)
    assert bool(welcome.identifier) is (way == "plain")


@pytest.mark.django_db
@pytest.mark.parametrize("clock", DATED)
@pytest.mark.parametrize("way", SENT)
def test_sso_03_who_arrives_by_the_portal_is_known_by_the_opaque_identifier_and_what_is_released(
    way: WayName, clock: ClockFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = connected(way, clock=clock)
    subscription = subscriber(access)
    welcome = looked_at(access, left(access, subscription, monkeypatch))
    assert all(step.ok for step in welcome.steps), welcome.steps
    assert welcome.identifier == pairwise_id(subscription.reader, access.resource)
    assert welcome.told == ({} if way == WayName.SIGNED else {"nom": subscription.reader.last_name})


def test_who_comes_from_the_portals_page_is_welcome_and_nobody_known() -> None:
    welcome = links.referer(Known(PORTAL, HOME), Arrival(HOME, referer=f"{PORTAL}/"), silent)
    assert (welcome.identifier, welcome.told) == (links.VISITOR, {})
