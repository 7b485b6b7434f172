"""« Editer », renewing, ending, and the history (L6, SUB-07, SUB-09)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.subscriptions.actions import accept, renew
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.web.browsing import client_of


def address(subscription: Subscription) -> str:
    return f"/pro/abonnes/{subscription.pk}"


def sheet(client: Client, subscription: Subscription, **changed: Any) -> dict[str, Any]:
    """Return what the browser sends when the page is saved with `changed`."""
    form = client.get(address(subscription)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values["birth_date"] = f"{values['birth_date']:%d/%m/%Y}"
    return {name: value for name, value in (values | changed).items() if value is not None}


def fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("reader__user").get(pk=subscription.pk)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"first_name": ""}, "first_name"),
        ({"last_name": "x" * 81}, "last_name"),
        ({"last_name": "a\x00"}, "last_name"),
        ({"birth_date": "31/02/1990"}, "birth_date"),
        ({"birth_date": "1990-03-13"}, "birth_date"),
        ({"birth_date": "13/03/1790"}, "birth_date"),
        ({"birth_date": "13/03/2990"}, "birth_date"),
        ({"resources": ["99999999999999999999"]}, "resources"),
        ({"resources": ["abc"]}, "resources"),
        ({"starts_on": "2001-01-01"}, "starts_on"),
        ({"status": "pending"}, "status"),
        ({"status": "expired"}, "status"),
        ({"status": "nope"}, "status"),
        ({"status": "refused"}, "reason"),
        ({"version": "x"}, "version"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_changes_nothing(
    client: Client, library: Library, changed: dict[str, Any], field: str
) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    answer = client.post(address(sub), sheet(client, sub, **changed))
    assert answer.status_code == 400
    assert field in answer.context["form"].errors
    assert fresh(sub).version == sub.version
    assert OutgoingMail.objects.count() == 0


def test_sub_07_a_librarian_can_change_neither_mail_nor_library(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    other = factories.LibraryFactory()
    values = sheet(client, sub) | {"email": "vole@example.org", "library": other.pk, "first_name": "Zoé"}
    assert client.post(address(sub), values).status_code == 302
    after = fresh(sub)
    assert (after.reader.first_name, after.library_id) == ("Zoé", library.pk)
    assert after.reader.user.email == sub.reader.user.email


def test_sub_02_a_stale_page_is_told_and_shows_what_stands_now(client: Client, library: Library, account: User) -> None:
    sub = factories.SubscriptionFactory(library=library)
    seen = sheet(client, sub, first_name="Zoé")
    accept(sub, acting_user=account)
    answer = client.post(address(sub), seen)
    assert answer.status_code == 409
    assert "a changé entre-temps" in answer.content.decode()
    assert answer.context["form"].initial["status"] == Status.ACTIVE
    assert fresh(sub).reader.first_name == "Dave"


def test_the_page_has_every_label_of_the_guide(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    factories.ResourceFactory(name="Assimil")
    page = client.get(address(sub)).content.decode().replace("&#x27;", "'")
    for label in (
        "Editer",
        "Abonné aux ressources",
        "Ajouter un autre élément",
        "Assimil",
        "Prénom",
        "Nom",
        "Date de naissance",
        "Bibliothèque",
        "Date de début d'abonnement",
        "Statut abonné",
        "Date de demande d'inscription",
        "Expire le",
        "Enregistrer",
        "Historique",
    ):
        assert label in page, label


@pytest.mark.parametrize(
    ("trait", "offered"),
    [
        ({}, ["pending", "active", "refused"]),
        ({"active": True}, ["active", "refused"]),
        ({"refused": True}, ["refused", "active"]),
        ({"expired": True}, ["expired", "active"]),
        ({"renewal_asked": True}, ["active", "refused"]),
    ],
)
def test_sub_01_only_the_moves_allowed_from_here_are_offered(
    client: Client, library: Library, trait: dict[str, Any], offered: list[str]
) -> None:
    sub = factories.SubscriptionFactory(library=library, **trait)
    form = client.get(address(sub)).context["form"]
    assert [value for value, _label in form.fields["status"].choices] == offered


def test_l6_expired_becomes_valid_with_a_new_start_date(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    start = clock.today() - dt.timedelta(days=30)
    answer = client.post(address(sub), sheet(client, sub, status="active", starts_on=start.isoformat()))
    assert answer["Location"] == "/pro/abonnes"
    after = fresh(sub)
    assert (after.status, after.starts_on) == (Status.ACTIVE, start)
    assert f"{after.ends_on:%d/%m/%Y}" in OutgoingMail.objects.get(kind="renewed").body


def test_l6_a_start_date_of_over_a_year_does_not_renew(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    answer = client.post(address(sub), sheet(client, sub, status="active"))
    assert "starts_on" in answer.context["form"].errors
    assert fresh(sub).status == Status.EXPIRED


def test_l6_a_date_alone_on_an_expired_subscription_is_explained(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    answer = client.post(address(sub), sheet(client, sub, starts_on=clock.today().isoformat()))
    assert "starts_on" in answer.context["form"].errors


def test_details_and_status_change_together_or_not_at_all(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    client.post(address(sub), sheet(client, sub, first_name="Zoé", status="active", starts_on="2001-01-01"))
    assert fresh(sub).reader.first_name == "Dave"
    today = clock.today().isoformat()
    client.post(address(sub), sheet(client, sub, first_name="Zoé", status="active", starts_on=today))
    assert (fresh(sub).reader.first_name, fresh(sub).status) == ("Zoé", Status.ACTIVE)


def test_choosing_refused_ends_a_valid_subscription_with_its_reason(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    client.post(address(sub), sheet(client, sub, status="refused", reason="left", message="Au revoir."))
    assert fresh(sub).status == Status.REFUSED
    assert OutgoingMail.objects.get(kind="ended").body == "Au revoir."


def test_choosing_a_status_decides_a_request(client: Client, library: Library) -> None:
    accepted, refused = factories.SubscriptionFactory(library=library), factories.SubscriptionFactory(library=library)
    client.post(address(accepted), sheet(client, accepted, status="active"))
    client.post(address(refused), sheet(client, refused, status="refused", reason="not_member"))
    assert (fresh(accepted).status, fresh(refused).status) == (Status.ACTIVE, Status.REFUSED)


def test_resources_are_added_and_dropped(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    kept, dropped = (factories.GrantFactory(subscription=sub).resource for _ in range(2))
    added = factories.ResourceFactory()
    closed = factories.ResourceFactory(is_open=False)
    assert str(closed.pk) not in [
        str(box.data["value"]) for box in client.get(address(sub)).context["form"].other_boxes
    ]
    client.post(address(sub), sheet(client, sub, resources=[kept.pk, added.pk]))
    states = dict(sub.grants.values_list("resource_id", "state"))
    assert states == {kept.pk: GrantState.GRANTED, dropped.pk: GrantState.REMOVED, added.pk: GrantState.GRANTED}


def test_saving_without_a_change_writes_nothing(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    assert client.post(address(sub), sheet(client, sub)).status_code == 302
    assert fresh(sub).version == sub.version
    assert sub.events.count() == 0


def test_l6_one_click_renews_from_today_and_a_second_click_does_nothing(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    for _ in range(2):
        answer = client.post(f"{address(sub)}/renouveler", {"version": sub.version, "retour": "statut=expired"})
        assert answer["Location"] == "/pro/abonnes?statut=expired"
    assert (fresh(sub).status, fresh(sub).starts_on) == (Status.ACTIVE, clock.today())
    assert OutgoingMail.objects.filter(kind="renewed").count() == 1
    assert "a changé entre-temps" in client.get("/pro/abonnes").content.decode()


def test_a_get_never_renews(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, expired=True)
    assert client.get(f"{address(sub)}/renouveler").status_code == 405


@pytest.mark.parametrize("trait", [{}, {"expired": True}, {"refused": True}])
def test_only_a_valid_subscription_can_be_ended(client: Client, library: Library, trait: dict[str, Any]) -> None:
    sub = factories.SubscriptionFactory(library=library, **trait)
    assert "rien à arrêter" in client.get(f"{address(sub)}/arreter").content.decode()
    client.post(f"{address(sub)}/arreter", {"version": sub.version, "reason": "left", "message": "x"})
    assert fresh(sub).status == sub.status
    assert OutgoingMail.objects.count() == 0


def test_l6_ending_asks_a_reason_and_mails_what_was_written(client: Client, library: Library) -> None:
    sub = factories.SubscriptionFactory(library=library, active=True)
    page = f"{address(sub)}/arreter"
    assert client.post(page, {"version": sub.version, "reason": "", "message": "x"}).status_code == 400
    answer = client.post(page, {"version": sub.version, "reason": "left", "message": "Bonne route."})
    assert answer["Location"] == "/pro/abonnes"
    assert fresh(sub).status == Status.REFUSED
    assert OutgoingMail.objects.get().body == "Bonne route."


def test_sub_09_the_history_shows_who_when_from_to_why_and_what_was_sent(
    client: Client, library: Library, account: User
) -> None:
    sub = accept(factories.SubscriptionFactory(library=library), acting_user=account, message="Bienvenue <b>Dave</b>")
    with clock.set_today(clock.today() + dt.timedelta(days=3)):
        renew(sub, acting_user=account)
    client.post(f"{address(sub)}/arreter", {"version": sub.version + 1, "reason": "left", "message": "Au revoir"})
    page = client.get(address(sub)).content.decode()
    for text in (
        "Demande acceptée",
        "Abonnement renouvelé",
        "Abonnement arrêté",
        "En attente → Validé",
        "Validé → Refusé",
        "A quitté la bibliothèque",
        "Sauveterre-de-Guyenne",
        "Bienvenue &lt;b&gt;Dave&lt;/b&gt;",
        "Au revoir",
    ):
        assert text in page, text


def test_sub_07_staff_change_mail_and_library(library: Library) -> None:
    staff = client_of(factories.staff())
    sub = factories.SubscriptionFactory(library=library, active=True)
    other = factories.LibraryFactory()
    values = sheet(staff, sub, email="Nouvelle@Example.org", library=other.pk)
    assert staff.post(address(sub), values).status_code == 302
    after = fresh(sub)
    assert (after.library_id, after.reader.user.email) == (other.pk, "nouvelle@example.org")
    assert client_of(factories.library_account(library)).get(address(sub)).status_code == 404


def test_a_mail_that_somebody_has_is_refused_beside_its_field(library: Library) -> None:
    staff = client_of(factories.staff())
    sub, other = (factories.SubscriptionFactory(library=library, active=True) for _ in range(2))
    answer = staff.post(address(sub), sheet(staff, sub, email=other.reader.user.email))
    assert "email" in answer.context["form"].errors


def test_a_territory_officer_reads_and_does_not_edit(library: Library) -> None:
    user = factories.staff(StaffRoleName.TERRITORY)
    library.territory.officer = user
    library.territory.save()
    sub = factories.SubscriptionFactory(library=library, active=True)
    officer = client_of(user)
    assert "Enregistrer" not in officer.get(address(sub)).content.decode()
    assert officer.post(address(sub), {"version": 1}).status_code == 403
