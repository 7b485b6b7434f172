"""A vendor's server asks about a token: once for each opening, within a minute, and strangers learn nothing."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from navette.readers.models import Reader
from navette.resources.models import DigitalResource
from navette.signon.models import EventKind, Opening, SignonEvent, VendorAccess, WayName
from navette.signon.opening import depart, open_resource
from navette.signon.trials import Trial, subscription_of
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.web.sso import callback
from tests.at_once import at_once
from tests.factories import GrantFactory, vendor

NOW = dt.datetime(2027, 3, 1, 10, 0, tzinfo=dt.UTC)
TELLS = {"last_name": "nom", "mail": "mail"}


@pytest.fixture
def access(db: None) -> VendorAccess:
    return make_access()


def make_access(**settings: Any) -> VendorAccess:
    """Return a vendor that asks back about the readers it is sent, and is told their name and mail."""
    return vendor(way=WayName.CALLBACK, key="k" * 40, establishment="33", tells=TELLS, **settings)


def reader_who_may(access: VendorAccess) -> Reader:
    """Return a reader who may open the resource of `access`."""
    reader: Reader = GrantFactory(resource=access.resource).subscription.reader
    return reader


def brought(access: VendorAccess, reader: Reader) -> dict[str, str]:
    """Return what the vendor gets by an opening of `reader`."""
    link = open_resource(reader.user, access.resource).address
    return dict(parse_qsl(urlsplit(link).query))


def ask(access: VendorAccess, query: Any, method: str = "get") -> Any:
    """Return the portal's answer to the vendor's server."""
    address = reverse("links:callback", args=[access.resource.slug])
    return getattr(Client(enforce_csrf_checks=True), method)(address, query)


@pytest.mark.parametrize(
    "change",
    [{"token": "0" * 32}, {"uid": "0" * 32}, {"token": ""}, {"uid": ""}, {"token": "\0"}, {"uid": "é", "token": "è"}],
)
def test_sso_02_strangers_learn_nothing_and_spend_nothing(access: VendorAccess, change: dict[str, str]) -> None:
    query = brought(access, reader_who_may(access))
    answer = ask(access, query | change)
    assert (answer.status_code, answer.json()) == (403, {"valid": False})
    assert ask(access, query).json()["valid"] is True


def test_sso_02_without_anything_asked_nothing_is_told(access: VendorAccess) -> None:
    brought(access, reader_who_may(access))
    for method in ("get", "post"):
        answer = ask(access, {}, method)
        assert (answer.status_code, answer.json()) == (403, {"valid": False})


def test_sso_02_the_token_of_one_resource_is_worth_nothing_at_another(access: VendorAccess) -> None:
    other = make_access()
    assert ask(other, brought(access, reader_who_may(access))).status_code == 403


@pytest.mark.parametrize("slug", ["inconnue", "lien-simple"])
def test_a_resource_that_does_not_ask_back_has_no_such_address(access: VendorAccess, slug: str) -> None:
    vendor(resource__slug="lien-simple")
    assert Client().get(reverse("links:callback", args=[slug])).status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete", "head"])
def test_no_other_method_asks(access: VendorAccess, method: str) -> None:
    assert ask(access, {}, method).status_code == 405


def test_sso_02_the_portal_answers_once_for_each_opening(access: VendorAccess) -> None:
    reader = reader_who_may(access)
    query = brought(access, reader)
    assert ask(access, query).json()["valid"] is True
    assert ask(access, query).status_code == 403
    assert SignonEvent.objects.latest("pk").reason == "ticket_used"
    assert brought(access, reader) == query  # the old recipe's token is the same again...
    assert ask(access, query).json()["valid"] is True  # ...and good for this opening only
    assert ask(access, query).status_code == 403


def test_two_openings_before_the_first_question_are_both_answered(access: VendorAccess) -> None:
    reader = reader_who_may(access)
    first, second = brought(access, reader), brought(access, reader)
    assert [ask(access, query).status_code for query in (first, second, first)] == [200, 200, 403]


@pytest.mark.parametrize(("seconds", "status"), [(59, 200), (60, 403), (3_600, 403)])
def test_sso_02_a_question_comes_within_a_minute(access: VendorAccess, seconds: int, status: int) -> None:
    with time_machine.travel(NOW, tick=False) as time:
        query = brought(access, reader_who_may(access))
        time.shift(seconds)
        assert ask(access, query).status_code == status


def test_sso_05_who_may_not_any_more_is_said_to_be_no_member_and_nothing_is_told(access: VendorAccess) -> None:
    reader = reader_who_may(access)
    query = brought(access, reader)
    ResourceGrant.objects.update(state=GrantState.REFUSED)
    answer = ask(access, query)
    assert (answer.status_code, answer.json()) == (200, {"valid": False, "uid": query["uid"]})
    event = SignonEvent.objects.latest("pk")
    assert (event.kind, event.reason, event.reader) == (EventKind.FAILED, "grant_refused", reader)
    assert not Opening.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_sso_03_a_member_is_told_of_as_released_and_counted_once(access: VendorAccess, method: str) -> None:
    reader = reader_who_may(access)
    query = brought(access, reader)
    assert not Opening.objects.exists()
    answer = ask(access, query, method)
    assert answer.json() == {"valid": True, "uid": query["uid"], "nom": reader.last_name, "mail": reader.user.email}
    assert "no-store" in answer["Cache-Control"]
    assert Opening.objects.get().reader == reader
    assert [event.kind for event in SignonEvent.objects.order_by("pk")] == [EventKind.SENT, EventKind.CHECKED]


def test_an_attribute_given_the_name_of_ours_does_not_replace_it(access: VendorAccess) -> None:
    access.released.filter(attribute="last_name").update(name="valid")
    query = brought(access, reader_who_may(access))
    assert ask(access, query).json()["valid"] is True


def test_a_trial_is_answered_and_not_counted(access: VendorAccess) -> None:
    subscription: Subscription = subscription_of(Trial.MAY, access.resource, NOW.date())
    link = depart(access, Trial.MAY, subscription).address
    assert ask(access, dict(parse_qsl(urlsplit(link).query))).json()["nom"] == "Essai"
    assert not Opening.objects.exists()


def test_who_guesses_is_told_to_wait_and_fills_no_record(access: VendorAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callback, "WRONG_AT_MOST", 3)
    query = brought(access, reader_who_may(access))
    statuses = [ask(access, query | {"token": str(n)}).status_code for n in range(5)]
    assert statuses == [403, 403, 403, 429, 429]
    assert SignonEvent.objects.filter(kind=EventKind.FAILED).count() == 3
    assert ask(access, query).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_sso_02_of_fifty_simultaneous_questions_one_is_answered() -> None:
    access = make_access()
    query = brought(access, reader_who_may(access))
    answers = at_once(lambda _number: ask(access, query).status_code, 50)
    assert sorted(answers) == [200] + [403] * 49
    assert Opening.objects.count() == 1


TEXTS = st.one_of(st.text(max_size=80), st.sampled_from(["uid", "token", "[]", "\0", "é"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.dictionaries(TEXTS, TEXTS, max_size=4), uid=TEXTS, token=TEXTS, post=st.booleans())
def test_no_question_whatever_fails_or_learns_anything(
    access: VendorAccess, query: dict[str, str], uid: str, token: str, post: bool
) -> None:
    answer = ask(access, query | {"uid": uid, "token": token}, "post" if post else "get")
    assert answer.status_code in {403, 429}
    assert answer.json() == {"valid": False}


def test_the_address_names_the_resource_and_nothing_else(access: VendorAccess) -> None:
    resource: DigitalResource = access.resource
    assert reverse("links:callback", args=[resource.slug]) == f"/liens/{resource.slug}/verification"
