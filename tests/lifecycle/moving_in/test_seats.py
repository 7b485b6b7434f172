"""SUB-11: subscribers taken over have a seat while there is one; others wait, in the order of the file, as is told."""

import datetime as dt
import io

import openpyxl
import pytest

from navette.accounts.models import User
from navette.core import clock
from navette.lifecycle.moving_in import running
from navette.mail.models import OutgoingMail
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, ResourceGrant
from navette.subscriptions.queries import queue_of, seats_taken
from tests import factories
from tests.lifecycle.moving_in.files import SUBSCRIBERS, counts, person, taken_over
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("today")
TOLD = "Plus de place pour « Comble » : la personne est reprise, et y est en liste d’attente."
OVER = {"state": "Expiré", "start": "01/01/2024", "end": "01/01/2025"}


@pytest.fixture
def full() -> DigitalResource:
    """Return a resource with two seats."""
    made: DigitalResource = factories.ResourceFactory(name="Comble", seats=2)
    return made


def file_of(*lines: str) -> str:
    return SUBSCRIBERS + "".join(lines)


def states() -> dict[str, str]:
    """Return the state of each one's access to the limited resource, by name."""
    rows = ResourceGrant.objects.filter(resource__name="Comble").order_by("subscription__reader__last_name")
    return dict(rows.values_list("subscription__reader__last_name", "state"))


def told(job: object) -> list[tuple[int, str, str, bool]]:
    rows = job.rejects.values_list("line", "column", "reason", "taken")  # type: ignore[attr-defined]
    return list(rows)


def asking(*numbers: int, **changes: str) -> list[str]:
    return [person(n, **({"resources": "Presse, Comble"} | changes)) for n in numbers]


@pytest.mark.parametrize("dry_run", [True, False])
def test_sub_11_no_more_seats_are_taken_than_there_are(
    administrator: User, full: DigitalResource, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    """Also over several slices, and in a dry run, which takes each slice back."""
    monkeypatch.setattr(running, "ROWS", 2)
    text = file_of(*asking(0, **OVER), *asking(1, state="En attente"), *asking(2, 3, 4, 5))
    job = taken_over("subscribers", text, administrator, dry_run=dry_run)
    assert counts(job) == (6, 0, 0, 0)
    assert told(job) == [(6, "Ressources", TOLD, True), (7, "Ressources", TOLD, True)]
    if dry_run:
        assert states() == {}
        return
    waiting, granted = GrantState.WAITING, GrantState.GRANTED
    assert states() == {
        "Nom 0": granted, "Nom 1": "requested", "Nom 2": granted, "Nom 3": granted, "Nom 4": waiting, "Nom 5": waiting,
    }  # fmt: skip
    assert seats_taken(full.pk, dt.date(2027, 3, 1)) == 2
    queue = queue_of(full.pk, dt.date(2027, 3, 1))
    assert [str(row.subscription.reader.last_name) for row in queue] == ["Nom 4", "Nom 5"]
    assert set(ResourceGrant.objects.filter(resource__name="Presse").values_list("state", flat=True)) == {
        granted, "requested",
    }  # fmt: skip
    assert not OutgoingMail.objects.exists()


def test_sub_11_who_waits_here_already_is_not_overtaken(administrator: User, full: DigitalResource) -> None:
    DigitalResource.objects.filter(pk=full.pk).update(seats=1)
    here = factories.SubscriptionFactory(active=True, reader__last_name="Ici")
    factories.GrantFactory(subscription=here, resource=full, state=GrantState.WAITING, waits_since=clock.now())
    job = taken_over("subscribers", file_of(*asking(1)), administrator)
    assert states() == {"Ici": GrantState.GRANTED, "Nom 1": GrantState.WAITING}
    assert told(job) == [(2, "Ressources", TOLD, True)]
    assert list(OutgoingMail.objects.values_list("to_email", flat=True)) == [here.reader.user.email]


def test_sub_11_the_same_file_again_keeps_seats_and_places(administrator: User, full: DigitalResource) -> None:
    text = file_of(*asking(1, 2, 3, 4))
    taken_over("subscribers", text, administrator)
    before = list(ResourceGrant.objects.order_by("pk").values())
    again = taken_over("subscribers", text, administrator)
    assert counts(again) == (0, 0, 4, 0)
    assert told(again) == []
    assert list(ResourceGrant.objects.order_by("pk").values()) == before


def test_sub_11_a_newer_file_frees_seats_for_those_who_wait(administrator: User, full: DigitalResource) -> None:
    taken_over("subscribers", file_of(*asking(1, 2, 3, 4)), administrator)
    newer = file_of(*asking(1, **OVER), *asking(2, resources="Presse"), *asking(3, 4))
    job = taken_over("subscribers", newer, administrator)
    assert counts(job) == (0, 2, 2, 0)
    assert told(job) == []
    assert states() == {"Nom 1": "granted", "Nom 3": "granted", "Nom 4": "granted"}
    back = taken_over("subscribers", file_of(*asking(1, 2)), administrator)  # those who come back wait like others
    assert counts(back) == (0, 2, 0, 0)
    assert states() == {"Nom 1": "waiting", "Nom 2": "waiting", "Nom 3": "granted", "Nom 4": "granted"}
    assert [line for line, *_rest in told(back)] == [2, 3]


def test_sub_11_the_report_tells_who_waits_apart_from_what_was_left_out(
    administrator: User, full: DigitalResource
) -> None:
    text = file_of(*asking(1, 2, 3), person(9, state="?"))
    job = taken_over("subscribers", text, administrator)
    client = client_of(administrator)
    page = " ".join(client.get(f"/console/reprise/{job.pk}").content.decode().split())
    assert "1 ligne reprise, à savoir" in page
    assert page.count(TOLD.replace("\u00a0", " ")) == 1
    assert "<strong>1</strong> rejetés" in page
    sent = client.get(f"/console/reprise/{job.pk}/rejets.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sent.streaming_content)))  # type: ignore[attr-defined]
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    assert [(row[0], row[3]) for row in rows[-2:]] == [("4", "oui"), ("5", "non")]
