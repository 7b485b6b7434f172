"""What the staff change of what the portal offers: resources, offers, categories, vendors' terms."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import AuditRow, audit
from navette.core.pictures import Picture
from navette.core.seen import fingerprint_of
from navette.resources.errors import AlreadySo, ResourceOvertaken, TermsOvertaken
from navette.resources.models import Category, DigitalResource, Offer, ResourceTerms

LONGEST_TERMS = 100_000


@dataclass(frozen=True)
class Details:
    """What staff say of a resource; how it opens is `signon`'s affair."""

    name: str
    summary: str
    description: str
    tint: str
    vendor: str
    category: Category
    audience: str
    seats: int | None = None


@transaction.atomic
def create_resource(
    details: Details, *, acting_user: Actor, offers: Sequence[Offer], logo: Picture | None = None
) -> DigitalResource:
    """Write a new resource, closed until its staff open it; its address is made of its name and stays.

    Raises NotAllowed, or Invalid for a name that is taken.
    """
    require(acting_user, "resources.manage")
    _refuse_taken(DigitalResource, details.name)
    resource = DigitalResource(is_open=False, slug=_free_slug(DigitalResource, details.name), **_columns(details))
    if logo is not None:
        resource.logo = logo
    resource.save()
    resource.offers.set(offers)
    audit(acting_user, "resources.create", resource, name=resource.name)
    return resource


@transaction.atomic
def edit_resource(
    resource: DigitalResource,
    details: Details,
    *,
    acting_user: Actor,
    seen: str,
    offers: Sequence[Offer],
    logo: Picture | None = None,
    drop_logo: bool = False,
) -> DigitalResource:
    """Change what is said of `resource`; `logo` replaces its picture, `drop_logo` takes it out. Returns it fresh.

    It goes over the words whose `resource_fingerprint` is `seen`. Raises NotAllowed, Invalid for a name that is taken,
    or ResourceOvertaken.
    """
    require(acting_user, "resources.manage")
    _refuse_taken(DigitalResource, details.name, resource.pk)
    fresh = DigitalResource.objects.select_for_update().get(pk=resource.pk)
    _check_seen(fresh, seen)
    before = _told(fresh)
    for name, value in _columns(details).items():
        setattr(fresh, name, value)
    if logo is not None or drop_logo:
        _forget_file(fresh)
        fresh.logo = logo or ""
    fresh.save()
    fresh.offers.set(offers)
    after = _told(fresh)
    changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    if changed:
        audit(acting_user, "resources.edit", fresh, changed=changed)
    return fresh


@transaction.atomic
def set_open(resource: DigitalResource, *, acting_user: Actor, is_open: bool) -> DigitalResource:
    """Open `resource` to readers, or close it: nobody loses their grant, nothing opens meanwhile. Returns it fresh.

    Raises NotAllowed or AlreadySo.
    """
    require(acting_user, "resources.manage")
    if not DigitalResource.objects.filter(pk=resource.pk, is_open=not is_open).update(is_open=is_open):
        raise AlreadySo(is_open=is_open)
    audit(acting_user, "resources.open" if is_open else "resources.close", resource, name=resource.name)
    return DigitalResource.objects.get(pk=resource.pk)


@transaction.atomic
def save_offer(*, acting_user: Actor, name: str, offer: Offer | None = None) -> Offer:
    """Create an offer, or rename `offer`, whose address stays. Raises NotAllowed or Invalid."""
    require(acting_user, "resources.manage")
    name = _refuse_taken(Offer, name, offer.pk if offer else None)
    row = offer or Offer(slug=_free_slug(Offer, name))
    row.name = name
    row.save()
    audit(acting_user, "resources.rename_offer" if offer else "resources.create_offer", row, name=name)
    return row


@transaction.atomic
def save_category(*, acting_user: Actor, name: str, position: int, category: Category | None = None) -> Category:
    """Create a category, or rename and move `category`, whose address stays. Raises NotAllowed or Invalid."""
    require(acting_user, "resources.manage")
    name = _refuse_taken(Category, name, category.pk if category else None)
    row = category or Category(slug=_free_slug(Category, name))
    row.name, row.position = name, position
    row.save()
    audit(
        acting_user,
        "resources.edit_category" if category else "resources.create_category",
        row,
        name=name,
        position=position,
    )
    return row


@transaction.atomic
def publish_terms(resource: DigitalResource, *, acting_user: Actor, text: str, after: int) -> ResourceTerms:
    """Publish the next version of a vendor's terms, over the version `after` that its author has read (0 for none).

    A published text never changes. Raises NotAllowed, Invalid for an empty text, or TermsOvertaken.
    """
    require(acting_user, "terms.publish")
    if not text.strip() or len(text) > LONGEST_TERMS:
        raise Invalid(_("Écrivez le texte des conditions."), "text")
    DigitalResource.objects.select_for_update().get(pk=resource.pk)
    last = resource.terms.aggregate(last=Max("version"))["last"] or 0
    if last != after:
        raise TermsOvertaken(last)
    terms = ResourceTerms.objects.create(resource=resource, version=last + 1, text=text.strip())
    audit(acting_user, "terms.publish_resource", terms, resource=resource.name, version=terms.version)
    return terms


def resource_fingerprint(resource: DigitalResource) -> str:
    """Return what changes with anything said of `resource`: the page that edits it carries it along."""
    return fingerprint_of(_told(resource) | {"description": resource.description})


def _check_seen(resource: DigitalResource, seen: str) -> None:
    if resource_fingerprint(resource) != seen:
        done = AuditRow.objects.filter(action="resources.edit", object_id=resource.pk)
        last = done.order_by("-at", "-pk").first()
        raise ResourceOvertaken(last.actor_label if last else "", resource_fingerprint(resource))


def _columns(details: Details) -> dict[str, Any]:
    return asdict(details) | {"category": details.category}


def _told(resource: DigitalResource) -> dict[str, Any]:
    """Return what the audit log keeps of a resource; long texts by their length."""
    return {
        "name": resource.name,
        "vendor": resource.vendor,
        "category": resource.category_id,
        "audience": resource.audience,
        "seats": resource.seats,
        "description": len(resource.description),
        "summary": resource.summary,
        "tint": resource.tint,
        "logo": bool(resource.logo) and resource.logo.name,
        "offers": sorted(resource.offers.values_list("slug", flat=True)),
    }


def _forget_file(resource: DigitalResource) -> None:
    """Delete the present logo once the change is committed, unless another resource shows the same file."""
    old = resource.logo
    if not old:
        return
    name, storage = old.name, old.storage
    transaction.on_commit(lambda: None if _is_shown(str(name)) else storage.delete(str(name)))


def _is_shown(name: str) -> bool:
    return DigitalResource.objects.filter(logo=name).exists()


def _refuse_taken(model: Any, name: str, but: int | None = None) -> str:
    """Return `name` without spaces around it; Invalid where it is empty or another row has it."""
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Donnez un nom."), "name")
    if model.objects.filter(name__iexact=name).exclude(pk=but).exists():
        raise Invalid(_("Ce nom est déjà pris."), "name")
    return name


def _free_slug(model: Any, name: str) -> str:
    """Return an address made of `name` that no row has; it stays for ever: printed leaflets bear it."""
    wanted = slugify(name.replace(".", "-"))[:60].strip("-") or "ressource"
    taken = set(model.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)
