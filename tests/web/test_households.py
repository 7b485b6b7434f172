"""Two people of one household with one mail address: who comes in, and by which password."""

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.test import Client

from navette.accounts.actions import request_password_reset
from navette.accounts.errors import HouseholdIsFull
from navette.accounts.models import Kind, User
from navette.accounts.queries import HOUSEHOLD, find_account, identifier_for
from navette.mail.models import OutgoingMail
from tests import factories
from tests.accounts.authenticator import code_of
from tests.web.browsing import words

pytestmark = pytest.mark.usefixtures("portal")
LOGIN, WHO = "/connexion", "/connexion/qui"
MAIL = "foyer@example.org"
OTHER = "Vélo-Tapis-Lune7"
EVERY_KIND = frozenset(Kind)


def person(first_name: str, password: str = factories.PASSWORD, **more: Any) -> User:
    """Return a reader of the household, with a valid subscription."""
    user = {"email": MAIL, "identifier": identifier_for(MAIL), "name": f"{first_name} Bellegarde"} | more
    names = {f"reader__user__{key}": value for key, value in user.items()}
    subscription = factories.SubscriptionFactory(active=True, reader__first_name=first_name, **names)
    found: User = subscription.reader.user
    if password != factories.PASSWORD:
        User.objects.filter(pk=found.pk).update(password=make_password(password))
    return found


def gives_password(client: Client, password: str = factories.PASSWORD, mail: str = MAIL, page: str = "") -> Any:
    data = {"bloc": "abonne", "abonne-identifier": mail, "abonne-password": password, "suite": page}
    return client.post(LOGIN, data)


def who_is_in(client: Client) -> int | None:
    pk = client.session.get("_auth_user_id")
    return int(pk) if pk else None


# ---- identifiers
def test_a_household_has_six_identifiers() -> None:
    names = []
    for number in range(HOUSEHOLD):
        names.append(identifier_for(f" {MAIL.upper()} "))
        factories.UserFactory(email=MAIL, identifier=names[-1], name=f"Personne {number}")
    assert names == [MAIL, *(f"{MAIL}#{number}" for number in range(2, 7))]
    with pytest.raises(HouseholdIsFull):
        identifier_for(MAIL)
    User.objects.filter(identifier=f"{MAIL}#3").delete()
    assert identifier_for(MAIL) == f"{MAIL}#3"


def test_the_longest_address_has_no_room_for_a_second_person() -> None:
    longest = "a" * 242 + "@example.org"
    factories.UserFactory(email=longest, identifier=identifier_for(longest))
    with pytest.raises(HouseholdIsFull):
        identifier_for(longest)


# ---- coming in
def test_a_wrong_password_lets_in_nobody_of_the_household(client: Client) -> None:
    person("Agathe")
    person("Anatole", OTHER)
    assert "erronés" in words(gives_password(client, "faux"))
    assert client.get(WHO).headers["Location"] == LOGIN


def test_the_password_tells_two_people_apart(client: Client) -> None:
    agathe, anatole = person("Agathe"), person("Anatole", OTHER)
    assert gives_password(client).headers["Location"] == "/mon-compte"
    assert who_is_in(client) == agathe.pk
    other = Client()
    assert gives_password(other, OTHER).headers["Location"] == "/mon-compte"
    assert who_is_in(other) == anatole.pk


def test_two_people_with_one_password_are_asked_who_comes(client: Client) -> None:
    person("Agathe")
    anatole, stranger = person("Anatole"), person("Zoé", OTHER)
    assert gives_password(client, page="/mon-compte/modifier").headers["Location"] == WHO
    assert who_is_in(client) is None
    page = words(client.get(WHO))
    assert "Qui vient ?" in page
    assert "Agathe" in page
    assert "Anatole" in page
    assert "Zoé" not in page
    for wrong in (stranger.pk, "", "x", factories.UserFactory().pk):
        assert client.post(WHO, {"personne": wrong}).status_code == 200
        assert who_is_in(client) is None
    assert client.post(WHO, {"personne": anatole.pk}).headers["Location"] == "/mon-compte/modifier"
    assert who_is_in(client) == anatole.pk


def test_two_with_one_first_name_read_their_whole_names(client: Client) -> None:
    person("Agathe", name="Agathe Bellegarde")
    person("Agathe", name="Agathe Morel")
    gives_password(client)
    page = words(client.get(WHO))
    assert "Agathe Bellegarde" in page
    assert "Agathe Morel" in page


def test_auth_04_who_comes_of_a_household_still_proves_their_own_second_factor(client: Client) -> None:
    person("Agathe")
    anatole = person("Anatole")
    factories.enrol(anatole)
    gives_password(client)
    assert client.post(WHO, {"personne": anatole.pk}).headers["Location"] == "/connexion/second-facteur"
    assert who_is_in(client) is None
    data = {"moyen": "application", "application-code": code_of(factories.TOTP_SECRET)}
    assert client.post("/connexion/second-facteur", data).headers["Location"] == "/mon-compte"
    assert who_is_in(client) == anatole.pk


def test_somebody_whose_account_is_closed_is_not_offered(client: Client) -> None:
    agathe, anatole = person("Agathe"), person("Anatole")
    User.objects.filter(pk=anatole.pk).update(is_active=False)
    assert gives_password(client).headers["Location"] == "/mon-compte"
    assert who_is_in(client) == agathe.pk


def test_auth_02_the_numbers_of_a_household_are_not_typed(client: Client) -> None:
    person("Agathe")
    person("Anatole", OTHER)
    assert gives_password(client, OTHER, mail=f"{MAIL}#2").status_code == 200
    assert who_is_in(client) is None
    assert find_account(f"{MAIL}#2", EVERY_KIND) is None


def test_auth_02_attempts_on_a_household_count_together(client: Client) -> None:
    person("Agathe")
    person("Anatole", OTHER)
    for _turn in range(5):
        gives_password(client, "faux")
    assert gives_password(client, OTHER).status_code == 429


def test_the_second_person_still_comes_in_when_the_first_has_left(client: Client) -> None:
    agathe, anatole = person("Agathe"), person("Anatole", OTHER)
    User.objects.filter(pk=agathe.pk).update(identifier="parti", email="parti@example.org", is_active=False)
    assert gives_password(client, OTHER).headers["Location"] == "/mon-compte"
    assert who_is_in(client) == anatole.pk


def test_django_s_own_login_knows_one_account_or_none() -> None:
    agathe = person("Agathe")
    assert authenticate(None, identifier=MAIL, password=factories.PASSWORD) == agathe
    person("Anatole")
    assert authenticate(None, identifier=MAIL, password=factories.PASSWORD) is None


# ---- recovering a password
def test_auth_05_each_person_gets_a_link_that_names_them() -> None:
    people = [person("Agathe"), person("Anatole")]
    request_password_reset(MAIL, address="192.0.2.1")
    mails = list(OutgoingMail.objects.order_by("pk"))
    assert [mail.to_email for mail in mails] == [MAIL, MAIL]
    for user, mail in zip(people, mails, strict=True):
        assert user.name in mail.body
    assert len({mail.button_url for mail in mails}) == 2
    for _turn in range(4):
        request_password_reset(MAIL, address="192.0.2.1")
    assert OutgoingMail.objects.count() == 6  # three times an hour, two mails each
