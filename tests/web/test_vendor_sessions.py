"""The vendors' sessions follow the reader's own one here: under another key they are kept, at its end they are told."""

import pytest
from django.test import Client

from navette.accounts.models import User
from navette.portal.models import Portal
from navette.signon.models import LogoutNotice, VendorAccess, VendorSession
from navette.signon.sessions import mark_of, remember
from navette.subscriptions.models import Subscription
from tests import factories
from tests.web.test_account import filled

pytestmark = pytest.mark.django_db
SERVICE = "https://vendor.example.org/cas"
NEW = "Quatre;lanternes,7vertes"
BACK = "/ressources-numeriques"
AGAIN = f"/connexion?de_nouveau=1&suite={BACK}"


@pytest.fixture(autouse=True)
def _portal(portal: Portal) -> None:
    """Every page needs the portal."""


@pytest.fixture
def reader(client: Client) -> User:
    """Return a reader who is logged in in `client`, and has a session open at a vendor."""
    user: User = factories.GrantFactory().subscription.reader.user
    client.force_login(user)
    remember(access(), mark(client), service=SERVICE, index="ST-1")
    return user


def access() -> VendorAccess:
    return factories.vendor(way="cas", addresses={SERVICE: "service"})


def mark(client: Client) -> str:
    return mark_of(client.session.session_key)


def credentials(user: User, **more: str) -> dict[str, str]:
    given = {"bloc": "abonne", "abonne-identifier": user.identifier, "abonne-password": factories.PASSWORD}
    return given | {"suite": BACK} | more


def test_the_login_page_lets_whoever_is_logged_in_go_on(client: Client, reader: User) -> None:
    answer = client.get(f"/connexion?suite={BACK}")
    assert (answer.status_code, answer.headers["Location"]) == (302, BACK)


def test_the_password_is_asked_again_of_whoever_is_logged_in_where_a_vendor_wants_it(
    client: Client, reader: User
) -> None:
    page = client.get(AGAIN).content.decode()
    assert 'name="de_nouveau" value="1"' in page
    assert f'name="suite" value="{BACK}"' in page
    wrong = client.post("/connexion", credentials(reader, de_nouveau="1") | {"abonne-password": "faux"})
    assert wrong.status_code == 200
    assert 'name="de_nouveau" value="1"' in wrong.content.decode()


def test_a_password_typed_again_keeps_the_sessions_at_vendors(client: Client, reader: User) -> None:
    answer = client.post("/connexion", credentials(reader, de_nouveau="1"))
    assert answer.headers["Location"] == BACK
    assert VendorSession.objects.get().session == mark(client)
    assert not LogoutNotice.objects.exists()


def test_a_password_changed_keeps_the_sessions_at_vendors(client: Client, reader: User) -> None:
    passwords = {"old_password": factories.PASSWORD, "new_password": NEW, "new_password_again": NEW}
    data = filled(Subscription.objects.get(reader__user=reader), **passwords)
    before = mark(client)
    assert client.post("/mon-compte/modifier", data).status_code == 302
    assert mark(client) != before
    assert VendorSession.objects.get().session == mark(client)


def test_the_people_of_a_household_who_type_their_password_again_keep_theirs(client: Client, reader: User) -> None:
    """Asking who comes gives the session another key."""
    factories.SubscriptionFactory(active=True, reader__user__email=reader.email, reader__user__identifier="twin")
    assert client.post("/connexion", credentials(reader, de_nouveau="1")).headers["Location"] == "/connexion/qui"
    assert VendorSession.objects.get().session == mark(client)
    answer = client.post("/connexion/qui", {"personne": str(reader.pk)})
    assert answer.headers["Location"] == BACK
    assert VendorSession.objects.get().session == mark(client)


def test_another_who_logs_in_here_ends_the_sessions_at_vendors_of_the_first(client: Client, reader: User) -> None:
    other = factories.SubscriptionFactory(active=True).reader.user
    client.post("/connexion", credentials(other, de_nouveau="1"))
    assert not VendorSession.objects.exists()
    assert LogoutNotice.objects.get().url == SERVICE


def test_logging_out_queues_the_notice_to_every_vendor_visited_and_posts_nothing(client: Client, reader: User) -> None:
    remember(factories.vendor(way="plain"), mark(client), service="https://plain.example.org/", index="")
    remember(access(), mark(client), service=f"{SERVICE}/2", index="ST-2")
    remember(access(), mark_of("of somebody else"), service=f"{SERVICE}/3", index="ST-3")
    assert client.post("/deconnexion").status_code == 302
    notices = LogoutNotice.objects.order_by("url")
    assert [notice.url for notice in notices] == [SERVICE, f"{SERVICE}/2"]
    assert all(notice.claimed_at is None for notice in notices)
    assert VendorSession.objects.get().index == "ST-3"


def test_closing_the_account_ends_its_sessions_at_vendors(client: Client, reader: User) -> None:
    answer = client.post("/mon-compte/fermer", {"password": factories.PASSWORD})
    assert answer.status_code == 302
    assert not VendorSession.objects.exists()
    assert LogoutNotice.objects.get().url == SERVICE
