"""« En retard » (D2, SUB-05): warn, wait, then decide in the library's place."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.accounts.roles import StaffRoleName
from navette.core import clock
from navette.libraries.models import Library
from navette.mail.models import MailState, OutgoingMail
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.web.browsing import client_of

PAGE = "/console/retards"
TODAY = dt.date(2026, 11, 12)


@pytest.fixture(autouse=True)
def _oise(db: None) -> Iterator[None]:
    factories.portal("oise")
    with clock.set_today(TODAY):
        yield


@pytest.fixture
def officer() -> User:
    return factories.staff(StaffRoleName.TERRITORY)


@pytest.fixture
def library(officer: User) -> Library:
    return factories.LibraryFactory(name="Crèvecœur-le-Grand", territory__officer=officer)


@pytest.fixture
def client(officer: User) -> Client:
    return client_of(officer)


@pytest.fixture
def late(library: Library) -> Subscription:
    """A request over its limit, of which the library has not been warned."""
    sub = factories.SubscriptionFactory(library=library, deadline=TODAY - dt.timedelta(days=3))
    factories.GrantFactory(subscription=sub, state="requested")
    return sub


def warned(sub: Subscription, day: dt.date, state: str = MailState.SENT) -> None:
    """Write that the library was warned of `sub` on `day`."""
    at = clock.now() - (clock.today() - day)
    sub.warning = factories.MailFactory(kind="library_late", state=state, sent_at=at if state == "sent" else None)
    sub.save()


def tabs(sub: Subscription, **changed: Any) -> dict[str, Any]:
    """Return what the browser of somebody sends who may only decide."""
    resources = {f"ressource-{row.resource_id}": row.state for row in sub.grants.all()}
    return {"version": sub.version, "status": "pending", "reason": "", "message": ""} | resources | changed


def refused_everywhere(client: Client, sub: Subscription) -> bool:
    """Say whether neither screen lets `client` decide on `sub`."""
    answers = [
        client.post(f"/pro/abonnes/{sub.pk}/onglets", tabs(sub, status="active")).status_code,
        client.post(f"/pro/abonnes/{sub.pk}/decision", {"decision": "accept", "version": sub.version}).status_code,
    ]
    return set(answers) <= {403, 404} and Subscription.objects.get(pk=sub.pk).status == Status.PENDING


def test_sub_05_without_a_warning_there_is_no_button_and_no_way(client: Client, late: Subscription) -> None:
    page = client.get(PAGE).content.decode()
    assert "bibliothèque pas encore avertie" in page
    assert "Décider" not in page
    assert refused_everywhere(client, late)


def test_sub_05_a_warning_that_has_not_left_opens_nothing(client: Client, late: Subscription) -> None:
    for state in (MailState.QUEUED, MailState.FAILED):
        warned(late, TODAY - dt.timedelta(days=9), state)
        assert "Décider" not in client.get(PAGE).content.decode()
        assert refused_everywhere(client, late)


def test_sub_05_warned_yesterday_it_tells_from_when(client: Client, late: Subscription) -> None:
    warned(late, TODAY)
    page = client.get(PAGE).content.decode()
    assert "averti le 12/11, décision possible à partir du 14/11" in page
    assert "Décider" not in page
    assert refused_everywhere(client, late)
    with clock.set_today(TODAY + dt.timedelta(days=1)):
        assert refused_everywhere(client, late)


def test_sub_05_an_officer_of_elsewhere_and_a_viewer_decide_nothing(late: Subscription) -> None:
    warned(late, TODAY - dt.timedelta(days=5))
    for user in (
        factories.staff(StaffRoleName.TERRITORY),
        factories.library_account(late.library, "viewer"),
        factories.library_account(factories.LibraryFactory()),
    ):
        assert refused_everywhere(client_of(user), late)


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "loiret"])
def test_sub_05_where_the_setting_is_off_the_page_only_reminds(
    client: Client, late: Subscription, profile: str
) -> None:
    factories.portal(profile)
    warned(late, TODAY - dt.timedelta(days=5))
    page = client.get(PAGE).content.decode()
    assert "Relancer la bibliothèque" in page
    assert "Décider" not in page
    assert refused_everywhere(client, late)


def test_d2_warn_wait_two_days_decide(client: Client, late: Subscription) -> None:
    client.post(f"{PAGE}/{late.library_id}/relance")
    mail = OutgoingMail.objects.get(kind="library_late")
    assert mail.to_email == late.library.email
    OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=clock.now())
    with clock.set_today(TODAY + dt.timedelta(days=2)):
        page = client.get(PAGE).content.decode()
        assert "averti le 12/11/2026" in page
        assert f'href="/pro/abonnes/{late.pk}/decision"' in page
        screen = client.get(f"/pro/abonnes/{late.pk}/decision", follow=True).content.decode()
        assert "à la place de la bibliothèque" in screen
        late.refresh_from_db()
        assert client.post(f"/pro/abonnes/{late.pk}/onglets", tabs(late, status="active")).status_code == 302
    fresh = Subscription.objects.get(pk=late.pk)
    assert fresh.status == Status.ACTIVE
    assert "par le département" in fresh.events.get().reason
    assert OutgoingMail.objects.filter(kind="decided_in_place", to_email=late.library.email).count() == 1


def test_d2_resources_alone_are_not_decided_in_place(client: Client, late: Subscription) -> None:
    warned(late, TODAY - dt.timedelta(days=2))
    name = f"ressource-{late.grants.get().resource_id}"
    answer = client.post(f"/pro/abonnes/{late.pk}/onglets", tabs(late, **{name: "refused"}))
    assert answer.status_code == 400
    assert "status" in answer.context["form"].errors
    client.post(f"/pro/abonnes/{late.pk}/onglets", tabs(late, **{name: "refused", "status": "active"}))
    assert late.grants.get().state == "refused"


def test_d2_by_the_screen_of_accept_and_refuse(client: Client, late: Subscription) -> None:
    factories.portal("oise", decision_screen="accept_refuse")
    warned(late, TODAY - dt.timedelta(days=2))
    page = client.get(f"/pro/abonnes/{late.pk}/decision").content.decode()
    assert "Refuser l&#x27;abonné" in page or "Refuser l'abonné" in page
    values = {"decision": "refuse", "refuser-version": late.version, "refuser-reason": "not_member"}
    assert client.post(f"/pro/abonnes/{late.pk}/decision", values).status_code == 302
    assert Subscription.objects.get(pk=late.pk).status == Status.REFUSED
