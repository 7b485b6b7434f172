"""What the département changes of its network: libraries and territories. Closing and merging are `lifecycle`'s."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.core.actors import Actor, require
from navette.core.errors import Invalid, Refusal
from navette.core.models import audit
from navette.core.text import fold_identifier
from navette.libraries.models import Library, Territory

# What says which library this is: an officer may correct the rest of a record, these are the administrators'.
IDENTITY = frozenset({"name", "commune", "insee_code", "territory"})
_SLUG_LENGTH = 110  # leaves room for a number


@dataclass(frozen=True)
class Record:
    """What the network knows of a library; its page is the library's own affair."""

    name: str
    commune: str
    insee_code: str
    territory: Territory
    email: str
    postcode: str
    street: str = ""
    phone: str = ""
    contact_name: str = ""
    is_open: bool = True
    latitude: Decimal | None = None
    longitude: Decimal | None = None

    def values(self) -> dict[str, Any]:
        """Return the values by the model's field."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


# ---- libraries
@transaction.atomic
def create_library(*, acting_user: Actor, record: Record) -> Library:
    """Add a library to the network and return it; raises NotAllowed, or Invalid with the field."""
    require(acting_user, "libraries.manage")
    library = Library(slug=_free_slug(record.name), **record.values())
    _check(library, record)
    try:
        with transaction.atomic():
            library.save(force_insert=True)
    except IntegrityError as error:
        raise _name_is_taken() from error
    audit(acting_user, "libraries.create", library)
    return library


@transaction.atomic
def edit_library(library: Library, *, acting_user: Actor, record: Record) -> Library:
    """Change a library's record and return it fresh; its address on the site (`slug`) stays, as leaflets bear it.

    Only administrators change what says which library it is (`IDENTITY`). Raises NotAllowed, Invalid with the field,
    or Refusal for a library that has left the network.
    """
    require(acting_user, "libraries.view", library)  # the staff's: a library writes its page, not its record
    require(acting_user, "libraries.edit_page", library)
    changed = {name: value for name, value in record.values().items() if getattr(library, name) != value}
    if IDENTITY & changed.keys():
        require(acting_user, "libraries.manage")
    if changed:
        _write(library, record, changed)
        audit(acting_user, "libraries.edit", library, fields=sorted(changed))
    return Library.objects.get(pk=library.pk)


def _write(library: Library, record: Record, changed: Mapping[str, Any]) -> None:
    _check(Library(pk=library.pk, slug=library.slug, **record.values()), record)
    try:
        with transaction.atomic():
            rows = Library.objects.filter(pk=library.pk, closed_at__isnull=True).update(**changed)
    except IntegrityError as error:
        raise _name_is_taken() from error
    if not rows:
        raise Refusal(_("Cette bibliothèque a quitté le réseau : sa fiche ne change plus."))


def _check(library: Library, record: Record) -> None:
    """Raise Invalid unless both coordinates are given, or none, and every value suits its column."""
    if (record.latitude is None) != (record.longitude is None):
        raise Invalid(_("Indiquez la latitude et la longitude, ou aucune des deux."), "latitude")
    try:
        library.clean_fields(exclude={"slug"})
    except ValidationError as fault:
        field, errors = next(iter(fault.message_dict.items()))
        raise Invalid(" ".join(errors), field) from fault


def _name_is_taken() -> Invalid:
    return Invalid(_("Une bibliothèque porte déjà ce nom, peut-être parmi celles qui ont quitté le réseau."), "name")


def _free_slug(name: str) -> str:
    """Return the address that the name gives; a number follows where another library has or had it."""
    base = slugify(fold_identifier(name))[:_SLUG_LENGTH] or "bibliotheque"
    taken = set(Library.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


# ---- territories
@transaction.atomic
def create_territory(*, acting_user: Actor, name: str, officer: User | None) -> Territory:
    """Add a territory and return it; raises NotAllowed, or Invalid with the field."""
    require(acting_user, "libraries.manage")
    territory = Territory(name=name, officer=_checked(officer))
    _save(territory)
    audit(acting_user, "libraries.create_territory", territory, officer=territory.officer_id)
    return territory


@transaction.atomic
def change_territory(territory: Territory, *, acting_user: Actor, name: str, officer: User | None) -> Territory:
    """Rename a territory or give it to another officer, who from then on may act in its libraries; return it fresh.

    Raises NotAllowed, or Invalid with the field.
    """
    require(acting_user, "libraries.manage")
    before = Territory.objects.select_for_update().filter(pk=territory.pk).first()
    if before is None:
        raise Refusal(_("Ce territoire n’existe plus."))
    former = before.officer_id
    before.name, before.officer = name, _checked(officer)
    _save(before)
    audit(acting_user, "libraries.change_territory", before, officer=before.officer_id, former_officer=former)
    return before


@transaction.atomic
def delete_territory(territory: Territory, *, acting_user: Actor) -> None:
    """Delete a territory in which no library is or was; raises NotAllowed, or Refusal where there is one."""
    require(acting_user, "libraries.manage")
    audit(acting_user, "libraries.delete_territory", territory)
    try:
        with transaction.atomic():
            Territory.objects.filter(pk=territory.pk).delete()
    except (ProtectedError, IntegrityError) as error:
        raise Refusal(
            _("Des bibliothèques sont rattachées à ce territoire : rattachez-les d’abord à un autre.")
        ) from error


def _checked(officer: User | None) -> User | None:
    if officer is None:
        return None
    roles = officer.staff_roles.filter(role=StaffRoleName.TERRITORY)
    if officer.kind != Kind.STAFF or not officer.is_active or not roles.exists():
        raise Invalid(_("Choisissez une personne de l’équipe qui a le rôle de référent(e) de territoire."), "officer")
    return officer


def _save(territory: Territory) -> None:
    try:
        with transaction.atomic():
            territory.save()
    except IntegrityError as error:
        raise Invalid(_("Un territoire porte déjà ce nom."), "name") from error
