"""What the staff change of the portal: its settings, its look, its general terms."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.forms import model_to_dict
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import AuditRow, audit
from navette.core.pictures import Picture
from navette.core.seen import fingerprint_of
from navette.portal.colour import check_accent
from navette.portal.errors import SettingsOvertaken, SiteTermsOvertaken
from navette.portal.models import Portal, SiteTerms
from navette.portal.queries import current_portal

LONGEST_TERMS = 100_000
PICTURES = ("logo", "photo")


def fingerprint(portal: Portal) -> str:
    """Return what changes with any setting: a page carries it along, so that one saves over what one has seen."""
    return fingerprint_of(_told(portal, [field.name for field in Portal._meta.fields]))


def changes(portal: Portal, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return which of `values` differ from the portal's, each with what it was and what it becomes."""
    return {name: (getattr(portal, name), value) for name, value in values.items() if getattr(portal, name) != value}


@transaction.atomic
def save_settings(values: Mapping[str, Any], *, acting_user: Actor, seen: str) -> Portal:
    """Save `values` (fields of the portal) over the settings whose `fingerprint` is `seen`; return the portal fresh.

    Nothing but the one record changes. Raises NotAllowed, Invalid or SettingsOvertaken.
    """
    require(acting_user, "portal.manage")
    portal = _locked(seen)
    changed = changes(portal, values)
    if not changed:
        return portal
    for name, (_before, after) in changed.items():
        setattr(portal, name, after)
    fresh = _stored(portal)
    audit(acting_user, "portal.save_settings", fresh, changed=_in_the_log(changed))
    return fresh


@transaction.atomic
def save_look(
    *, acting_user: Actor, seen: str, accent: str, pictures: Mapping[str, Picture | None] | None = None
) -> Portal:
    """Save the accent colour (empty for ours) and the pictures named, None taking one out; return the portal fresh.

    Raises NotAllowed, Invalid for a colour on which nobody could read, or SettingsOvertaken.
    """
    require(acting_user, "portal.manage")
    portal = _locked(seen)
    if accent:
        check_accent(accent)
    changed: dict[str, Any] = changes(portal, {"accent": accent})
    portal.accent = accent
    for name, picture in (pictures or {}).items():
        file = getattr(portal, name)
        changed[name] = (file.name, picture.name if picture else "")
        if file:
            _forget_after_commit(file)
        setattr(portal, name, picture or "")
    if not changed:
        return portal
    fresh = _stored(portal)
    audit(acting_user, "portal.save_look", fresh, changed=_in_the_log(changed))
    return fresh


@transaction.atomic
def publish_site_terms(*, acting_user: Actor, text: str, after: int) -> SiteTerms:
    """Publish the next version of the site's terms, over the version `after` that its author has read (0 for none).

    A published text never changes; readers are asked at their next login (SUB-10). Raises NotAllowed, Invalid for an
    empty text, or SiteTermsOvertaken.
    """
    require(acting_user, "terms.publish")
    if not text.strip() or len(text) > LONGEST_TERMS:
        raise Invalid(_("Écrivez le texte des conditions."), "text")
    Portal.objects.select_for_update().first()  # two who publish at once come one after the other
    last = SiteTerms.objects.aggregate(last=Max("version"))["last"] or 0
    if last != after:
        raise SiteTermsOvertaken(last)
    terms = SiteTerms.objects.create(version=last + 1, text=text.strip())
    audit(acting_user, "terms.publish_site", terms, version=terms.version)
    return terms


def _locked(seen: str) -> Portal:
    """Return the portal, locked until the transaction ends; SettingsOvertaken where it is not what was seen."""
    portal = Portal.objects.select_for_update().first() or current_portal()
    if fingerprint(portal) != seen:
        last = AuditRow.objects.filter(action__startswith="portal.").order_by("-at", "-pk").first()
        raise SettingsOvertaken(last.actor_label if last else "")
    return portal


def _stored(portal: Portal) -> Portal:
    try:
        portal.full_clean(exclude=["id"], validate_unique=False)
    except ValidationError as fault:
        raise _refusal_of(fault) from fault
    portal.save()
    return Portal.objects.get(pk=portal.pk)


def _in_the_log(changed: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: [_plain(before), _plain(after)] for name, (before, after) in changed.items()}


def _refusal_of(fault: ValidationError) -> Invalid:
    fields = getattr(fault, "message_dict", {})
    name = next(iter(fields), "")
    return Invalid(" ".join(fault.messages), name if name != "__all__" else None)


def _told(portal: Portal, names: list[str]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in model_to_dict(portal, names).items()}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | list | None) else str(value)


def _forget_after_commit(file: Any) -> None:
    name, storage = file.name, file.storage
    used = Portal.objects.filter
    transaction.on_commit(
        lambda: None if any(used(**{field: name}).exists() for field in PICTURES) else storage.delete(name)
    )
