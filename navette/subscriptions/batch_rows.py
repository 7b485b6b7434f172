"""The rows of a file by which a library registers readers: what each would register, or what is wrong with it."""

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import User
from navette.core import clock
from navette.core.text import fold, fold_identifier
from navette.files.columns import Columns, Wanted
from navette.files.values import parse_day
from navette.libraries.models import Library
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import OLDEST_BIRTH, ParentalAgreement
from navette.resources.models import DigitalResource
from navette.subscriptions.dates import is_younger
from navette.subscriptions.models import RegistrationBatch

WANTED = (
    Wanted("last_name", gettext_lazy("Nom"), ("nom de famille", "nom usager", "nom de l usager", "patronyme")),
    Wanted("first_name", gettext_lazy("Prénom"), ("prenoms", "prenom usager", "prenom de l usager")),
    Wanted(
        "email",
        gettext_lazy("Adresse mail"),
        ("mail", "e mail", "email", "courriel", "adresse e mail", "adresse email", "adresse electronique", "mel"),
    ),
    Wanted(
        "birth_date", gettext_lazy("Date de naissance"), ("naissance", "ne le", "nee le", "ne e le", "date naissance")
    ),
    Wanted(
        "resources",
        gettext_lazy("Ressources"),
        ("ressource", "ressources numeriques", "abonne aux services", "services"),
        required=False,
    ),
    Wanted(
        "parent_name",
        gettext_lazy("Nom du parent"),
        ("parent", "nom parent", "responsable legal", "nom du responsable legal", "nom du parent ou responsable legal"),
        required=False,
    ),
    Wanted(
        "parent_email",
        gettext_lazy("Mail du parent"),
        ("mail parent", "courriel du parent", "adresse mail du parent", "mail du responsable legal"),
        required=False,
    ),
)
OF_PARENT = frozenset({"parent_name", "parent_email"})
LONGEST_NAME = 80
LONGEST_MAIL = 254
LONGEST_PARENT = ParentalAgreement._meta.get_field("parent_name").max_length or 160
_NO_MAIL = gettext_lazy("Cette adresse mail n’est pas valable.")
_BETWEEN = re.compile(r"[,;/|\n]")
_ALL = frozenset({"toutes", "tous", "toutes les ressources", "oui", "x"})


def wanted_at(portal: Portal) -> tuple[Wanted, ...]:
    """Return what `portal` asks a file for: nothing of parents where nobody needs their agreement."""
    return tuple(row for row in WANTED if portal.parental_age or row.name not in OF_PARENT)


@dataclass(frozen=True)
class Known:
    """What rows are checked against: read once for a whole file."""

    portal: Portal
    library: Library
    today: dt.date
    resources: dict[str, DigitalResource]  # the open ones, by folded name
    registered: frozenset[str]  # identifiers among the file's that an account bears already

    @classmethod
    def about(cls, batch: RegistrationBatch, mails: Sequence[str]) -> "Known":
        """Read what the rows of `batch`, with the addresses `mails`, are checked against: three queries."""
        taken = User.objects.filter(identifier__in=set(mails)).values_list("identifier", flat=True)
        resources = {fold(row.name): row for row in DigitalResource.objects.filter(is_open=True)}
        return cls(current_portal(), batch.library, clock.today(), resources, frozenset(taken))


@dataclass
class Checked:
    """A row of the file: its number there, its texts by field, what is wrong by field, and whom it registers."""

    line: int
    cells: list[str]
    texts: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    birth_date: dt.date | None = None
    resources: list[DigitalResource] = field(default_factory=list)
    needs_parent: bool = False

    @property
    def email(self) -> str:
        """Return the address as accounts bear it."""
        return fold_identifier(self.texts["email"])

    @property
    def fault(self) -> str:
        """Return all that is wrong, as one text; nothing where the row is ready."""
        return " ".join(self.errors.values())


def checked_rows(batch: RegistrationBatch) -> list[Checked]:
    """Return every row of the file, checked. The columns must have been chosen."""
    rows = [_texts(row, batch.columns) for row in batch.rows]
    known = Known.about(batch, [row.email for row in rows])
    lines: dict[str, int] = {}
    for row in rows:
        row.errors = dict(_faults(row, known, lines))
        lines.setdefault(row.email, row.line)
    return rows


def _texts(row: list[str], columns: Columns) -> Checked:
    cells = row[1:]
    texts = {wanted.name: cells[columns[wanted.name]] if wanted.name in columns else "" for wanted in WANTED}
    return Checked(int(row[0]), cells, texts)


def _faults(row: Checked, known: Known, lines: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Yield field and sentence of what is wrong; note on the way what was understood."""
    for name, sentence in (("last_name", _("Le nom manque.")), ("first_name", _("Le prénom manque."))):
        if not row.texts[name]:
            yield name, sentence
        elif len(row.texts[name]) > LONGEST_NAME:
            yield name, _("Trop long : 80 caractères au plus.")
    if sentence := _about_mail(row, known, lines):
        yield "email", sentence
    row.birth_date = parse_day(row.texts["birth_date"])
    if sentence := _about_birth(row, known):
        yield "birth_date", sentence
    if sentence := _about_resources(row, known):
        yield "resources", sentence
    if row.needs_parent:
        yield from _about_parent(row, known)


def _is_mail(text: str) -> bool:
    try:
        validate_email(text[: LONGEST_MAIL + 1])
    except ValidationError:
        return False
    return len(text) <= LONGEST_MAIL


def _about_mail(row: Checked, known: Known, lines: dict[str, int]) -> str:
    if not _is_mail(row.texts["email"]):
        return str(_NO_MAIL) if row.texts["email"] else _("L’adresse mail manque.")
    if row.email in lines:
        return _("Cette adresse est déjà à la ligne %(line)d.") % {"line": lines[row.email]}
    if row.email in known.registered:
        return _("Un compte porte déjà cette adresse mail.")
    return ""


def _about_birth(row: Checked, known: Known) -> str:
    day = row.birth_date
    if day is None:
        if not row.texts["birth_date"]:
            return _("La date de naissance manque.")
        return _("Cette date ne se lit pas : écrivez JJ/MM/AAAA.")
    if not OLDEST_BIRTH <= day <= known.today:
        return _("Cette date est dans le futur, ou trop ancienne.")
    row.needs_parent = is_younger(day, known.portal.parental_age, known.today)
    return ""


def _about_parent(row: Checked, known: Known) -> Iterator[tuple[str, str]]:
    """Yield what is missing of the parent whom a mail asks before the library sees the request (SUB-12)."""
    age = known.portal.parental_age
    if not row.texts["parent_name"]:
        yield "parent_name", _("Moins de %(age)d ans : indiquez le nom d’un parent.") % {"age": age}
    elif len(row.texts["parent_name"]) > LONGEST_PARENT:
        yield "parent_name", _("Trop long : %(most)d caractères au plus.") % {"most": LONGEST_PARENT}
    if not row.texts["parent_email"]:
        yield "parent_email", _("Moins de %(age)d ans : indiquez l’adresse mail d’un parent.") % {"age": age}
    elif not _is_mail(row.texts["parent_email"]):
        yield "parent_email", str(_NO_MAIL)


def _about_resources(row: Checked, known: Known) -> str:
    """Understand the resources: names between commas; all that are open where nothing is said."""
    text = row.texts["resources"]
    if not text or fold(text) in _ALL:
        row.resources = list(known.resources.values())
        return "" if row.resources else _("Aucune ressource n’est ouverte pour le moment.")
    names = [name.strip() for name in _BETWEEN.split(text) if name.strip()]
    unknown = [name for name in names if fold(name) not in known.resources]
    if unknown:
        return _("Ressource inconnue : %(names)s.") % {"names": ", ".join(unknown)[:200]}
    row.resources = list({fold(name): known.resources[fold(name)] for name in names}.values())
    return "" if row.resources else _("Ressource inconnue : %(names)s.") % {"names": text[:200]}
