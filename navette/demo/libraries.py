"""The demo's network: territories and their officers, libraries on real communes, their hours and accounts."""

import datetime as dt
import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.utils.text import slugify

from navette.accounts import factors
from navette.accounts.models import Kind, StaffRole, User
from navette.accounts.roles import StaffRoleName
from navette.core.fields import encrypt
from navette.core.text import fold, fold_identifier
from navette.demo.accounts import ADMIN, FIRST_LIBRARY, PROS, TOTP_SECRET
from navette.demo.library_pages import dress
from navette.demo.people import People
from navette.demo.plan import Plan
from navette.libraries.models import Library, MailRhythm, Membership, OpeningHours, Profile, Territory
from navette.portal.models import Portal, ProIdentifier

COMMUNES = Path(__file__).parent / "data/communes.json"
# A territory is made of arrondissements, so that it lies together on a map.
TERRITORIES: dict[str, dict[str, tuple[str, ...]]] = {
    "33": {
        "Médoc et Haute Gironde": ("331", "334"),
        "Bordeaux et le Bassin": ("332", "336"),
        "Sud Gironde": ("333",),
        "Libournais": ("335",),
    },
    "45": {"Gâtinais": ("451",), "Orléanais": ("452",), "Pithiverais": ("453",)},
    "60": {"Beauvaisis": ("601",), "Clermontois": ("602",), "Compiégnois": ("603",), "Pays de Senlis": ("604",)},
    "95": {"Rives de Seine": ("951",), "Pays de France": ("952",), "Vexin": ("953",)},
}
# Numbers that Arcep keeps for fiction, by the part of France where they would ring.
FICTION = {"33": "05 36 49", "45": "02 61 91", "60": "03 53 01", "95": "01 99 00"}
# The network of a département is that of its small communes: (population up to, how likely).
LIKELY = ((300, 0.1), (1_000, 0.8), (3_000, 2.0), (8_000, 1.6), (20_000, 0.5), (10**9, 0.1))
STREETS = (
    "place de la Mairie",
    "rue des Écoles",
    "rue du Lavoir",
    "place de l’Église",
    "allée des Tilleuls",
    "rue de la Gare",
    "route du Moulin",
    "rue des Remparts",
    "impasse du Four",
    "avenue de la République",
    "rue Olympe-de-Gouges",
    "place du Marché",
)
QUARTERS = ("Centre", "Les Tilleuls", "La Gare", "Le Port", "Les Coteaux")
MORNING, LATE_MORNING = ("09:30", "12:00"), ("10:00", "12:30")
AFTERNOON, LONG_AFTERNOON, EVENING = ("14:00", "17:30"), ("13:30", "18:00"), ("16:00", "18:30")
# Opening hours that occur, by weekday: in a village, in a small town, in a town.
HOURS: tuple[tuple[dict[int, list[tuple[str, str]]], ...], ...] = (
    (
        {3: [AFTERNOON], 6: [LATE_MORNING]},
        {2: [EVENING], 6: [MORNING]},
        {3: [LONG_AFTERNOON], 5: [EVENING], 6: [LATE_MORNING]},
        {1: [EVENING], 3: [AFTERNOON], 7: [LATE_MORNING]},
    ),
    (
        {2: [EVENING], 3: [LATE_MORNING, AFTERNOON], 5: [EVENING], 6: [LATE_MORNING]},
        {2: [AFTERNOON], 3: [MORNING, LONG_AFTERNOON], 6: [MORNING]},
        {1: [EVENING], 3: [AFTERNOON], 4: [MORNING], 5: [LONG_AFTERNOON], 6: [LATE_MORNING, AFTERNOON]},
    ),
    (
        {2: [AFTERNOON], 3: [LATE_MORNING, AFTERNOON], 4: [AFTERNOON], 5: [EVENING], 6: [LATE_MORNING, AFTERNOON]},
        {2: [MORNING, LONG_AFTERNOON], 3: [MORNING, LONG_AFTERNOON], 5: [LONG_AFTERNOON], 6: [MORNING, AFTERNOON]},
    ),
)


@dataclass(frozen=True)
class Commune:
    """A real commune, as in data/communes.json."""

    code: str
    name: str
    postcode: str
    population: int
    arrondissement: str


@dataclass(frozen=True)
class Place:
    """A library to be, in its commune; `weight` says what share of the readers is its own."""

    commune: Commune
    name: str

    @property
    def weight(self) -> float:
        """Return the share: larger communes have more readers, but not in proportion."""
        return math.sqrt(max(self.commune.population, 200))


@dataclass
class Network:
    """What the making of the network hands on to that of its readers."""

    libraries: list[Library]
    weights: list[float]
    accounts: dict[int, User]

    @property
    def first(self) -> Library:
        """Return the library where the demo's story takes place."""
        return self.libraries[0]


def communes_of(department: str) -> list[Commune]:
    """Return the communes of the département, with typographic apostrophes."""
    rows = json.loads(COMMUNES.read_text(encoding="utf-8"))[department]
    return [Commune(code, name.replace("'", "’"), *rest) for code, name, *rest in rows]


def choose_places(plan: Plan, department: str) -> list[Place]:
    """Return where the network's libraries are, the profile's first library first."""
    rng = plan.rng("communes")
    communes = communes_of(department)
    first = next(c for c in communes if c.name == FIRST_LIBRARY[plan.profile])
    others = [c for c in communes if c is not first]
    others.sort(key=lambda commune: rng.random() ** (1 / _likely(commune)), reverse=True)
    chosen = [first, *others][: plan.size.libraries]
    places = [Place(commune, commune.name) for commune in chosen]
    return [*places, *_second_libraries(chosen, plan.size.libraries - len(places))]


def _likely(commune: Commune) -> float:
    return next(weight for upto, weight in LIKELY if commune.population < upto)


def _second_libraries(communes: list[Commune], missing: int) -> list[Place]:
    """Return libraries of quarters, in the largest communes, where a network has more libraries than communes."""
    towns = sorted(communes, key=lambda commune: -commune.population)
    quarters = [Place(town, f"{town.name} – {quarter}") for quarter in QUARTERS for town in towns]
    return quarters[: max(missing, 0)]


def make_network(plan: Plan, portal: Portal, people: People, password: str) -> Network:
    """Write territories, libraries, hours and professional accounts; return what readers need of them."""
    rng = plan.rng("libraries")
    territories = _make_territories(portal.department_code, people, password)
    _make_staff(people, password)
    places = choose_places(plan, portal.department_code)
    libraries = [_library(place, portal, territories, people, rng) for place in places]
    dress(libraries, plan.rng("pages"))
    Library.objects.bulk_create(libraries)
    OpeningHours.objects.bulk_create(hours for place, library in zip(places, libraries, strict=True)
                                     for hours in _hours(place, library, rng))  # fmt: skip
    accounts = _make_accounts(plan, portal, libraries, people, password)
    return Network(libraries, [place.weight for place in places], accounts)


def _make_member(name: str, email: str, password: str, role: str) -> User:
    """Write somebody of the staff, whose second factor is the one that the README names."""
    user = User(identifier=email, email=email, name=name, kind=Kind.STAFF, password=password)
    user.save(force_insert=True)
    StaffRole.objects.create(user=user, role=role)
    Authenticator.objects.create(user=user, type=factors.APPLICATION, data={"secret": encrypt(TOTP_SECRET)})
    return user


def _make_territories(department: str, people: People, password: str) -> dict[str, Territory]:
    by_arrondissement: dict[str, Territory] = {}
    for name, arrondissements in TERRITORIES[department].items():
        person = people.draw(youngest=28, oldest=62)
        officer = _make_member(person.name, person.email, password, StaffRoleName.TERRITORY)
        territory = Territory.objects.create(name=name, officer=officer)
        by_arrondissement |= dict.fromkeys(arrondissements, territory)
    return by_arrondissement


def _make_staff(people: People, password: str) -> None:
    person = people.draw(youngest=25, oldest=62)
    for name, email, role in (
        ("Camille Administration", ADMIN, StaffRoleName.ADMINISTRATOR),
        (person.name, person.email, StaffRoleName.DIGITAL),
    ):
        _make_member(name, email, password, role)


def _library(
    place: Place, portal: Portal, territories: dict[str, Territory], people: People, rng: random.Random
) -> Library:
    commune, slug = place.commune, slugify(fold(place.name.replace("’", "-")))
    is_first = commune.name == FIRST_LIBRARY[portal.profile]
    return Library(
        name=place.name,
        slug=slug,
        insee_code=commune.code,
        commune=commune.name,
        territory=territories[commune.arrondissement],
        email=f"bibliotheque.{slug}@example.org"[:254],
        phone=f"{FICTION[portal.department_code]} {rng.randrange(100):02} {rng.randrange(100):02}",
        street=f"{rng.randrange(1, 40)} {rng.choice(STREETS)}",
        postcode=commune.postcode,
        contact_name=people.draw(youngest=25, oldest=78).name,
        is_open=is_first or rng.random() > 0.04,
        mail_rhythm=MailRhythm.EACH if is_first or rng.random() > 0.25 else MailRhythm.DAILY,
    )


def _hours(place: Place, library: Library, rng: random.Random) -> Iterator[OpeningHours]:
    size = 0 if place.commune.population < 1_000 else 1 if place.commune.population < 6_000 else 2
    for weekday, spans in rng.choice(HOURS[size]).items():
        for opens, closes in spans:
            yield OpeningHours(
                library=library,
                weekday=weekday,
                opens=dt.time.fromisoformat(opens),
                closes=dt.time.fromisoformat(closes),
            )


def _make_accounts(
    plan: Plan, portal: Portal, libraries: list[Library], people: People, password: str
) -> dict[int, User]:
    """Write the professional accounts; return, by library, the one that decides."""
    rng = plan.rng("accounts")
    pairs = list(_fixed_accounts(portal, libraries[0]))
    for number, library in enumerate(libraries[1:], start=5):
        if portal.pro_identifier == ProIdentifier.INDIVIDUAL or rng.random() < 0.2:
            pairs.append((_librarian(people), library, Profile.MANAGER))
        if portal.pro_identifier != ProIdentifier.INDIVIDUAL:
            pairs.append((_shared_account(portal, library, number, rng), library, Profile.MANAGER))
        elif rng.random() < 0.3:
            pairs.append((_librarian(people), library, Profile.VIEWER))
    for user, _, _ in pairs:
        user.password = password
    User.objects.bulk_create(user for user, _, _ in pairs)
    Membership.objects.bulk_create(Membership(user=u, library=library, profile=p) for u, library, p in pairs)
    return {library.pk: user for user, library, profile in reversed(pairs) if profile == Profile.MANAGER}


def _fixed_accounts(portal: Portal, library: Library) -> Iterator[tuple[User, Library, str]]:
    for pro in PROS[portal.profile]:
        kind = Kind.LIBRARIAN if pro.email else Kind.LIBRARY
        name = pro.name or library.name
        yield (
            User(identifier=fold_identifier(pro.identifier), email=pro.email, name=name, kind=kind),
            library,
            pro.profile,
        )


def _librarian(people: People) -> User:
    person = people.draw(youngest=22, oldest=79)
    return User(identifier=person.email, email=person.email, name=person.name, kind=Kind.LIBRARIAN)


def _shared_account(portal: Portal, library: Library, number: int, rng: random.Random) -> User:
    card = f"{portal.department_code}{number:03}{rng.randrange(10**6):06}"
    identifier = card if portal.pro_identifier == ProIdentifier.CARD else library.name
    return User(identifier=fold_identifier(identifier), name=library.name, kind=Kind.LIBRARY)
