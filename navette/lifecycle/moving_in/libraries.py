"""Libraries taken over: known again by INSEE code and name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core.actors import Actor
from navette.core.errors import Invalid
from navette.files.columns import Wanted, plain
from navette.files.values import code
from navette.libraries.models import Library, Territory
from navette.lifecycle.moving_in.importers import Importer, Outcome, Tried
from navette.lifecycle.moving_in.rows import NO, YES, Reading

WANTED = (
    Wanted("name", gettext_lazy("Nom"), ("bibliotheque", "nom de la bibliotheque", "libelle")),
    Wanted("insee_code", gettext_lazy("Code INSEE"), ("insee", "code commune", "code insee commune")),
    Wanted("territory", gettext_lazy("Territoire"), ("secteur", "zone")),
    Wanted("email", gettext_lazy("Adresse mail"), ("mail", "courriel", "email", "e mail")),
    Wanted("postcode", gettext_lazy("Code postal"), ("cp",)),
    Wanted("commune", gettext_lazy("Commune"), ("ville",), required=False),
    Wanted("street", gettext_lazy("Adresse"), ("rue", "adresse postale"), required=False),
    Wanted("phone", gettext_lazy("Téléphone"), ("tel",), required=False),
    Wanted("contact_name", gettext_lazy("Contact"), ("responsable",), required=False),
    Wanted("website", gettext_lazy("Site web"), ("site", "site internet", "url"), required=False),
    Wanted("latitude", gettext_lazy("Latitude"), ("lat",), required=False),
    Wanted("longitude", gettext_lazy("Longitude"), ("lon", "lng"), required=False),
    Wanted("is_open", gettext_lazy("Ouverte aux inscriptions"), ("ouverte",), required=False),
)
_TEXTS = {"street": 200, "phone": 30, "contact_name": 120, "website": 200}


@dataclass(frozen=True)
class LibraryRow:
    """A library as a file tells it; `values` holds what is filled in."""

    line: int
    name: str
    insee_code: str
    territory: str
    values: dict[str, Any]


def _reader() -> Callable[[Reading], LibraryRow]:
    return _read


def _read(row: Reading) -> LibraryRow:
    name = row.text("name", 120, required=True)
    values: dict[str, Any] = {
        "commune": row.text("commune", 120) or name,
        "email": row.email("email"),
        "postcode": code(row.text("postcode", 10, required=True), 5),
        "latitude": _degrees(row, "latitude"),
        "longitude": _degrees(row, "longitude"),
        "is_open": row.choice("is_open", dict.fromkeys(YES, True) | dict.fromkeys(NO, False), default=""),
    }
    values |= {field: row.text(field, longest) for field, longest in _TEXTS.items()}
    filled = {field: value for field, value in values.items() if value not in ("", None)}
    insee = code(row.text("insee_code", 10, required=True), 5)
    return LibraryRow(row.line, name, insee, row.text("territory", 80, required=True), filled)


def _degrees(row: Reading, name: str) -> Decimal | None:
    text = row.text(name, 30).replace(",", ".")
    try:
        value = Decimal(text) if text else None
    except InvalidOperation as fault:
        raise Invalid(_("Écrivez un nombre de degrés, par exemple 44,8378."), name) from fault
    if value is not None and (not value.is_finite() or abs(value) > 180):
        raise Invalid(_("Écrivez un nombre de degrés, par exemple 44,8378."), name)
    return value.quantize(Decimal("0.00001")) if value is not None else None


def _write(rows: Sequence[LibraryRow], actor: Actor, _tried: Tried) -> Outcome:
    outcome = Outcome()
    known = {(row.insee_code, plain(row.name)): row for row in Library.objects.select_related("territory")}
    for row in rows:
        try:
            _write_one(row, known.get((row.insee_code, plain(row.name))), outcome)
        except ValidationError as fault:
            field, sentences = next(iter(fault.message_dict.items()))
            outcome.rejects.append((row.line, field, sentences[0]))
    return outcome


def _write_one(row: LibraryRow, library: Library | None, outcome: Outcome) -> None:
    is_new = library is None
    library = library or Library(name=row.name, insee_code=row.insee_code, slug=_free_slug(row.name))
    if not is_new and library.closed_at is not None:
        row.values.pop("is_open", None)  # it has left the network since
    changed = [name for name, value in row.values.items() if getattr(library, name) != value]
    for name in changed:
        setattr(library, name, row.values[name])
    if is_new or plain(library.territory.name) != plain(row.territory):
        library.territory = _territory(row.territory)
        changed.append("territory")
    if changed:
        library.full_clean()
        library.save()
    outcome.note(is_new=is_new, is_changed=bool(changed))


def _territory(name: str) -> Territory:
    found = next((row for row in Territory.objects.all() if plain(row.name) == plain(name)), None)
    return found or Territory.objects.create(name=name)


def _free_slug(name: str) -> str:
    base = slugify(name)[:100] or "bibliotheque"
    taken = set(Library.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, 10_000))] if slug not in taken)


LIBRARIES = Importer(
    name="libraries",
    label=gettext_lazy("Bibliothèques"),
    wanted=WANTED,
    reader=_reader,
    write=_write,
    key=lambda row: f"{code(row.text('insee_code', 10), 5)}|{plain(row.text('name', 120))}",
    example=(
        "Bazas", "33036", "Sud", "bibliotheque.bazas@example.org", "33430", "Bazas", "1 place des Halles",
        "05 56 00 00 00", "Camille Durand", "https://bazas.example.org", "44,43190", "-0,21240", "oui",
    ),
)  # fmt: skip
