"""A subscriber as a former portal's file tells them: the person, the state, and the dates that go with it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core import clock
from navette.core.errors import Invalid
from navette.core.text import fold
from navette.files.columns import Wanted
from navette.libraries.models import Library
from navette.lifecycle.moving_in.rows import Libraries, Reading, person_key
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import OLDEST_BIRTH
from navette.resources.models import DigitalResource
from navette.subscriptions.dates import end_of, same_day
from navette.subscriptions.states import RefusalReason, Status

WANTED = (
    Wanted("last_name", gettext_lazy("Nom"), ("nom de famille", "nom usager")),
    Wanted("first_name", gettext_lazy("Prénom"), ("prenom usager",)),
    Wanted("email", gettext_lazy("Adresse mail"), ("mail", "courriel", "email", "e mail", "adresse email")),
    Wanted("birth_date", gettext_lazy("Date de naissance"), ("naissance", "ne le", "ne e le", "date naissance")),
    Wanted("library", gettext_lazy("Bibliothèque"), ("bibliotheque de rattachement", "code insee", "insee")),
    Wanted("status", gettext_lazy("Statut"), ("etat", "statut abonne")),
    Wanted(
        "requested_on",
        gettext_lazy("Date de demande"),
        ("inscription", "date d inscription", "date de demande d inscription"),
        required=False,
    ),
    Wanted(
        "starts_on",
        gettext_lazy("Début d’abonnement"),
        ("debut", "date de debut", "date de debut d abonnement"),
        required=False,
    ),
    Wanted(
        "ends_on",
        gettext_lazy("Fin de validité"),
        ("fin", "expire le", "date de fin", "date d expiration", "fin d abonnement"),
        required=False,
    ),
    Wanted("resources", gettext_lazy("Ressources"), ("ressources numeriques", "abonne aux ressources"), required=False),
)
STATES = {
    "valide": Status.ACTIVE,
    "actif": Status.ACTIVE,
    "active": Status.ACTIVE,
    "expire": Status.EXPIRED,
    "en attente": Status.PENDING,
    "refuse": Status.REFUSED,
}
LONGEST = dt.timedelta(days=366 * 2)  # what no portal gives at once: a date that was mistyped


@dataclass(frozen=True)
class SubscriberRow:
    """A subscriber to take over; dates are as told, or follow from the portal's rule."""

    line: int
    first_name: str
    last_name: str
    email: str
    birth_date: dt.date
    library: Library
    status: Status
    requested_on: dt.date
    starts_on: dt.date | None
    ends_on: dt.date | None
    resources: tuple[int, ...]

    @property
    def key(self) -> str:
        """Return what makes this the same person in another file."""
        return person_key(self.email, self.first_name, self.last_name)

    @property
    def refusal_reason(self) -> str:
        """Return the reason that a refused subscription must have; old portals rarely tell it."""
        return RefusalReason.NOT_MEMBER if self.status == Status.REFUSED else ""


def reader() -> Callable[[Reading], SubscriberRow]:
    """Return what reads a row: libraries, resources and the portal are asked for once."""
    libraries, portal, today = Libraries.known(), current_portal(), clock.today()
    resources = {fold(name): pk for pk, name in DigitalResource.objects.values_list("pk", "name")}

    def read(row: Reading) -> SubscriberRow:
        status, starts_on, ends_on = _period(row, portal, today)
        return SubscriberRow(
            line=row.line,
            first_name=row.text("first_name", 80, required=True),
            last_name=row.text("last_name", 80, required=True),
            email=row.email("email"),
            birth_date=_birth_date(row, today),
            library=libraries.find(row),
            status=status,
            requested_on=_past(row, "requested_on", today) or starts_on or today,
            starts_on=starts_on,
            ends_on=ends_on,
            resources=_resources(row, resources),
        )

    return read


def _birth_date(row: Reading, today: dt.date) -> dt.date:
    day = row.day("birth_date", required=True)
    if day is None or not OLDEST_BIRTH <= day <= today:
        raise Invalid(_("Cette date est dans le futur, ou trop ancienne."), "birth_date")
    return day


def _past(row: Reading, name: str, today: dt.date) -> dt.date | None:
    day = row.day(name)
    if day is not None and not OLDEST_BIRTH <= day <= today:
        raise Invalid(_("Cette date est dans le futur, ou trop ancienne."), name)
    return day


def _period(row: Reading, portal: Portal, today: dt.date) -> tuple[Status, dt.date | None, dt.date | None]:
    """Return the state and dates: those told where they make sense; the one that is missing, by the portal's rule.

    A subscription told as valid whose end is past is expired: nobody is written to about an end of long ago.
    """
    status: Status = row.choice("status", STATES)
    starts_on, ends_on = _past(row, "starts_on", today), row.day("ends_on")
    if starts_on is None and ends_on is not None:
        starts_on = same_day(ends_on, -1) if ends_on.year > 1 else None
    if starts_on is not None and ends_on is None:
        ends_on = end_of(starts_on, portal.duration)
    _check_order(starts_on, ends_on)
    if status in {Status.ACTIVE, Status.EXPIRED}:
        status = _by_date(status, ends_on, today)
    return status, starts_on, ends_on


def _by_date(status: Status, ends_on: dt.date | None, today: dt.date) -> Status:
    if ends_on is None:
        raise Invalid(_("La date de début ou de fin manque."), "ends_on")
    if status == Status.EXPIRED and ends_on >= today:
        raise Invalid(_("Cet abonnement est dit expiré, mais sa fin n’est pas passée."), "ends_on")
    return Status.EXPIRED if ends_on < today else Status.ACTIVE


def _check_order(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on is None or ends_on is None:
        return
    if ends_on <= starts_on:
        raise Invalid(_("La date de fin vient avant la date de début."), "ends_on")
    if ends_on - starts_on > LONGEST:
        raise Invalid(_("Cet abonnement durerait plus de deux ans : vérifiez les dates."), "ends_on")


def _resources(row: Reading, known: dict[str, int]) -> tuple[int, ...]:
    text = row.text("resources", 2_000)
    names = [name.strip() for name in text.replace(";", ",").replace("|", ",").split(",") if name.strip()]
    unknown = [name for name in names if fold(name) not in known]
    if unknown:
        raise Invalid(_("Ressource inconnue : %(names)s.") % {"names": ", ".join(unknown)[:200]}, "resources")
    return tuple(sorted({known[fold(name)] for name in names}))
