"""The registration pages (R1): refusals first."""

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
from navette.resources.models import DigitalResource
from navette.subscriptions.models import Subscription
from tests import factories

pytestmark = pytest.mark.django_db
STRONG = "Quatre;lanternes,7vertes"
REGISTER, TERMS, DONE = reverse("site:register"), reverse("site:register_terms"), reverse("site:registered")


@pytest.fixture
def library(portal: Portal) -> Library:
    """Return an open library, with a resource and the site's terms beside it."""
    factories.SiteTermsFactory()
    return factories.LibraryFactory(name="Sauveterre-de-Guyenne")


def filled(at: Library, **changed: Any) -> dict[str, Any]:
    """Return the form of Élise Moreau as a browser sends it, with what a test changes."""
    return {
        "last_name": "Moreau",
        "first_name": "Élise",
        "email": "moreau@example.org",
        "email_again": "Moreau@Example.org",
        "birth_date": "13/03/1990",
        "password": STRONG,
        "password_again": STRONG,
        "library": at.pk,
        "resources": [factories.ResourceFactory().pk],
    } | changed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email_again": "autre@example.org"}, "email_again"),
        ({"email": "moreau"}, "email"),
        ({"birth_date": "1990-03-13"}, "birth_date"),
        ({"birth_date": "31/02/1990"}, "birth_date"),
        ({"birth_date": "13/03/2190"}, "birth_date"),
        ({"password": "court", "password_again": "court"}, "password"),
        ({"password": "Moreau-Elise-1990!", "password_again": "Moreau-Elise-1990!"}, "password"),
        ({"password_again": "Autre;chose,42verte"}, "password_again"),
        ({"library": "999999"}, "library"),
        ({"resources": []}, "resources"),
        ({"resources": ["0", "x"]}, "resources"),
        ({"resources": ["9" * 30]}, "resources"),
        ({"library": "9" * 30}, "library"),
        ({"last_name": "  "}, "last_name"),
        ({"first_name": "É\x00lise"}, "first_name"),
        ({"last_name": "M" * 81}, "last_name"),
    ],
)
def test_r1_a_wrong_field_is_named_and_nothing_is_created(
    client: Client, library: Library, changed: dict[str, Any], field: str
) -> None:
    answer = client.post(REGISTER, filled(library, **changed) | {"terms": "accepted"})
    assert answer.status_code == 200
    assert field in answer.context["form"].errors
    assert "erreur" in answer.content.decode()
    assert not User.objects.exists()


def test_r1_what_was_typed_comes_back_except_passwords(client: Client, library: Library) -> None:
    page = client.post(REGISTER, filled(library, birth_date="hier")).content.decode()
    for kept in ("Moreau", "Élise", "moreau@example.org", "hier"):
        assert f'value="{kept}"' in page
    assert STRONG not in page


def test_a_closed_library_can_not_be_chosen(client: Client, library: Library) -> None:
    shut = factories.LibraryFactory(is_open=False)
    assert "library" in client.post(REGISTER, filled(shut)).context["form"].errors
    assert shut.name not in client.get(REGISTER).content.decode()


def test_where_libraries_register_readers_the_page_says_so(client: Client, library: Library) -> None:
    factories.portal("oise")
    page = client.post(REGISTER, filled(library)).content.decode()
    assert "dans votre bibliothèque" in page
    assert not User.objects.exists()


def test_a_reader_who_is_logged_in_goes_to_their_account(client: Client, portal: Portal) -> None:
    client.force_login(factories.SubscriptionFactory().reader.user)
    assert client.get(REGISTER).headers["Location"] == reverse("site:account")


def test_the_second_step_and_the_confirmation_come_after_the_first(client: Client, library: Library) -> None:
    for page in (TERMS, DONE):
        assert client.get(page).headers["Location"] == REGISTER
    assert client.post(TERMS).headers["Location"] == REGISTER


def test_r1_with_the_terms_accepted_in_the_window_it_takes_one_step(client: Client, library: Library) -> None:
    answer = client.post(REGISTER, filled(library) | {"terms": "accepted"})
    assert answer.headers["Location"] == DONE
    subscription = Subscription.objects.get()
    assert subscription.reader.birth_date == dt.date(1990, 3, 13)
    assert subscription.reader.user.check_password(STRONG)
    page = client.get(DONE).content.decode()
    assert "moreau@example.org" in page
    assert "Sauveterre-de-Guyenne" in page
    assert OutgoingMail.objects.get(kind="request_received").body.split("\n")[0] in page
    assert subscription.deadline == today() + dt.timedelta(days=4)


def test_r1_without_javascript_the_terms_come_second_and_no_password_is_kept_in_clear(
    client: Client, library: Library
) -> None:
    assert client.post(REGISTER, filled(library)).headers["Location"] == TERMS
    assert not User.objects.exists()
    assert STRONG not in str(dict(client.session.items()))
    assert client.get(TERMS).status_code == 200
    assert client.post(TERMS).headers["Location"] == DONE
    assert Subscription.objects.get().reader.user.check_password(STRONG)


def test_r1_going_back_from_the_second_step_finds_everything_filled_in(client: Client, library: Library) -> None:
    client.post(REGISTER, filled(library))
    page = client.get(REGISTER).content.decode()
    for kept in ("Moreau", "Élise", "moreau@example.org", "13/03/1990"):
        assert f'value="{kept}"' in page
    assert f'<option value="{library.pk}" selected' in page
    assert "checked" in page


def test_what_became_impossible_between_the_steps_is_told(client: Client, library: Library) -> None:
    client.post(REGISTER, filled(library))
    Library.objects.update(is_open=False)
    answer = client.post(TERMS)
    assert answer.status_code == 200
    assert "library" in answer.context["refused"].errors
    assert not User.objects.exists()


def test_a_known_address_gets_the_same_page_as_a_new_one(client: Client, library: Library) -> None:
    factories.UserFactory(email="moreau@example.org", created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    client.post(REGISTER, filled(library) | {"terms": "accepted"})
    known = client.get(DONE).content.decode()
    other = Client()
    other.post(
        REGISTER, filled(library, email="neuf@example.org", email_again="neuf@example.org") | {"terms": "accepted"}
    )
    fresh = other.get(DONE).content.decode().replace("neuf@", "moreau@")
    names = list(DigitalResource.objects.values_list("name", flat=True))
    for name in names:
        known, fresh = known.replace(name, ""), fresh.replace(name, "")
    assert _without_token(known) == _without_token(fresh)


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


def test_one_address_does_not_register_without_end(client: Client, library: Library) -> None:
    for n in range(31):
        mail = f"robot{n}@example.org"
        answer = client.post(REGISTER, filled(library, email=mail, email_again=mail) | {"terms": "accepted"})
    assert answer.status_code == 200
    assert Subscription.objects.count() == 30
