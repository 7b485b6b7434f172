"""« Mes suggestions » (L9): what a library asks the département to buy, and what was answered."""

from typing import Any

import pytest
from django.test import Client

from navette.core import clock
from navette.editorial.models import PurchaseSuggestion, SuggestionState
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from tests import factories
from tests.web.browsing import client_of

LIST, NEW = "/pro/suggestions", "/pro/suggestions/nouvelle"
WORK = {"kind": "book", "title": "Un atlas", "creator": "", "publisher": "", "isbn": "", "comment": "Pour l’école."}


@pytest.fixture
def answered(library: Library) -> PurchaseSuggestion:
    values: dict[str, Any] = {"state": SuggestionState.BOUGHT, "answer": "Il arrive.", "answered_at": clock.now()}
    return PurchaseSuggestion.objects.create(library=library, title="Un herbier", **values)


def test_sub_08_another_library_reads_nothing(answered: PurchaseSuggestion) -> None:
    page = client_of(factories.library_account(factories.LibraryFactory())).get(LIST).content.decode()
    assert answered.title not in page
    assert answered.answer not in page


def test_a_viewer_reads_and_does_not_suggest(library: Library, answered: PurchaseSuggestion) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    page = viewer.get(LIST).content.decode()
    assert answered.answer in page
    assert NEW not in page
    assert viewer.get(NEW).status_code == viewer.post(NEW, WORK).status_code == 403
    assert PurchaseSuggestion.objects.count() == 1


def test_nobody_else_suggests(portal: object) -> None:
    for client, status in (
        (Client(), 302),
        (client_of(factories.UserFactory()), 403),
        (client_of(factories.staff()), 403),
    ):
        assert client.post(NEW, WORK).status_code == status
    assert not PurchaseSuggestion.objects.exists()


@pytest.mark.parametrize("wrong", [{"title": ""}, {"title": "x" * 201}, {"comment": "x" * 1_001}, {"kind": "x"}])
def test_a_suggestion_that_is_none_is_refused(client: Client, wrong: dict[str, str]) -> None:
    answer = client.post(NEW, WORK | wrong)
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert not PurchaseSuggestion.objects.exists()
    assert not OutgoingMail.objects.exists()


def test_one_does_not_suggest_for_another_library(client: Client, library: Library) -> None:
    client.post(NEW, WORK | {"library": str(factories.LibraryFactory().pk)})
    assert PurchaseSuggestion.objects.get().library == library


def test_l9_a_suggestion_is_sent_to_the_team_and_listed(client: Client) -> None:
    page = client.post(NEW, WORK, follow=True).content.decode()
    assert "Un atlas" in page
    assert "Reçue" in page
    assert OutgoingMail.objects.get().kind == "suggestion_received"


def test_l9_the_answer_is_read_and_the_list_narrowed(client: Client, answered: PurchaseSuggestion) -> None:
    assert answered.answer in client.get(LIST).content.decode()
    assert answered.title in client.get(f"{LIST}?etat=bought").content.decode()
    assert answered.title not in client.get(f"{LIST}?etat=received").content.decode()
    assert client.get(f"{LIST}?etat=x&page=x").status_code == 200
