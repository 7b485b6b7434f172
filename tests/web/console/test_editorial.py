"""The staff's side of what libraries write: suggestions answered (L9), picks published or sent back, pages (L10)."""

from typing import Any

import pytest
from django.test import Client

from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.editorial.actions import PickText, edit_pick, pick_fingerprint, propose, send_back
from navette.editorial.models import Page, Pick, PickState, PurchaseSuggestion, SuggestionState
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from tests import factories
from tests.web.browsing import client_of

pytestmark = pytest.mark.usefixtures("portal")

SUGGESTIONS, PICKS, PAGES = "/console/suggestions", "/console/coups-de-coeur", "/console/pages"
ANSWER = {"seen": "received", "state": "bought", "answer": "Il arrive."}
TEXT = {"title": "Ateliers", "lead": "", "body": "Un *texte*.", "readers": "everybody"}


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory(name="Sauveterre")


@pytest.fixture
def staff() -> Client:
    return client_of(factories.staff())


@pytest.fixture
def suggestion(library: Library) -> PurchaseSuggestion:
    return PurchaseSuggestion.objects.create(library=library, title="Un atlas", comment="Pour l’école.")


@pytest.fixture
def proposed(library: Library) -> Pick:
    return Pick.objects.create(library=library, title="La Place", review="Une vie.", state=PickState.PROPOSED)


@pytest.fixture
def page() -> Page:
    return Page.objects.create(slug="ateliers", title="Ateliers", body="Un.")


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


# ---- who may not
def test_neither_libraries_nor_officers_get_in(suggestion: PurchaseSuggestion, proposed: Pick, page: Page) -> None:
    posts: dict[str, dict[str, Any]] = {
        f"{SUGGESTIONS}/{suggestion.pk}": ANSWER,
        f"{PICKS}/{proposed.pk}": {"suite": "publier"},
        f"{PAGES}/{page.pk}": TEXT | {"seen_at": page.changed_at.isoformat()},
        f"{PAGES}/nouvelle": TEXT | {"slug": "autre"},
    }
    account = factories.library_account(proposed.library)
    for user in (account, factories.staff(StaffRoleName.TERRITORY), factories.UserFactory()):
        client = client_of(user)
        for address, data in posts.items():
            assert client.get(address).status_code == client.post(address, data).status_code == 403
    for address, data in posts.items():
        assert Client().post(address, data).status_code == 302
    assert PurchaseSuggestion.objects.get().state == SuggestionState.RECEIVED
    assert Pick.objects.get().state == PickState.PROPOSED
    assert Page.objects.get().body == "Un."
    assert kinds() == []


def test_a_librarys_draft_is_its_own(staff: Client, proposed: Pick) -> None:
    Pick.objects.filter(pk=proposed.pk).update(state=PickState.DRAFT)
    assert proposed.title not in staff.get(f"{PICKS}?etat=").content.decode()
    address = f"{PICKS}/{proposed.pk}"
    assert staff.get(address).status_code == staff.post(address, {"suite": "publier"}).status_code == 404


# ---- suggestions
@pytest.mark.parametrize("wrong", [{"answer": " "}, {"state": "received"}, {"state": ""}, {"answer": "x" * 1_001}])
def test_an_answer_that_is_none_is_refused(staff: Client, suggestion: PurchaseSuggestion, wrong: Any) -> None:
    assert staff.post(f"{SUGGESTIONS}/{suggestion.pk}", ANSWER | wrong).status_code == 400
    assert PurchaseSuggestion.objects.get().state == SuggestionState.RECEIVED
    assert kinds() == []


def test_l9_a_suggestion_is_answered_once_and_leaves_the_list(staff: Client, suggestion: PurchaseSuggestion) -> None:
    assert suggestion.title in staff.get(SUGGESTIONS).content.decode()
    done = staff.post(f"{SUGGESTIONS}/{suggestion.pk}", ANSWER, follow=True).content.decode()
    assert "La réponse part à la bibliothèque" in done
    assert f"titre-{suggestion.pk}" not in done
    assert f"titre-{suggestion.pk}" in staff.get(f"{SUGGESTIONS}?etat=bought").content.decode()
    again = {"seen": "received", "state": "declined", "answer": "Non."}
    told = client_of(factories.staff()).post(f"{SUGGESTIONS}/{suggestion.pk}", again, follow=True).content.decode()
    assert "Quelqu’un a déjà répondu" in told
    assert "Envoyer la réponse" not in told
    assert PurchaseSuggestion.objects.get().answer == "Il arrive."
    assert kinds() == ["suggestion_answered"]


def test_studied_first_then_bought(staff: Client, suggestion: PurchaseSuggestion) -> None:
    address = f"{SUGGESTIONS}/{suggestion.pk}"
    staff.post(address, {"seen": "received", "state": "studied", "answer": "Nous regardons."})
    staff.post(address, {"seen": "studied", "state": "bought", "answer": "Commandé."})
    assert PurchaseSuggestion.objects.get().state == SuggestionState.BOUGHT
    assert kinds() == ["suggestion_answered"] * 2


# ---- picks
@pytest.mark.parametrize("data", [{}, {"suite": "x"}, {"suite": "renvoyer", "note": " "}, {"suite": "renvoyer"}])
def test_neither_published_nor_sent_back_without_saying_so(staff: Client, proposed: Pick, data: Any) -> None:
    assert staff.post(f"{PICKS}/{proposed.pk}", data).status_code == 400
    assert Pick.objects.get().state == PickState.PROPOSED
    assert kinds() == []


def test_a_pick_is_published_once_and_read_by_all(staff: Client, proposed: Pick) -> None:
    seen = pick_fingerprint(proposed)
    for _click in range(2):
        done = staff.post(f"{PICKS}/{proposed.pk}", {"suite": "publier", "seen": seen}, follow=True)
    assert "son état est maintenant « Publié »" in done.content.decode()
    assert Client().get(f"/coups-de-coeur/{proposed.pk}").status_code == 200
    assert kinds() == ["pick_published"]


def test_what_one_published_is_not_taken_down_by_the_page_of_another(staff: Client, proposed: Pick) -> None:
    address = f"{PICKS}/{proposed.pk}"
    seen = pick_fingerprint(proposed)
    staff.post(address, {"suite": "publier", "seen": seen})
    late = {"suite": "renvoyer", "note": "Ajoutez l’âge.", "seen": seen}
    told = client_of(factories.staff()).post(address, late, follow=True).content.decode()
    assert "son état est maintenant « Publié »" in told
    assert Pick.objects.get().state == PickState.PUBLISHED


@pytest.mark.parametrize("data", [{"suite": "publier"}, {"suite": "renvoyer", "note": "Trop court."}])
def test_a_page_that_shows_other_words_decides_nothing(
    staff: Client, proposed: Pick, library: Library, data: dict[str, str]
) -> None:
    address, old = f"{PICKS}/{proposed.pk}", pick_fingerprint(proposed)
    assert f'name="seen" value="{old}"' in staff.get(address).content.decode()
    account = factories.library_account(library)
    back = send_back(proposed, acting_user=factories.staff(), note="Reprenez.")
    better = edit_pick(back, acting_user=account, text=PickText("L’Arbre monde", "De tout autres mots."))
    again = propose(better, acting_user=account)
    for seen in ({"seen": old}, {"seen": ""}, {}):
        told = staff.post(address, data | seen)
        assert told.status_code == 409
        shown = told.content.decode()
        assert "De tout autres mots." in shown
        assert "note" not in data or "Trop court." in shown  # what was written is kept
    assert "a été réécrit entre-temps" in staff.post(address, data | {"seen": old}).content.decode()
    assert Pick.objects.get().state == PickState.PROPOSED
    staff.post(address, data | {"seen": pick_fingerprint(again)})
    assert Pick.objects.get().state != PickState.PROPOSED


def test_a_pick_goes_back_with_a_note_even_once_published(staff: Client, proposed: Pick) -> None:
    address, note = f"{PICKS}/{proposed.pk}", {"suite": "renvoyer", "note": "Ajoutez l’âge."}
    Pick.objects.filter(pk=proposed.pk).update(state=PickState.PUBLISHED, published_at=clock.now())
    assert "Le retirer du site" in staff.get(address).content.decode()
    staff.post(address, note | {"seen": pick_fingerprint(Pick.objects.get())})
    row = Pick.objects.get()
    assert (row.state, row.staff_note) == (PickState.DECLINED, "Ajoutez l’âge.")
    assert Client().get(f"/coups-de-coeur/{proposed.pk}").status_code == 404
    again = staff.post(address, note | {"seen": pick_fingerprint(row)}, follow=True).content.decode()
    assert "son état est maintenant « À reprendre »" in again
    again = staff.post(address, note | {"seen": "published-x"}).content.decode()
    assert "a changé entre-temps" in again
    assert kinds() == ["pick_sent_back"]


# ---- pages
@pytest.mark.parametrize(
    "wrong",
    [{"slug": "ateliers"}, {"slug": "a b"}, {"slug": ""}, {"title": ""}, {"body": " "}, {"readers": "x"}],
)
def test_a_page_that_is_none_is_refused(staff: Client, page: Page, wrong: dict[str, str]) -> None:
    assert staff.post(f"{PAGES}/nouvelle", TEXT | {"slug": "autre"} | wrong).status_code == 400
    assert Page.objects.count() == 1


def test_l10_a_look_at_a_page_saves_nothing_and_lets_no_markup_through(staff: Client, page: Page) -> None:
    text = TEXT | {"body": "Un **mot** <script>alert(1)</script>", "seen_at": page.changed_at.isoformat()}
    for address, data in ((f"{PAGES}/{page.pk}", text), (f"{PAGES}/nouvelle", text | {"slug": "autre"})):
        shown = staff.post(address, data | {"apercu": "1"}).content.decode()
        assert "<strong>mot</strong>" in shown
        assert "<script>alert" not in shown
    assert [row.body for row in Page.objects.all()] == ["Un."]


def test_l10_a_page_is_written_then_read_by_those_it_is_for(staff: Client, library: Library) -> None:
    staff.post(f"{PAGES}/nouvelle", TEXT | {"slug": "nouvelle-page", "readers": "professionals"})
    made = Page.objects.get()
    assert made.title in staff.get(PAGES).content.decode()
    librarian = client_of(factories.library_account(library))
    assert "<em>texte</em>" in librarian.get("/pages/nouvelle-page").content.decode()
    assert client_of(factories.UserFactory()).get("/pages/nouvelle-page").status_code == 404
    staff.post(f"{PAGES}/{made.pk}", TEXT | {"seen_at": made.changed_at.isoformat()})
    assert Client().get("/pages/nouvelle-page").status_code == 200


@pytest.mark.parametrize("seen_at", [None, "", "demain", "2026-13-45T00:00", "9" * 40])
def test_of_two_who_write_at_once_the_second_is_told_and_keeps_their_words(
    staff: Client, page: Page, seen_at: str | None
) -> None:
    first = page.changed_at.isoformat()
    staff.post(f"{PAGES}/{page.pk}", TEXT | {"body": "Du premier.", "seen_at": first})
    late = TEXT | {"body": "Du second.", "seen_at": first if seen_at is None else seen_at}
    answer = client_of(factories.staff()).post(f"{PAGES}/{page.pk}", late)
    assert answer.status_code == 400
    assert "Quelqu’un d’autre a enregistré" in answer.content.decode()
    assert "Du second." in answer.content.decode()
    assert Page.objects.get().body == "Du premier."
