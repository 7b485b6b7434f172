"""Questions asked by the contact forms: who answers, once; whom a mail goes to, and what it does not carry."""

import pytest

from navette.accounts.roles import StaffRoleName
from navette.core.actors import VISITOR
from navette.core.errors import Invalid, NotAllowed
from navette.core.models import AuditRow
from navette.libraries.contact import AlreadyDealtWith, answer, ask_question, close, reopen
from navette.libraries.models import ContactMessage, MessageState
from navette.libraries.queries import messages_seen_by
from navette.mail.models import OutgoingMail
from tests import factories

pytestmark = pytest.mark.usefixtures("portal")


def asked(**fields: object) -> ContactMessage:
    values = {"theme": "resources", "name": "Ana Lopez", "email": "ana@example.org", "body": "Pourquoi ?"} | fields
    return ask_question(acting_user=VISITOR, **values)  # type: ignore[arg-type]


def test_a_theme_of_professionals_is_not_offered_to_all() -> None:
    with pytest.raises(Invalid):
        asked(theme="subscribers")
    assert asked(theme="subscribers", is_professional=True).theme == "subscribers"


def test_readers_and_libraries_answer_nothing() -> None:
    message = asked()
    for user in (factories.UserFactory(), factories.library_account(factories.LibraryFactory())):
        for what in (close, reopen):
            with pytest.raises(NotAllowed):
                what(message, acting_user=user)
        with pytest.raises(NotAllowed):
            answer(message, acting_user=user, body="Non.")
        assert not messages_seen_by(user).exists()


def test_an_officer_reads_and_answers_for_their_own_territory_only() -> None:
    officer = factories.staff(StaffRoleName.TERRITORY)
    own = factories.LibraryFactory(territory__officer=officer)
    other = asked(library=factories.LibraryFactory())
    seen = [asked(library=own), asked()]
    assert set(messages_seen_by(officer)) == set(seen)
    with pytest.raises(NotAllowed):
        answer(other, acting_user=officer, body="Non.")
    for message in seen:
        assert answer(message, acting_user=officer, body="Oui.").state == MessageState.ANSWERED


def test_a_question_is_told_to_the_team_and_acknowledged_without_its_words() -> None:
    """The acknowledgment carries nothing that a stranger typed: the form sends nobody's text to anybody."""
    asked(name="Gagnez http://evil.example", body="Cliquez http://evil.example")
    told = OutgoingMail.objects.get(kind="contact_new")
    assert told.to_email == "bibnum@example.org"
    assert "Cliquez http://evil.example" in told.body
    receipt = OutgoingMail.objects.get(kind="contact_received")
    assert receipt.to_email == "ana@example.org"
    assert "evil" not in receipt.subject + receipt.body
    asked(acknowledge=False)
    assert OutgoingMail.objects.filter(kind="contact_received").count() == 1


def test_an_answer_is_mailed_once_with_the_question_and_logged() -> None:
    message, first, second = asked(), factories.staff(), factories.staff()
    answer(message, acting_user=first, body="Parce que.")
    with pytest.raises(AlreadyDealtWith, match=first.label):
        answer(message, acting_user=second, body="Autre réponse.")
    mail = OutgoingMail.objects.get(kind="contact_answer")
    assert mail.to_email == "ana@example.org"
    assert "Parce que." in mail.body
    assert "Pourquoi ?" in mail.body
    assert message.answers.get().author_label == first.label
    row = AuditRow.objects.get(action="contact.answer")
    assert (row.actor_id, row.object_id, row.detail) == (first.pk, message.pk, {})


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(Invalid):
        answer(asked(), acting_user=factories.staff(), body=" \n ")
    assert not OutgoingMail.objects.filter(kind="contact_answer").exists()


def test_a_question_is_closed_without_a_mail_and_comes_back() -> None:
    staff, message = factories.staff(), asked()
    mails = OutgoingMail.objects.count()
    closed = close(message, acting_user=staff)
    assert closed.state == MessageState.CLOSED
    with pytest.raises(AlreadyDealtWith):
        close(message, acting_user=staff)
    assert reopen(closed, acting_user=staff).state == MessageState.NEW
    with pytest.raises(AlreadyDealtWith):
        reopen(closed, acting_user=staff)
    assert OutgoingMail.objects.count() == mails
