"""AUTH-01: the portal's rules, and words that a guesser would try first."""

import time

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from navette.accounts.models import Kind, User
from navette.accounts.passwords import EXAMPLE, LONGEST, check_new_password, is_right, missing_rules, rules_sentence
from navette.config import settings as site_settings
from tests import factories

pytestmark = pytest.mark.django_db

READER = User(
    name="Camille Martineau",
    email="camille.martineau@lapiscine.example",
    identifier="camille.martineau@lapiscine.example",
)


def faults(password: str, user: User | None = None, words: tuple[str, ...] = ()) -> list[str]:
    try:
        check_new_password(password, user, words)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("", "12 caractères de plus, une majuscule, une minuscule, un chiffre et un caractère spécial"),
        ("kX9#mQ2!pL5", "1 caractère de plus"),
        ("kx9#mq2!pl5v", "une majuscule"),
        ("KX9#MQ2!PL5V", "une minuscule"),
        ("kXa#mQb!pLcv", "un chiffre"),
        ("kX9amQ2bpL5v", "un caractère spécial"),
        ("camionjaune", "1 caractère de plus, une majuscule, un chiffre et un caractère spécial"),
    ],
)
def test_auth_01_says_exactly_what_is_missing(password: str, message: str) -> None:
    assert faults(password)[0] == f"Il manque à ce mot de passe : {message}."


@pytest.mark.parametrize("profile", ["gironde", "valdoise", "oise", "loiret"])
def test_auth_01_the_length_follows_the_profile(profile: str) -> None:
    portal = factories.portal(profile)
    nine = "kX9#mQ2!p"
    assert (faults(nine) == []) == (portal.password_min_length == 8)
    assert faults("kX9#mQ2!pL5v") == []
    assert f"{portal.password_min_length} caractères au moins" in rules_sentence(portal)


@pytest.mark.parametrize(
    "password",
    [
        "Mediatheque2026!",
        "M3d1@th€que-2026",
        "Bibliothèque-33!",
        "B1bl10thequ3-1999",
        "Navette-demo-2026!",
        "Biblio.Gironde.33",
        "G1r0nde-G1r0nde!",
        "Sauveterre-de-Guyenne-1!",
        "Mot De Passe 2026 !",
        "Azertyuiop-123!",
        "NavNavetteette-2026!",
        "Camille.Martineau1!",
        "Lapiscine-Camille-7",
        "Martineau*2026*Martineau",
        "Aaaaaaaaaaaa1!",
        "Motdepasse2026!!",
        EXAMPLE,
    ],
)
def test_auth_01_what_is_easily_guessed_is_refused(password: str, portal: object) -> None:
    assert missing_rules(password, factories.portal()) == []
    (fault,) = faults(password, READER, ("Sauveterre-de-Guyenne",))
    assert "trop facile à deviner" in fault


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("jean7391846205@example.org", "Jean7391846205!"),
        ("jean7391846205@example.org", "7391846205-Jean"),
        ("jean7391846205@example.org", "J7e3a9n1846205!"),
        ("j7391846205@example.org", "j-J7391846205!"),
        ("j7391846205@example.org", "Example#7391846205"),
        ("je73an91846205@example.org", "Jean-73-91846205!"),
        ("jdupont@example.org", "J1d2u3p4o5n6t7!"),
        ("j7dup0391ont@example.org", "Jdupont-123!"),
    ],
)
def test_auth_01_a_mail_address_is_no_password_with_its_digits_or_without(
    email: str, password: str, portal: object
) -> None:
    assert missing_rules(password, factories.portal()) == []
    (fault,) = faults(password, User(name="", email=email, identifier=email))
    assert "trop facile à deviner" in fault


def test_auth_01_the_number_of_a_card_is_no_password(portal: object) -> None:
    assert faults("Ma-8374920165-!", User(identifier="8374920165"))
    assert faults("Ma-8374920165-!", User(identifier="5029384716")) == []


def test_auth_01_digits_of_ones_own_do_not_hide_a_good_password(portal: object) -> None:
    reader = User(email="jean7391846205@example.org", identifier="jean7391846205@example.org")
    for password in ("Vélo-Tapis-Lune739", "kX9#mQ2!pL5v", "Ombrelle-42-vagues!", "Jean-kX9#mQ2!pL5v"):
        assert faults(password, reader) == []


@pytest.mark.parametrize(
    "password",
    [
        "Vélo-Tapis-Lune7",
        "Camion jaune, 3 radis",
        "kX9#mQ2!pL5v",
        "Bibliothèque-vélo-radis-7",
        "Ombrelle-42-vagues!",
        "Щука-тапир-42-Лампа",
        "P" + "ivoine-7-cactus " * 7,
    ],
)
def test_auth_01_what_is_hard_to_guess_is_accepted(password: str, portal: object) -> None:
    assert faults(password, READER, ("Sauveterre-de-Guyenne",)) == []


def test_auth_01_the_words_of_one_library_are_no_fault_elsewhere(portal: object) -> None:
    password = "Sauveterre-Guyenne-7!"
    assert faults(password) == []
    shared = factories.UserFactory(kind=Kind.LIBRARY, name="Sauveterre-de-Guyenne", email="")
    assert faults(password, shared)


def test_auth_01_djangos_own_door_asks_the_same(portal: object) -> None:
    with pytest.raises(ValidationError, match="trop facile"):
        validate_password("Mediatheque2026!", READER)
    validate_password("Vélo-Tapis-Lune7", READER)


def test_auth_01_a_password_of_any_length_is_judged_quickly(portal: object) -> None:
    """A time limit far above what it takes: without the cap, 100 kB takes minutes."""
    start = time.perf_counter()
    for text in ("4@5$" * 25_000, "a" * 100_000, "Mediatheque" * 9_000, "é\u0301" * 50_000, "\0" * 100_000):
        assert faults(text)
    assert time.perf_counter() - start < 5


def test_auth_01_a_password_over_the_longest_is_refused_with_a_reason(portal: object) -> None:
    long_one = ("Pivoine-7-cactus " * 20)[: LONGEST + 1]
    assert faults(long_one) == [f"Ce mot de passe est trop long : {LONGEST} caractères au plus."]
    assert faults(long_one[:LONGEST]) == []


def test_auth_01_texts_that_a_database_or_a_hash_cannot_take_are_refused(portal: object) -> None:
    for text in ("Vélo-Tapis\0-Lune7", "Vélo-Tapis-\ud800Lune7"):
        assert faults(text) == ["Ce mot de passe contient un caractère qui ne s’écrit pas partout."]


def test_is_right_compares_with_the_stored_hash() -> None:
    user = factories.UserFactory()
    assert is_right(user, factories.PASSWORD)
    assert not is_right(user, factories.PASSWORD + " ")
    assert not is_right(None, factories.PASSWORD)


def test_auth_02_passwords_are_kept_with_argon2id_at_djangos_own_cost() -> None:
    """The suite hashes cheaply; what the site's settings name is Django's hasher as it is."""
    assert site_settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert Argon2PasswordHasher().encode("Quatre;lanternes,7vertes", "sel-de-l-essai").startswith("argon2$argon2id$")
