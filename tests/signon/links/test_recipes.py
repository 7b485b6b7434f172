"""The older recipes, each computed here once more from its words; and which of them can be replayed for ever."""

import base64
import datetime as dt
import hashlib
import hmac
from typing import Any

import pytest

from navette.signon.links.recipes import CALLBACK, FIELDS, HASHED, POSTED, RECIPES, Part, filled
from navette.signon.models import Attribute, ClockFormat, VendorAccess, WayName
from navette.signon.release import Released
from navette.signon.sheets import is_replayed
from navette.signon.trials import Trial
from navette.signon.ways import Visit

KEY = "clé partagée d’essai"
READER = "00112233445566778899aabbccddeeff"
# Half past midnight in Paris: the day there is not the day in London.
AT = dt.datetime(2027, 3, 1, 23, 30, tzinfo=dt.UTC)
TOLD = (
    Released(Attribute.LAST_NAME, "nom", "Grohl"),
    Released(Attribute.BIRTH_DATE, "dnaiss", "14/01/1969"),
    Released(Attribute.MAIL, "email", "a@example.org"),
)


def visit(**changes: Any) -> Visit:
    """Return an opening, with `changes`."""
    given: dict[str, Any] = {"resource": "r", "reader_id": READER, "at": AT, "nonce": "n", "holder": Trial.MAY}
    return Visit(**(given | changes))


def access(way: WayName, **settings: Any) -> VendorAccess:
    """Return how a resource opens."""
    given = {"address": "https://v.example.org/in", "key": KEY, "establishment": "bib33"}
    return VendorAccess(way=way, **(given | settings))


def digest(text: str) -> str:
    """Return the SHA-256 of `text`."""
    return hashlib.sha256(text.encode()).hexdigest()


def test_sso_03_nothing_but_the_identifier_goes_by_default() -> None:
    for way, recipe in RECIPES.items():
        link = filled(recipe, access(WayName(way), establishment=""), visit())
        assert not {"nom", "prenom", "dnaiss", "return_url"} & set(link)
        assert "@" not in link.get("email", "").replace(f"{READER}@lecteur.invalid", "")
        assert "" not in link.values()


def test_the_key_itself_stands_in_no_link() -> None:
    for way, recipe in RECIPES.items():
        assert Part.KEY not in recipe.parameters.values()
        assert not any(KEY in value for value in filled(recipe, access(WayName(way)), visit(released=TOLD)).values())


def test_a_hashed_link_holds_what_is_released_and_the_hash_of_identifier_and_key() -> None:
    link = filled(HASHED, access(WayName.HASHED), visit(released=TOLD, return_to="https://v.example.org/film/3"))
    assert link == {
        "sso_id": "bib33",
        "id": READER,
        "id_encrypted": digest(READER + KEY),
        "return_url": "https://v.example.org/film/3",
        "nom": "Grohl",
        "dnaiss": "14/01/1969",
        "email": "a@example.org",
    }


@pytest.mark.parametrize(
    ("clock", "written"),
    [(ClockFormat.UNIX, "1803943800"), (ClockFormat.DAY, "2027-03-02"), (ClockFormat.MINUTE, "202703020030")],
)
def test_a_moment_stands_in_the_link_and_in_its_hash(clock: ClockFormat, written: str) -> None:
    hashed = filled(HASHED, access(WayName.HASHED, clock=clock), visit())
    assert (hashed["date"], hashed["id_encrypted"]) == (written, digest(READER + written + KEY))
    asked = filled(CALLBACK, access(WayName.CALLBACK, clock=clock), visit())
    assert asked["token"] == hashlib.md5(f"{READER}{written}{KEY}bib33".encode(), usedforsecurity=False).hexdigest()


def test_each_field_has_a_hash_of_its_own_and_the_day_one_more() -> None:
    link = filled(FIELDS, access(WayName.FIELDS), visit(released=TOLD))
    fields = {"etab": "bib33", "id": READER, "nom": "Grohl", "dnaiss": "14/01/1969", "email": "a@example.org"}
    proofs = {f"{name}_sha256": digest(value + KEY) for name, value in fields.items()}
    assert link == fields | proofs | {"d": digest("02032027" + KEY)}


def test_sso_03_a_token_goes_without_anything_released() -> None:
    link = filled(CALLBACK, access(WayName.CALLBACK), visit(released=TOLD))
    token = hashlib.md5(f"{READER}{KEY}bib33".encode(), usedforsecurity=False).hexdigest()
    assert link == {"uid": READER, "bibid": "bib33", "token": token}


@pytest.mark.parametrize(("told", "mail"), [(TOLD, "a@example.org"), ((), f"{READER}@lecteur.invalid")])
def test_a_posted_message_is_signed_over_mail_and_day(told: tuple[Released, ...], mail: str) -> None:
    message = filled(POSTED, access(WayName.POSTED), visit(released=told))
    expected = hmac.new(KEY.encode(), f"{mail} 2027-03-02".encode(), hashlib.sha256).digest()
    assert message["email"] == mail
    assert message["hmac"] == base64.b64encode(expected).decode()


def test_an_attribute_named_as_a_part_of_the_recipe_does_not_replace_it() -> None:
    forged = (Released(Attribute.FIRST_NAME, "id", "someone"), Released(Attribute.LAST_NAME, "id_encrypted", "0"))
    link = filled(HASHED, access(WayName.HASHED), visit(released=forged))
    assert (link["id"], link["id_encrypted"]) == (READER, digest(READER + KEY))


@pytest.mark.parametrize(
    ("way", "clock", "replayable"),
    [
        (WayName.HASHED, ClockFormat.NONE, True),
        (WayName.HASHED, ClockFormat.DAY, False),
        (WayName.FIELDS, ClockFormat.NONE, False),
        (WayName.CALLBACK, ClockFormat.NONE, False),
        (WayName.POSTED, ClockFormat.NONE, False),
        (WayName.SIGNED, ClockFormat.NONE, False),
        (WayName.PLAIN, ClockFormat.NONE, False),
    ],
)
def test_a_recipe_without_any_time_can_be_replayed_for_ever(way: WayName, clock: ClockFormat, replayable: bool) -> None:
    assert is_replayed(access(way, clock=clock)) is replayable
