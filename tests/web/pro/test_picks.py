"""« Mes coups de cœur » and « Mes contributions » (L9): a library writes, proposes, and sees what became of it."""

import pytest
from django.test import Client

from navette.accounts.models import Kind
from navette.core import clock
from navette.editorial.models import Pick, PickState
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from tests import factories
from tests.web.browsing import client_of

LIST, NEW = "/pro/coups-de-coeur", "/pro/coups-de-coeur/nouveau"
WORK = {"kind": "book", "title": "Les Années", "creator": "Annie Ernaux", "isbn": "", "review": "Une vie."}


@pytest.fixture
def draft(library: Library) -> Pick:
    return Pick.objects.create(library=library, title="Un brouillon", review="À écrire.")


def moved(pick: Pick, state: str) -> Pick:
    at = clock.now() if state == PickState.PUBLISHED else None
    Pick.objects.filter(pk=pick.pk).update(state=state, published_at=at)
    return Pick.objects.get(pk=pick.pk)


# ---- who may not
def test_sub_08_another_library_finds_nothing(draft: Pick) -> None:
    stranger = client_of(factories.library_account(factories.LibraryFactory()))
    assert draft.title not in stranger.get(LIST).content.decode()
    for address in (f"{LIST}/{draft.pk}", f"{LIST}/{draft.pk}/proposer"):
        assert stranger.post(address, WORK).status_code == 404
    assert stranger.get(f"{LIST}/{draft.pk}").status_code == 404
    row = Pick.objects.get()
    assert (row.title, row.state) == (draft.title, PickState.DRAFT)


def test_a_viewer_reads_and_does_not_write(library: Library, draft: Pick) -> None:
    viewer = client_of(factories.library_account(library, Profile.VIEWER))
    page = viewer.get(LIST).content.decode()
    assert draft.title in page
    assert NEW not in page
    shown = viewer.get(f"{LIST}/{draft.pk}").content.decode()
    assert "À écrire." in shown
    assert "Garder le brouillon" not in shown
    assert viewer.get(NEW).status_code == viewer.post(NEW, WORK).status_code == 403
    for address in (f"{LIST}/{draft.pk}", f"{LIST}/{draft.pk}/proposer"):
        assert viewer.post(address, WORK | {"proposer": "1"}).status_code == 403
    assert [row.state for row in Pick.objects.all()] == [PickState.DRAFT]


def test_nobody_else_gets_in(draft: Pick) -> None:
    for client, status in ((Client(), 302), (client_of(factories.UserFactory()), 403)):
        for address in (NEW, f"{LIST}/{draft.pk}", f"{LIST}/{draft.pk}/proposer"):
            assert client.post(address, WORK).status_code == status
    assert client_of(factories.staff()).post(NEW, WORK).status_code == 403
    assert Pick.objects.get().title == draft.title


def test_one_does_not_write_in_the_name_of_another_library(client: Client, library: Library) -> None:
    other = factories.LibraryFactory()
    client.post(NEW, WORK | {"library": str(other.pk)})
    assert Pick.objects.get().library == library
    account, second = factories.UserFactory(kind=Kind.LIBRARIAN), factories.LibraryFactory()
    for own in (library, second):
        factories.MembershipFactory(library=own, user=account)
    several = client_of(account)
    assert several.post(NEW, WORK | {"library": str(other.pk)}).status_code == 400
    assert several.post(NEW, WORK).status_code == 400
    assert several.post(NEW, WORK | {"library": str(second.pk)}).status_code == 302
    assert {row.library for row in Pick.objects.all()} == {library, second}


# ---- which state
@pytest.mark.parametrize("state", [PickState.PROPOSED, PickState.PUBLISHED])
def test_what_the_staff_have_is_not_changed_any_more(client: Client, draft: Pick, state: str) -> None:
    moved(draft, state)
    assert "Garder le brouillon" not in client.get(f"{LIST}/{draft.pk}").content.decode()
    answer = client.post(f"{LIST}/{draft.pk}", WORK)
    assert answer.status_code == 400
    assert "a changé entre-temps" in answer.content.decode()
    again = client.post(f"{LIST}/{draft.pk}/proposer", follow=True).content.decode()
    assert "a changé entre-temps" in again
    row = Pick.objects.get()
    assert (row.title, row.state) == (draft.title, state)
    assert not OutgoingMail.objects.exists()


def test_a_second_click_proposes_once(client: Client, draft: Pick) -> None:
    for _click in range(2):
        assert client.post(f"{LIST}/{draft.pk}/proposer").status_code == 302
    assert OutgoingMail.objects.filter(kind="pick_proposed").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"title": " "}, {"review": ""}, {"review": "x" * 4_001}, {"title": "x" * 201}, {"kind": "x"}, {"resource": "9"}],
)
def test_a_pick_that_is_none_is_refused(client: Client, wrong: dict[str, str]) -> None:
    assert client.post(NEW, WORK | wrong).status_code == 400
    assert not Pick.objects.exists()


# ---- writing
def test_l9_a_draft_is_kept_then_proposed_by_its_form(client: Client) -> None:
    assert client.post(NEW, WORK).status_code == 302
    row = Pick.objects.get()
    assert row.state == PickState.DRAFT
    page = client.post(f"{LIST}/{row.pk}", WORK | {"review": "Mieux.", "proposer": "1"}, follow=True).content.decode()
    assert "est proposé" in page
    fresh = Pick.objects.get()
    assert (fresh.review, fresh.state) == ("Mieux.", PickState.PROPOSED)


def test_what_comes_back_shows_the_note_and_is_taken_up_again(client: Client, draft: Pick) -> None:
    Pick.objects.filter(pk=draft.pk).update(state=PickState.DECLINED, staff_note="Ajoutez l’âge.")
    assert "Ajoutez l’âge." in client.get(f"{LIST}/{draft.pk}").content.decode()
    client.post(f"{LIST}/{draft.pk}", WORK | {"proposer": "1"})
    assert (Pick.objects.get().state, Pick.objects.get().staff_note) == (PickState.PROPOSED, "")


def test_a_resource_that_closed_meanwhile_stays_named(client: Client, draft: Pick) -> None:
    closed = factories.ResourceFactory(is_open=False)
    Pick.objects.filter(pk=draft.pk).update(resource=closed)
    assert f'value="{closed.pk}" selected' in client.get(f"{LIST}/{draft.pk}").content.decode()
    assert client.post(f"{LIST}/{draft.pk}", WORK | {"resource": closed.pk}).status_code == 302
    assert Pick.objects.get().resource == closed


@pytest.mark.parametrize(("query", "shown"), [("", True), ("?etat=draft", True), ("?etat=published", False)])
def test_the_list_is_narrowed_by_its_address(client: Client, draft: Pick, query: str, shown: bool) -> None:
    for address, title in ((LIST, "Mes coups de cœur"), ("/pro/contributions", "Mes contributions")):
        page = client.get(address + query).content.decode()
        assert (draft.title in page, f"<h1>{title}</h1>" in page) == (shown, True)
