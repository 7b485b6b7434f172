"""Picks, suggestions and pages: who may, in which state, who was first, and which mail goes out."""

from collections.abc import Callable
from typing import Any

import pytest

from navette.accounts.models import User
from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.editorial import actions
from navette.editorial.errors import Overtaken
from navette.editorial.models import Page, Pick, PickState, PurchaseSuggestion, SuggestionState
from navette.editorial.queries import pages_for, published_picks
from navette.libraries.models import Library, Profile
from navette.mail.models import OutgoingMail
from tests import factories

pytestmark = pytest.mark.usefixtures("portal")
TEXT = actions.PickText("L’Arbre monde", "Un grand roman.")


@pytest.fixture
def library() -> Library:
    return factories.LibraryFactory()


@pytest.fixture
def account(library: Library) -> User:
    return factories.library_account(library)


@pytest.fixture
def proposed(library: Library, account: User) -> Pick:
    pick = actions.write_pick(library, acting_user=account, text=TEXT)
    return actions.propose(pick, acting_user=account)


def kinds() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))


# ---- who may not
def strangers(library: Library) -> list[User]:
    other = factories.library_account(factories.LibraryFactory())
    return [other, factories.library_account(library, Profile.VIEWER), factories.UserFactory(), factories.staff()]


def test_sub_08_only_a_manager_of_the_library_writes_for_it(library: Library, proposed: Pick) -> None:
    Pick.objects.filter(pk=proposed.pk).update(state=PickState.DRAFT)
    proposed.state = PickState.DRAFT
    tries: list[Callable[[User], Any]] = [
        lambda user: actions.write_pick(library, acting_user=user, text=TEXT),
        lambda user: actions.edit_pick(proposed, acting_user=user, text=TEXT),
        lambda user: actions.propose(proposed, acting_user=user),
        lambda user: actions.suggest(library, acting_user=user, suggestion=actions.Suggestion("Un atlas")),
    ]
    for user in strangers(library):
        for attempt in tries:
            with pytest.raises(NotAllowed):
                attempt(user)
    assert Pick.objects.count() == 1
    assert not PurchaseSuggestion.objects.exists()


def test_neither_a_library_nor_an_officer_publishes_or_answers(proposed: Pick, account: User) -> None:
    suggestion = PurchaseSuggestion.objects.create(library=proposed.library, title="Un atlas")
    for user in (account, factories.staff("territory")):
        with pytest.raises(NotAllowed):
            actions.publish(proposed, acting_user=user)
        with pytest.raises(NotAllowed):
            actions.send_back(proposed, acting_user=user, note="Non.")
        with pytest.raises(NotAllowed):
            actions.answer(suggestion, acting_user=user, state="bought", answer="Oui.")
        with pytest.raises(NotAllowed):
            actions.create_page(acting_user=user, slug="a", text=actions.PageText("A", "", "B"))
    assert Pick.objects.get().state == PickState.PROPOSED


# ---- picks
def test_a_pick_is_proposed_sent_back_corrected_and_published(proposed: Pick, account: User) -> None:
    staff = factories.staff()
    back = actions.send_back(proposed, acting_user=staff, note="Ajoutez l’âge.")
    assert (back.state, back.staff_note) == (PickState.DECLINED, "Ajoutez l’âge.")
    better = actions.edit_pick(back, acting_user=account, text=actions.PickText("L’Arbre monde", "Dès quinze ans."))
    again = actions.propose(better, acting_user=account)
    assert again.staff_note == ""
    done = actions.publish(again, acting_user=staff)
    assert [row.pk for row in published_picks()] == [done.pk]
    assert done.review == "Dès quinze ans."
    assert kinds() == ["pick_proposed", "pick_sent_back", "pick_proposed", "pick_published"]
    assert AuditRow.objects.filter(action__startswith="editorial.").count() == 6
    assert not AuditRow.objects.filter(detail__icontains="roman").exists()


def test_what_is_proposed_or_published_is_not_changed_by_its_library(proposed: Pick, account: User) -> None:
    with pytest.raises(Overtaken):
        actions.edit_pick(proposed, acting_user=account, text=actions.PickText("Autre", "Autre."))
    actions.publish(proposed, acting_user=factories.staff())
    with pytest.raises(Overtaken, match="Publié"):
        actions.edit_pick(proposed, acting_user=account, text=actions.PickText("Autre", "Autre."))
    assert Pick.objects.get().title == "L’Arbre monde"


def test_the_second_of_two_staff_is_told_and_one_mail_goes_out(proposed: Pick) -> None:
    seen = Pick.objects.get(pk=proposed.pk)
    actions.publish(proposed, acting_user=factories.staff())
    with pytest.raises(Overtaken, match="Publié"):
        actions.publish(seen, acting_user=factories.staff())
    with pytest.raises(Overtaken):
        actions.send_back(seen, acting_user=factories.staff(), note="Non.")
    assert kinds() == ["pick_proposed", "pick_published"]


def test_who_saw_other_words_decides_nothing(proposed: Pick, account: User) -> None:
    staff, seen = factories.staff(), Pick.objects.get(pk=proposed.pk)
    back = actions.send_back(proposed, acting_user=staff, note="Ajoutez l’âge.")
    better = actions.edit_pick(back, acting_user=account, text=actions.PickText("L’Arbre monde", "D’autres mots."))
    actions.propose(better, acting_user=account)
    with pytest.raises(Overtaken, match="réécrit"):
        actions.publish(seen, acting_user=staff)
    with pytest.raises(Overtaken, match="réécrit"):
        actions.send_back(seen, acting_user=staff, note="Non.")
    assert Pick.objects.get().state == PickState.PROPOSED


@pytest.mark.parametrize("note", ["", "  ", "x" * 501])
def test_sending_back_needs_a_note(proposed: Pick, note: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.send_back(proposed, acting_user=factories.staff(), note=note)
    assert refusal.value.field == "note"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " ", "review": "a"}, "title"),
        ({"title": "a", "review": ""}, "review"),
        ({"title": "a", "review": "x" * 4_001}, "review"),
        ({"title": "a" * 201, "review": "a"}, "title"),
        ({"title": "a", "review": "a", "kind": "pamphlet"}, "kind"),
    ],
)
def test_a_pick_that_is_none_is_refused(library: Library, account: User, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.write_pick(library, acting_user=account, text=actions.PickText(**values))
    assert refusal.value.field == field
    assert not Pick.objects.exists()


# ---- suggestions
def test_a_suggestion_is_answered_by_mail_once(library: Library, account: User) -> None:
    row = actions.suggest(library, acting_user=account, suggestion=actions.Suggestion("Un atlas", creator="A. Lune"))
    seen = PurchaseSuggestion.objects.get(pk=row.pk)
    actions.answer(row, acting_user=factories.staff(), state="bought", answer="Il arrive.")
    with pytest.raises(Overtaken, match="Achetée"):
        actions.answer(seen, acting_user=factories.staff(), state="declined", answer="Non.")
    fresh = PurchaseSuggestion.objects.get()
    assert (fresh.state, fresh.answer) == (SuggestionState.BOUGHT, "Il arrive.")
    assert kinds() == ["suggestion_received", "suggestion_answered"]
    answered = OutgoingMail.objects.get(kind="suggestion_answered")
    assert answered.to_email == library.email
    assert "Il arrive." in answered.body


@pytest.mark.parametrize(("state", "text", "field"), [("lost", "a", "state"), ("bought", " ", "answer")])
def test_an_answer_that_is_none_is_refused(library: Library, state: str, text: str, field: str) -> None:
    row = PurchaseSuggestion.objects.create(library=library, title="Un atlas")
    with pytest.raises(Invalid) as refusal:
        actions.answer(row, acting_user=factories.staff(), state=state, answer=text)
    assert refusal.value.field == field


def test_a_suggestion_does_not_go_back_to_received(library: Library) -> None:
    row = PurchaseSuggestion.objects.create(library=library, title="Un atlas")
    with pytest.raises(Overtaken):
        actions.answer(row, acting_user=factories.staff(), state="received", answer="Rien.")


# ---- pages
def test_a_page_saved_by_somebody_else_is_not_overwritten() -> None:
    staff = factories.staff()
    page = actions.create_page(acting_user=staff, slug="ateliers", text=actions.PageText("Ateliers", "", "Un."))
    first = actions.PageText("Ateliers", "", "Deux.", "everybody")
    actions.edit_page(page, acting_user=staff, seen_at=page.changed_at, text=first)
    with pytest.raises(Overtaken):
        actions.edit_page(
            page, acting_user=staff, seen_at=page.changed_at, text=actions.PageText("Ateliers", "", "Trois.")
        )
    assert Page.objects.get().body == "Deux."
    with pytest.raises(Invalid) as refusal:
        actions.create_page(acting_user=staff, slug="ateliers", text=first)
    assert refusal.value.field == "slug"


def test_readers_see_the_pages_for_everybody_alone(account: User) -> None:
    Page.objects.create(slug="a", title="A", body="a", readers="everybody")
    Page.objects.create(slug="b", title="B", body="b")
    assert [row.slug for row in pages_for(None)] == ["a"]
    assert [row.slug for row in pages_for(factories.UserFactory())] == ["a"]
    assert [row.slug for row in pages_for(account)] == ["a", "b"]
