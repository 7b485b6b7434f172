"""The département's own pages of text."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.editorial.actions.texts import cleaned, stripped
from navette.editorial.errors import Overtaken
from navette.editorial.models import Page


@dataclass(frozen=True)
class PageText:
    """What stands on a page, and who reads it."""

    title: str
    lead: str
    body: str
    readers: str = Page.Readers.PROFESSIONALS


@transaction.atomic
def create_page(*, acting_user: Actor, slug: str, text: PageText) -> Page:
    """Write a page at the address `slug`. Raises NotAllowed, or Invalid (with the field) where the address is taken."""
    require(acting_user, "editorial.edit_pages")
    page = Page(slug=slug.strip(), **stripped(asdict(text)))
    cleaned(page)
    try:
        page.validate_unique()
    except ValidationError as error:
        raise Invalid(_("Une page porte déjà cette adresse."), "slug") from error
    page.save(force_insert=True)
    audit(acting_user, "editorial.create_page", page, slug=page.slug)
    return page


@transaction.atomic
def edit_page(page: Page, *, acting_user: Actor, seen_at: dt.datetime, text: PageText) -> Page:
    """Change a page that was last changed at `seen_at`, as the person saw it.

    Raises NotAllowed, Invalid (with the field), or Overtaken where somebody has saved it since.
    """
    require(acting_user, "editorial.edit_pages")
    values = stripped(asdict(text))
    cleaned(Page(slug=page.slug, **values))
    rows = Page.objects.filter(pk=page.pk, changed_at=seen_at).update(changed_at=clock.now(), **values)
    fresh = Page.objects.get(pk=page.pk)
    if not rows:
        told = _("Quelqu’un d’autre a enregistré « %(title)s » pendant que vous écriviez : comparez, puis recommencez.")
        raise Overtaken(told % {"title": fresh.title})
    audit(acting_user, "editorial.edit_page", fresh, slug=fresh.slug)
    return fresh
