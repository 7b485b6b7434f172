"""« Ma fiche bibliothèque »: what a library tells of itself on its public page, and what it changes there (L11)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.libraries.models import Library, OpeningHours, Weekday

TEXTS = ("presentation", "street", "postcode", "phone", "website", "hours_note", "contact_name")


@dataclass(frozen=True)
class Span:
    """A time of a weekday in which the library is open."""

    weekday: int
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class LibraryPage:
    """What the page is to say. `photo` replaces the one there is; `drop_photo` takes it away."""

    presentation: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    website: str = ""
    hours_note: str = ""
    contact_name: str = ""
    hours: Sequence[Span] = field(default_factory=tuple)
    photo: ContentFile | None = None  # type: ignore[type-arg]
    drop_photo: bool = False


@transaction.atomic
def edit_page(library: Library, *, acting_user: Actor, page: LibraryPage) -> Library:
    """Write `page` as the public page of `library`; return it fresh. Raises NotAllowed, or Invalid (with the field)."""
    require(acting_user, "libraries.edit_page", library)
    fresh = Library.objects.select_for_update().get(pk=library.pk)
    changed = [name for name in TEXTS if getattr(fresh, name) != getattr(page, name).strip()]
    for name in changed:
        setattr(fresh, name, getattr(page, name).strip())
    _check(fresh)
    if _write_hours(fresh, checked_hours(page.hours)):
        changed.append("hours")
    if _change_photo(fresh, page):
        changed.append("photo")
    fresh.save(update_fields=[*TEXTS, "photo"])
    if changed:
        audit(acting_user, "libraries.edit_page", fresh, changed=sorted(changed))
    return fresh


def checked_hours(spans: Sequence[Span]) -> list[Span]:
    """Return `spans` in the order of the week; Invalid (about « hours ») where one ends early or two overlap."""
    inorder = sorted(spans, key=lambda span: (span.weekday, span.opens))
    for span in inorder:
        if span.weekday not in Weekday.values:
            raise Invalid(_("Ce jour n’existe pas."), "hours")
        if span.closes <= span.opens:
            told = _("%(day)s : l’heure de fermeture vient après l’heure d’ouverture.")
            raise Invalid(told % {"day": Weekday(span.weekday).label}, "hours")
    for first, second in pairwise(inorder):
        if first.weekday == second.weekday and second.opens < first.closes:
            told = _("%(day)s : deux plages se chevauchent.")
            raise Invalid(told % {"day": Weekday(first.weekday).label}, "hours")
    return inorder


def _check(library: Library) -> None:
    try:
        library.clean_fields(exclude=["photo", "territory", "merged_into"])
    except ValidationError as error:
        name, told = next(iter(error.message_dict.items()))
        raise Invalid(told[0], name) from error
    most = Library._meta.get_field("presentation").max_length or 0
    if len(library.presentation) > most:  # Django leaves the length of a TextField to forms
        raise Invalid(_("La présentation a %(most)d caractères au plus.") % {"most": most}, "presentation")


def _write_hours(library: Library, spans: list[Span]) -> bool:
    """Write the opening hours where they differ from those that stand; say whether they did."""
    standing = [Span(row.weekday, row.opens, row.closes) for row in library.opening_hours.all()]
    if standing == spans:
        return False
    library.opening_hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(library=library, weekday=span.weekday, opens=span.opens, closes=span.closes) for span in spans
    )
    return True


def _change_photo(library: Library, page: LibraryPage) -> bool:
    """Put the photo asked for; the old file goes once the change holds."""
    if page.photo is None and not (page.drop_photo and library.photo):
        return False
    old, storage = library.photo.name, library.photo.storage
    if page.photo is None:
        library.photo = ""
    else:
        library.photo.save(f"{library.slug}-{page.photo.name}", page.photo, save=False)
    if old and old != library.photo.name:
        transaction.on_commit(partial(storage.delete, old))
    return True
