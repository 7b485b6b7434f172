"""Each step of signing on in sentences: every reason has its meaning, and what to do."""

from collections.abc import Iterator

import pytest

from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.events import REASONS
from navette.signon.explaining import REMEDIES, STOPS, explain
from navette.signon.models import EventKind, SignonEvent


def stops(kind: type[errors.Stopped] = errors.Stopped) -> Iterator[type[errors.Stopped]]:
    """Yield every reason for which the portal stops somebody."""
    for row in kind.__subclasses__():
        yield row
        yield from stops(row)


def event(kind: EventKind, reason: str = "") -> SignonEvent:
    """Return a step about a resource of the vendor Rivage, not saved."""
    return SignonEvent(kind=kind, reason=reason, way="cas", resource=DigitalResource(name="Ciné", vendor="Rivage"))


def test_every_reason_for_a_stop_has_its_words() -> None:
    assert {row.code for row in stops()} == set(STOPS)


def test_every_remedy_is_of_a_reason_that_exists() -> None:
    assert set(REMEDIES) <= set(REASONS)
    assert not set(STOPS) & set(REASONS)


@pytest.mark.parametrize("reason", [*STOPS, *REASONS, "odd", ""])
@pytest.mark.parametrize("kind", [EventKind.STOPPED, EventKind.FAILED, EventKind.VENDOR_ERROR])
def test_what_went_wrong_is_told_with_what_to_do(kind: EventKind, reason: str) -> None:
    sentence = explain(event(kind, reason))
    assert sentence.told
    assert sentence.to_do


def test_what_went_well_asks_nothing() -> None:
    assert explain(event(EventKind.SENT)).told == "Le portail a laissé passer le lecteur et l’a envoyé chez Rivage."
    assert explain(event(EventKind.CHECKED)).told == "Rivage a vérifié auprès du portail : l’accès a été confirmé."
    assert not explain(event(EventKind.SENT)).to_do + explain(event(EventKind.CHECKED)).to_do


def test_a_no_to_the_vendor_is_told_apart_from_a_stop_at_the_portal() -> None:
    assert explain(event(EventKind.STOPPED, "expired")).told.startswith("Le portail a arrêté le lecteur")
    assert explain(event(EventKind.FAILED, "expired")).told.startswith(
        "Quand Rivage a vérifié, le portail a répondu non"
    )
    assert "un fournisseur" in explain(SignonEvent(kind=EventKind.SENT, way="cas")).told
