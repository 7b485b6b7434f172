"""One operation on many (L3): confirmed on its page, made row by row, told with names."""

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from navette.accounts.models import User
from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.subscriptions.actions import accept
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import RefusalReason, Status
from tests import factories
from tests.web.browsing import client_of, queries_of

BULK = "/pro/abonnes/actions"


def ask(client: Client, operation: str, *rows: Subscription, **values: Any) -> Any:
    """Send the selection of `rows` as the list does."""
    return client.post(BULK, {"operation": operation, "choix": [row.pk for row in rows], **values})


def confirm(client: Client, operation: str, page: Any, **values: Any) -> Any:
    """Send the confirmation page `page` with `values`."""
    choices = page.context["selection"].choices
    return client.post(BULK, {"operation": operation, "choix": choices, "confirme": "1", **values}, follow=True)


def statuses(*rows: Subscription) -> list[str]:
    """Return the present state of each row."""
    return [Subscription.objects.get(pk=row.pk).status for row in rows]


def test_a_get_is_refused(client: Client) -> None:
    assert client.get(BULK).status_code == 405


@pytest.mark.parametrize("choice", ["abc", "-1", "1 OR 1=1", "9" * 40, "1:", "1:2:3", "\x00", "9" * 18])
def test_hostile_choices_are_not_found(client: Client, library: Library, choice: str) -> None:
    own = factories.SubscriptionFactory(library=library)
    answer = client.post(BULK, {"operation": "accept", "choix": [own.pk, choice], "confirme": "1"})
    assert answer.status_code == 404
    assert statuses(own) == [Status.PENDING]


def test_too_many_choices_at_once_are_refused(client: Client) -> None:
    assert client.post(BULK, {"operation": "accept", "choix": list(range(1, 502))}).status_code == 400


@pytest.mark.parametrize(("operation", "said"), [("accept", "Cochez d’abord"), ("export", "Cochez d’abord")])
def test_nothing_ticked_is_told(client: Client, library: Library, operation: str, said: str) -> None:
    factories.SubscriptionFactory(library=library)
    page = client.post(BULK, {"operation": operation, "retour": "statut=pending"}, follow=True)
    assert page.redirect_chain == [("/pro/abonnes?statut=pending", 302)]
    assert said in page.content.decode()


@pytest.mark.parametrize("operation", ["", "delete", "expire", "edit"])
def test_no_or_another_operation_is_told(client: Client, library: Library, operation: str) -> None:
    own = factories.SubscriptionFactory(library=library)
    page = client.post(BULK, {"operation": operation, "choix": own.pk}, follow=True)
    assert "Choisissez d’abord une opération" in page.content.decode()


def test_the_confirmation_page_names_everyone_and_changes_nothing(client: Client, library: Library) -> None:
    rows = [factories.SubscriptionFactory(library=library, reader__last_name=name) for name in ("Abel", "Zola")]
    page = ask(client, "refuse", *rows)
    text = page.content.decode()
    assert "Dave Abel" in text
    assert "Dave Zola" in text
    assert "Raison du refus" in text
    assert "ne vous trouve pas parmi ses inscrits" in text
    assert "arrivé à son terme" in text
    assert statuses(*rows) == [Status.PENDING] * 2


def test_a_bulk_refusal_needs_its_reason(client: Client, library: Library) -> None:
    row = factories.SubscriptionFactory(library=library)
    page = confirm(client, "refuse", ask(client, "refuse", row), reason="")
    assert page.status_code == 400
    assert statuses(row) == [Status.PENDING]


def test_each_row_is_decided_on_its_own_and_those_that_were_not_are_named(client: Client, library: Library) -> None:
    rows = [factories.SubscriptionFactory(library=library) for _ in range(2)]
    active = factories.SubscriptionFactory(library=library, active=True, reader__last_name="Déjà")
    page = confirm(client, "accept", ask(client, "accept", *rows, active))
    text = page.content.decode()
    assert "2 abonnés acceptés." in text
    assert "1 non modifié." in text
    assert "Dave Déjà" in text
    assert statuses(*rows) == [Status.ACTIVE] * 2
    assert OutgoingMail.objects.filter(kind="accepted").count() == 2


def test_sub_02_a_row_decided_since_the_confirmation_page_is_left_alone(
    client: Client, library: Library, account: User
) -> None:
    row = factories.SubscriptionFactory(library=library)
    page = ask(client, "refuse", row)
    accept(row, acting_user=account)
    told = confirm(client, "refuse", page, reason="not_member").content.decode()
    assert "1 non modifié." in told
    assert "a changé entre-temps" in told
    assert statuses(row) == [Status.ACTIVE]


def test_the_usual_text_is_each_persons_own_and_a_written_one_goes_to_all(client: Client, library: Library) -> None:
    rows = [factories.SubscriptionFactory(library=library, reader__first_name=name) for name in ("Ada", "Zoé")]
    confirm(client, "refuse", ask(client, "refuse", *rows), reason="not_member", message=" ")
    bodies = sorted(OutgoingMail.objects.values_list("body", flat=True))
    assert bodies[0].startswith("Bonjour Ada,")
    assert bodies[1].startswith("Bonjour Zoé,")
    OutgoingMail.objects.all().delete()
    confirm(client, "accept", ask(client, "accept", *rows), message="Bienvenue à vous.")
    assert set(OutgoingMail.objects.values_list("body", flat=True)) == {"Bienvenue à vous."}


def test_l6_bulk_renewal_starts_on_the_day_chosen(client: Client, library: Library) -> None:
    rows = [factories.SubscriptionFactory(library=library, expired=True) for _ in range(3)]
    start = clock.today() - dt.timedelta(days=10)
    page = confirm(client, "renew", ask(client, "renew", *rows), starts_on=start.isoformat())
    assert "3 abonnements renouvelés." in page.content.decode()
    assert set(Subscription.objects.values_list("status", "starts_on")) == {(Status.ACTIVE, start)}


def test_l6_bulk_end_asks_the_reason_and_mails(client: Client, library: Library) -> None:
    row = factories.SubscriptionFactory(library=library, active=True)
    page = confirm(client, "end", ask(client, "end", row), reason="left")
    assert "1 abonnement arrêté." in page.content.decode()
    assert OutgoingMail.objects.get().kind == "ended"


def test_a_start_date_out_of_bounds_is_told_for_each(client: Client, library: Library) -> None:
    row = factories.SubscriptionFactory(library=library, expired=True)
    page = confirm(client, "renew", ask(client, "renew", row), starts_on="2001-01-01")
    assert "doit être comprise entre" in page.content.decode()
    assert statuses(row) == [Status.EXPIRED]


def test_the_selection_is_exported_without_confirmation(client: Client, library: Library) -> None:
    chosen = [factories.SubscriptionFactory(library=library, reader__last_name=name) for name in ("Abel", "Zola")]
    factories.SubscriptionFactory(library=library)
    answer = ask(client, "export", *reversed(chosen))
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer)))["Abonnés"]
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["Abel", "Zola"]


def test_the_confirmation_page_makes_as_many_queries_for_many_rows(account: User, library: Library) -> None:
    client = client_of(account)
    counts = []
    for size in (5, 40):
        rows = [factories.SubscriptionFactory(library=library) for _ in range(size)]
        counts.append(queries_of(ask, client, "refuse", *rows))
    assert counts[0] == counts[1]


# ---- seats
@pytest.fixture
def two_asking(library: Library) -> list[Subscription]:
    """Return two who ask for the two seats of a resource, of which somebody has one, and for one that is full."""
    press, full = factories.ResourceFactory(name="Presse", seats=2), factories.ResourceFactory(name="Comble", seats=1)
    free = factories.ResourceFactory(name="Libre")
    holder = factories.SubscriptionFactory(library=library, active=True)
    for resource in (press, full):
        factories.GrantFactory(subscription=holder, resource=resource, state=GrantState.GRANTED)
    rows: list[Subscription] = [
        factories.SubscriptionFactory(library=library, reader__first_name=name, reader__last_name="Aubert")
        for name in ("Ada", "Zoé")
    ]
    for row in rows:
        for resource in (press, full, free):
            factories.GrantFactory(subscription=row, resource=resource, state=GrantState.REQUESTED)
    return rows


def test_sub_11_full_resources_are_told_before_the_decision_and_who_waits_after(
    client: Client, two_asking: list[Subscription]
) -> None:
    page = ask(client, "accept", *two_asking)
    words = " ".join(page.content.decode().split())
    assert "Comble : 2 personnes choisies y seront en liste d’attente." in words
    assert "Presse : 1 personne choisie y sera en liste d’attente." in words
    assert "Libre :" not in words
    done = confirm(client, "accept", page).content.decode()
    assert "2 abonnés acceptés." in done
    assert "2 personnes sont en liste d’attente. Ada Aubert : Comble. Zoé Aubert : Comble, Presse." in done


def test_sub_11_what_takes_no_seat_warns_of_none(client: Client, two_asking: list[Subscription]) -> None:
    page = ask(client, "refuse", *two_asking)
    assert "liste d’attente" not in page.content.decode()
    done = confirm(client, "refuse", page, reason=RefusalReason.NOT_MEMBER).content.decode()
    assert "2 demandes refusées." in done
    assert "liste d’attente" not in done


def test_sub_11_a_renewal_keeps_its_seat_and_one_after_the_end_may_wait(client: Client, library: Library) -> None:
    resource = factories.ResourceFactory(name="Presse", seats=1)
    valid = factories.SubscriptionFactory(library=library, active=True)
    over = factories.SubscriptionFactory(library=library, expired=True)
    for row in (valid, over):
        factories.GrantFactory(subscription=row, resource=resource, state=GrantState.GRANTED)
    assert "liste d’attente" not in ask(client, "renew", valid).content.decode()
    assert "1 personne choisie y sera" in ask(client, "renew", valid, over).content.decode()


def test_sub_11_seats_are_counted_in_as_many_queries_for_many(client: Client, two_asking: list[Subscription]) -> None:
    counts = []
    for rows in (two_asking[:1], two_asking):
        counts.append(queries_of(ask, client, "accept", *rows))
    assert counts[0] == counts[1]
