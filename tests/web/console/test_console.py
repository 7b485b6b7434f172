"""The staff's console: figures, late requests (SUB-05), mails to settle (SUB-06)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import MailState, OutgoingMail
from navette.subscriptions.models import Subscription
from tests import factories
from tests.factories import officer_of
from tests.web.browsing import client_of, queries_of

pytestmark = pytest.mark.usefixtures("portal")

PAGES = ["/console/", "/console/retards", "/console/mails"]


def late(library: Library, **fields: Any) -> Subscription:
    """Return a request over its deadline."""
    past = {"requested_at": clock.now() - dt.timedelta(days=9), "deadline": clock.today() - dt.timedelta(days=5)}
    return factories.SubscriptionFactory(library=library, **past | fields)


def admin() -> Client:
    return client_of(factories.staff())


@pytest.mark.parametrize("page", PAGES)
def test_visitors_log_in_first_and_others_are_told(page: str) -> None:
    assert client_of(None).get(page)["Location"] == f"/connexion?suite={page}"
    for user in (
        factories.SubscriptionFactory(active=True).reader.user,
        factories.library_account(factories.LibraryFactory()),
        factories.UserFactory(kind="staff"),
    ):
        assert client_of(user).get(page).status_code == 403


@pytest.mark.parametrize("address", ["/console/retards/{}/relance", "/console/mails/{}"])
def test_others_can_neither_remind_nor_settle(address: str) -> None:
    library = factories.LibraryFactory()
    late(library)
    mail = factories.MailFactory(state=MailState.UNCERTAIN)
    for user in (factories.library_account(library), factories.UserFactory(kind="staff")):
        client = client_of(user)
        assert client.post(address.format(library.pk), {"suite": "resend"}).status_code == 403
    assert list(OutgoingMail.objects.values_list("pk", "state")) == [(mail.pk, MailState.UNCERTAIN)]


def test_an_officer_sees_and_reminds_the_libraries_of_their_territory_only() -> None:
    own, elsewhere = factories.LibraryFactory(), factories.LibraryFactory()
    late(own), late(elsewhere)
    client = client_of(officer_of(own))
    page = client.get("/console/retards").content.decode()
    assert own.name in page
    assert elsewhere.name not in page
    assert client.post(f"/console/retards/{elsewhere.pk}/relance").status_code == 404
    assert [(row.label, row.count) for row in client.get("/console/").context["to_do"]] == [
        ("demande en retard", 1),
        ("messages à traiter", 0),
    ]
    assert "/console/mails" not in client.get("/console/").content.decode()
    assert client.get("/console/mails").status_code == 403


def test_sub_05_reminding_mails_the_library_once_a_day() -> None:
    library = factories.LibraryFactory(name="Créon")
    late(library), late(library)
    client = admin()
    assert "2 demandes" in client.post(f"/console/retards/{library.pk}/relance", follow=True).content.decode()
    assert "déjà été relancée" in client.post(f"/console/retards/{library.pk}/relance", follow=True).content.decode()
    assert OutgoingMail.objects.get().to_email == library.email
    assert "dernière relance le" in client.get("/console/retards").content.decode()


def test_a_library_that_is_not_late_is_not_reminded() -> None:
    library = factories.LibraryFactory()
    factories.SubscriptionFactory(library=library)
    page = admin().post(f"/console/retards/{library.pk}/relance", follow=True).content.decode()
    assert "plus de demande en retard" in page
    assert OutgoingMail.objects.count() == 0


def test_figures() -> None:
    library = factories.LibraryFactory()
    late(library), factories.SubscriptionFactory(library=library)
    factories.SubscriptionFactory(library=library, active=True)
    factories.MailFactory()
    factories.MailFactory(state=MailState.FAILED)
    context = admin().get("/console/").context
    assert [row.count for row in context["to_do"]] == [1, 0, 0, 1, 0, 0]
    assert [row.count for row in context["figures"]] == [2, 1, 1]
    for row in [*context["to_do"], *context["figures"]]:
        assert admin().get(row.href).status_code == 200


def test_a_morning_without_work_says_so() -> None:
    assert "Rien n’attend l’équipe" in admin().get("/console/").content.decode()


@pytest.mark.parametrize(
    ("state", "answer", "becomes"),
    [
        (MailState.UNCERTAIN, "resend", MailState.QUEUED),
        (MailState.UNCERTAIN, "sent", MailState.SENT),
        (MailState.FAILED, "resend", MailState.QUEUED),
    ],
)
def test_sub_06_an_uncertain_or_failed_mail_is_settled_by_a_button(state: str, answer: str, becomes: str) -> None:
    mail = factories.MailFactory(state=state, claimed_at=clock.now())
    client = admin()
    assert "Envoyer de nouveau" in client.get("/console/mails").content.decode()
    assert client.post(f"/console/mails/{mail.pk}", {"suite": answer}).status_code == 302
    assert OutgoingMail.objects.get().state == becomes


@pytest.mark.parametrize("state", [MailState.SENT, MailState.QUEUED, MailState.SENDING])
def test_sub_06_a_mail_in_another_state_is_left_alone(state: str) -> None:
    mail = factories.MailFactory(state=state, claimed_at=clock.now(), sent_at=clock.now())
    admin().post(f"/console/mails/{mail.pk}", {"suite": "resend"})
    assert OutgoingMail.objects.get().state == state


def test_an_answer_that_is_none_changes_nothing() -> None:
    mail = factories.MailFactory(state=MailState.UNCERTAIN)
    assert admin().post(f"/console/mails/{mail.pk}", {"suite": "delete"}).status_code == 400
    assert OutgoingMail.objects.get().state == MailState.UNCERTAIN


@pytest.mark.parametrize("query", ["?etat=%00", "?etat=nope", "?page=" + "9" * 5_000, "?page=-1"])
@pytest.mark.parametrize("page", PAGES)
def test_hostile_addresses_never_break_a_page(page: str, query: str) -> None:
    factories.MailFactory()
    assert admin().get(page + query).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_as_many_queries_for_many_rows(page: str) -> None:
    client = admin()
    counts = []
    for size in (3, 8):
        for _ in range(size):
            library = factories.LibraryFactory()
            late(library), late(library)
            factories.MailFactory(state=MailState.FAILED)
        counts.append(queries_of(client.get, page))
    assert counts[0] == counts[1]
