"""A trial goes the whole way through the portal's own doors to a simulated vendor, and says what is wrong in words."""

from typing import Any

import pytest

from navette.core.models import AuditRow
from navette.portal.models import Portal
from navette.signon.models import EventKind, Opening, SignonEvent, Ticket, VendorAccess, WayName
from navette.signon.trials import STOPS, Trial
from navette.signon.trying import Outcome, Said, Verdict, run
from tests.factories import vendor
from tests.signon.portal_calls import call

pytestmark = pytest.mark.django_db
KEY = "cle-partagee-avec-le-fournisseur"
SERVICE = "https://vendor.example.org/app"
ELSEWHERE = "https://autre.example.org/app"
FIELDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "signed": {"key": KEY},
    "hashed": {"key": KEY, "clock": "unix", "establishment": "33"},
    "fields": {"key": KEY},
    "callback": {"key": KEY, "establishment": "bib33"},
    "posted": {"key": KEY},
    "referer": {},
    "cas": {"addresses": {SERVICE: "service"}},
    "saml": {"addresses": {SERVICE: "acs"}, "entity_id": "urn:vendor"},
    "oidc": {"addresses": {SERVICE: "redirect"}, "key": KEY, "client_id": "the-vendor"},
}
KEYED = ("signed", "hashed", "fields", "callback", "posted", "oidc")
BY_DOOR = ("cas", "saml", "oidc")
TOLD = {"mail": "courriel", "birth_date": "naissance"}


def access_by(way: str) -> VendorAccess:
    """Return a vendor of that way, set up well, which is told two attributes where it can be."""
    known = {"way": way, "address": SERVICE} | FIELDS[way]
    return vendor(tells={} if way in {"plain", "referer", "signed"} else TOLD, **known)


def tried(way: str, trial: Trial = Trial.MAY, **said: str) -> Outcome:
    """Return how a trial at a vendor of that way ends."""
    return run(access_by(way), trial, Said(**said), call)


def last(outcome: Outcome) -> str:
    """Return the title and meaning of the step at which a trial ended."""
    step = outcome.steps[-1]
    assert not step.ok
    return f"{step.title} : {step.meaning}"


@pytest.fixture(autouse=True)
def _portal(portal: Portal) -> None:
    """Pages are drawn with the portal's settings."""


@pytest.mark.parametrize("way", WayName.values)
def test_what_is_set_up_well_lets_the_reader_in_and_is_never_counted(way: str) -> None:
    outcome = tried(way)
    assert (outcome.verdict, [step.title for step in outcome.steps if not step.ok]) == (Verdict.WELCOMED, [])
    if way in {"hashed", "callback", "cas", "saml", "oidc"}:
        assert outcome.told["courriel"] == "camille.essai@example.org"
    assert not Opening.objects.exists()
    assert not AuditRow.objects.filter(action__contains="open").exists()
    assert not SignonEvent.objects.filter(trial=False).exists()
    assert not SignonEvent.objects.filter(reader__isnull=False).exists()
    assert SignonEvent.objects.filter(kind=EventKind.SENT).exists()


@pytest.mark.parametrize("trial", STOPS)
@pytest.mark.parametrize("way", WayName.values)
def test_sso_05_a_reader_who_may_not_is_stopped_with_what_they_read(way: str, trial: Trial) -> None:
    outcome = tried(way, trial)
    assert outcome.verdict == Verdict.STOPPED
    assert "Le lecteur lit" in last(outcome)
    assert SignonEvent.objects.get().kind == EventKind.STOPPED
    assert not Ticket.objects.filter(used_at__isnull=True).exists()


def test_an_expired_reader_is_explained() -> None:
    assert "Votre abonnement a pris fin" in last(tried("cas", Trial.EXPIRED))


@pytest.mark.parametrize("way", KEYED)
def test_a_wrong_key_is_explained(way: str) -> None:
    outcome = tried(way, key="une-toute-autre-cle-que-la-notre")
    assert outcome.verdict == Verdict.FAILED
    assert "clé" in last(outcome) or "secret" in last(outcome)
    assert KEY not in str(outcome.steps)


@pytest.mark.parametrize("way", BY_DOOR)
def test_sso_04_a_wrong_service_address_is_explained(way: str) -> None:
    outcome = tried(way, service=ELSEWHERE)
    assert outcome.verdict == Verdict.FAILED
    assert "n’est pas enregistrée" in last(outcome)
    assert outcome.steps[-1].facts["vendor"] == ELSEWHERE
    assert outcome.steps[-1].facts["registered"] == SERVICE
    assert not Ticket.objects.exists()


@pytest.mark.parametrize("way", ["plain", "signed", "callback", "posted"])
def test_a_vendor_that_awaits_readers_elsewhere_is_explained(way: str) -> None:
    outcome = tried(way, service=ELSEWHERE)
    assert outcome.verdict == Verdict.FAILED
    assert "là où le fournisseur les attend" in last(outcome)
    assert tried(way, service=f"{SERVICE}/?langue=fr").verdict == Verdict.WELCOMED


@pytest.mark.parametrize("way", BY_DOOR)
def test_a_vendor_without_address_or_name_is_explained_too(way: str) -> None:
    access = vendor(way=way, address=SERVICE)
    outcome = run(access, Trial.MAY, Said(), call)
    assert outcome.verdict == Verdict.FAILED
    assert last(outcome)


@pytest.mark.parametrize("way", ["callback", "cas", "saml", "oidc"])
def test_a_portal_that_vendors_do_not_reach_is_explained(way: str) -> None:
    access = access_by(way)
    outcome = run(access, Trial.MAY, Said(), lambda *_asked: call("GET", "https://nowhere.example.org/", None, {}))
    assert outcome.verdict == Verdict.FAILED
    assert last(outcome)


def test_of_two_vendors_with_the_same_service_the_other_is_not_tried() -> None:
    access_by("cas")
    other = vendor(way="cas", address="https://b.example.org/", addresses={"https://b.example.org/": "service"})
    outcome = run(other, Trial.MAY, Said(service=SERVICE), call)
    assert outcome.verdict == Verdict.FAILED
