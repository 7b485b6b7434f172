"""The reader's own account (R4 to R6): refusals first."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from navette.accounts.models import User
from navette.core.clock import today
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.states import Status
from tests import factories
from tests.factories import PASSWORD, GrantFactory, SubscriptionFactory

pytestmark = pytest.mark.django_db
ACCOUNT, EDIT = reverse("site:account"), reverse("site:account_edit")
RENEW, AGAIN = reverse("site:ask_renewal"), reverse("site:ask_again")
DAY = dt.timedelta(days=1)
STRONG = "Quatre;lanternes,7vertes"


def reader_of(client: Client, subscription: Subscription) -> User:
    """Log the reader of `subscription` in, and return their account."""
    user: User = subscription.reader.user
    client.force_login(user)
    return user


def filled(subscription: Subscription, **changed: Any) -> dict[str, Any]:
    """Return the account's form as a browser sends it, with what a test changes."""
    reader = subscription.reader
    held = subscription.grants.exclude(state=GrantState.REMOVED).values_list("resource_id", flat=True)
    return {
        "last_name": reader.last_name,
        "first_name": reader.first_name,
        "birth_date": reader.birth_date.strftime("%d/%m/%Y"),
        "email": reader.user.email,
        "library": subscription.library_id,
        "resources": list(held),
        "terms": "on",
    } | changed


@pytest.mark.parametrize("page", [ACCOUNT, EDIT])
def test_a_visitor_logs_in_first_and_comes_back(client: Client, portal: Portal, page: str) -> None:
    assert client.get(page).headers["Location"] == f"{reverse('site:login')}?suite={page}"


@pytest.mark.parametrize("page", [ACCOUNT, EDIT, RENEW, AGAIN])
def test_professionals_have_no_readers_account(client: Client, portal: Portal, page: str) -> None:
    client.force_login(factories.library_account(factories.LibraryFactory()))
    answer = client.post(page) if page in {RENEW, AGAIN} else client.get(page)
    assert answer.status_code == 403


@pytest.mark.parametrize("page", [RENEW, AGAIN])
def test_asking_is_never_done_by_a_link(client: Client, portal: Portal, page: str) -> None:
    reader_of(client, SubscriptionFactory(expired=True))
    assert client.get(page).status_code == 405


def test_r2_a_waiting_reader_reads_where_and_since_when(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(library=factories.LibraryFactory(name="La Réole"))
    reader_of(client, subscription)
    page = client.get(ACCOUNT).content.decode()
    assert "La Réole" in page
    assert today().strftime("%d/%m/%Y") in page
    assert "En attente" in page


def test_r4_subscribed_resources_open_and_the_others_are_greyed(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(active=True)
    mine = GrantFactory(subscription=subscription).resource
    other = factories.ResourceFactory()
    reader_of(client, subscription)
    page = client.get(ACCOUNT).content.decode()
    assert reverse("site:open_resource", args=[mine.slug]) in page
    assert reverse("site:open_resource", args=[other.slug]) not in page
    assert other.name in page


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.EXPIRED])
def test_r6_an_expired_reader_opens_nothing_and_reads_whom_to_ask(client: Client, portal: Portal, status: str) -> None:
    """SUB-03: by the date itself, whether or not the nightly command ran."""
    subscription = SubscriptionFactory(expired=True, status=status, library=factories.LibraryFactory(name="La Réole"))
    mine = GrantFactory(subscription=subscription).resource
    reader_of(client, subscription)
    page = client.get(ACCOUNT).content.decode()
    assert reverse("site:open_resource", args=[mine.slug]) not in page
    assert "adressez-vous à votre bibliothèque de La Réole" in page
    assert "Demander le renouvellement" in page


def test_sub_13_an_unconfirmed_address_is_told(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(active=True)
    User.objects.update(email_confirmed_at=None)
    reader_of(client, subscription)
    assert "pas encore confirmée" in client.get(ACCOUNT).content.decode()


def test_sub_13_the_confirmation_is_mailed_again_when_asked_and_not_without_end(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory()
    user = reader_of(client, subscription)
    resend = reverse("site:resend_confirmation")
    client.post(resend)
    assert not OutgoingMail.objects.exists()
    User.objects.update(email_confirmed_at=None)
    for _ in range(5):
        client.post(resend)
    mails = OutgoingMail.objects.filter(to_email=user.email)
    assert mails.count() == 3
    assert all("/confirmation/" in mail.button_url for mail in mails)


# ---- changing
@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"terms": ""}, "terms"),
        ({"birth_date": "32/01/1990"}, "birth_date"),
        ({"new_password": STRONG, "new_password_again": STRONG}, "old_password"),
        ({"old_password": PASSWORD, "new_password": STRONG, "new_password_again": "x"}, "new_password_again"),
        ({"old_password": PASSWORD, "new_password": "court", "new_password_again": "court"}, "new_password"),
        ({"old_password": "faux", "new_password": STRONG, "new_password_again": STRONG}, "old_password"),
        ({"resources": []}, "resources"),
    ],
)
def test_r5_a_wrong_field_is_named_and_nothing_changes(
    client: Client, portal: Portal, changed: dict[str, Any], field: str
) -> None:
    subscription = GrantFactory().subscription
    user = reader_of(client, subscription)
    answer = client.post(EDIT, filled(subscription, first_name="Autre", **changed))
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    subscription.reader.refresh_from_db()
    user.refresh_from_db()
    assert subscription.reader.first_name != "Autre"
    assert user.check_password(PASSWORD)


def test_r5_saving_changes_the_account_and_the_session_goes_on(client: Client, portal: Portal) -> None:
    subscription = GrantFactory().subscription
    user = reader_of(client, subscription)
    passwords = {"old_password": PASSWORD, "new_password": STRONG, "new_password_again": STRONG}
    answer = client.post(EDIT, filled(subscription, first_name="Élisa", **passwords))
    assert answer.headers["Location"] == ACCOUNT
    user.refresh_from_db()
    assert user.check_password(STRONG)
    assert "Élisa" in client.get(ACCOUNT).content.decode()


def test_auth_03_the_other_sessions_end_when_the_password_changes(client: Client, portal: Portal) -> None:
    subscription = GrantFactory().subscription
    reader_of(client, subscription)
    elsewhere = Client()
    reader_of(elsewhere, subscription)
    before = client.session.session_key
    passwords = {"old_password": PASSWORD, "new_password": STRONG, "new_password_again": STRONG}
    client.post(EDIT, filled(subscription, **passwords))
    assert elsewhere.get(ACCOUNT).status_code == 302
    assert client.get(ACCOUNT).status_code == 200
    assert client.session.session_key != before


def test_sub_07_a_forged_mail_or_library_is_not_taken_after_acceptance(client: Client, portal: Portal) -> None:
    subscription = GrantFactory().subscription
    reader_of(client, subscription)
    other = factories.LibraryFactory()
    client.post(EDIT, filled(subscription, email="autre@example.org", library=other.pk))
    fresh = Subscription.objects.get()
    assert fresh.library == subscription.library
    assert fresh.reader.user.email == subscription.reader.user.email


def test_r5_before_acceptance_mail_and_library_change(client: Client, portal: Portal) -> None:
    subscription = GrantFactory(subscription=SubscriptionFactory(), state=GrantState.REQUESTED).subscription
    reader_of(client, subscription)
    other = factories.LibraryFactory()
    client.post(EDIT, filled(subscription, email="neuf@example.org", library=other.pk))
    fresh = Subscription.objects.get()
    assert (fresh.library, fresh.reader.user.email) == (other, "neuf@example.org")


def test_a_closed_library_keeps_its_waiting_reader_who_edits_something_else(client: Client, portal: Portal) -> None:
    subscription = GrantFactory(subscription=SubscriptionFactory(), state=GrantState.REQUESTED).subscription
    Library.objects.update(is_open=False)
    reader_of(client, subscription)
    answer = client.post(EDIT, filled(subscription, first_name="Élisa"))
    assert answer.status_code == 302
    assert Subscription.objects.get().reader.first_name == "Élisa"


# ---- asking
def test_r6_asking_for_the_renewal_twice_asks_once(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(active=True, starts_on=today() - 350 * DAY, ends_on=today() + 15 * DAY)
    reader_of(client, subscription)
    for _ in range(2):
        assert client.post(RENEW).headers["Location"] == ACCOUNT
    assert subscription.events.count() == 1
    page = client.get(ACCOUNT).content.decode()
    assert "Vous avez demandé le renouvellement" in page
    assert "Demander le renouvellement" not in page


def test_too_early_the_day_is_told(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(active=True)
    reader_of(client, subscription)
    client.post(RENEW)
    assert "pourra être demandé à partir du" in client.get(ACCOUNT).content.decode()
    assert not subscription.events.exists()


def test_a_refused_reader_asks_again(client: Client, portal: Portal) -> None:
    subscription = SubscriptionFactory(refused=True)
    reader_of(client, subscription)
    client.post(AGAIN)
    assert Subscription.objects.get().status == Status.PENDING
