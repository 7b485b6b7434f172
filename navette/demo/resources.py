"""The demo's digital resources: offers, categories, terms of use in their versions, and how each opens."""

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from navette.core import clock
from navette.demo.connections import connect
from navette.demo.plan import Plan
from navette.portal.models import Portal, SiteTerms
from navette.resources.models import Category, DigitalResource, Offer, ResourceTerms

DATA = Path(__file__).parent / "data"
FIRST_VERSION, LATER_VERSION = 900, 120  # days ago


@dataclass
class Collection:
    """The resources with all versions of all terms, as readers need them."""

    resources: list[DigitalResource]
    resource_terms: dict[int, list[ResourceTerms]]
    site_terms: list[SiteTerms]


def make_collection(plan: Plan, portal: Portal) -> Collection:
    """Write resources, offers, categories, terms and vendors' addresses."""
    rng = plan.rng("resources")
    told: dict[str, Any] = json.loads((DATA / "resources.json").read_text(encoding="utf-8"))
    categories = _make_categories(told["categories"])
    offers = _make_offers(told["offers"], portal)
    resources, terms = [], {}
    for row in told["resources"]:
        resource = _make_resource(row, categories, offers)
        terms[resource.pk] = _make_terms(plan, resource, row["terms"])
        connect(plan, resource, row, rng)
        resources.append(resource)
    return Collection(resources, terms, _make_site_terms(plan, portal))


def _make_categories(rows: list[dict[str, str]]) -> dict[str, Category]:
    return {row["slug"]: Category.objects.create(position=n, **row) for n, row in enumerate(rows, start=1)}


def _make_offers(rows: list[dict[str, str]], portal: Portal) -> dict[str, Offer]:
    names = {row["slug"]: row["name"].format(portal=portal.name) for row in rows}
    return {key: Offer.objects.create(name=name, slug=slugify(name.replace(".", "-"))) for key, name in names.items()}


def _make_resource(row: dict[str, Any], categories: dict[str, Category], offers: dict[str, Offer]) -> DigitalResource:
    plain = ("slug", "name", "vendor", "audience", "tint", "summary", "description")
    resource = DigitalResource.objects.create(
        category=categories[row["category"]], **{name: row[name] for name in plain}
    )
    resource.offers.set([offers[name] for name in row["offers"]])
    return resource


def _published(plan: Plan, version: int, versions: int) -> dt.datetime:
    """Return when a version came out: the first long ago, a second one in this year."""
    ago = LATER_VERSION if version == versions > 1 else FIRST_VERSION
    return dt.datetime.combine(plan.today - dt.timedelta(days=ago), dt.time(9), tzinfo=clock.now().tzinfo)


def _make_terms(plan: Plan, resource: DigitalResource, texts: list[str]) -> list[ResourceTerms]:
    return [
        ResourceTerms.objects.create(
            resource=resource, version=n, text=text, published_at=_published(plan, n, len(texts))
        )
        for n, text in enumerate(texts, start=1)
    ]


def _make_site_terms(plan: Plan, portal: Portal) -> list[SiteTerms]:
    texts: list[str] = json.loads((DATA / "site-terms.json").read_text(encoding="utf-8"))
    values = {"portal": portal.name, "owner": portal.owner, "contact": portal.contact_email}
    # Everybody in the demo has accepted the version in force: it came out before anyone asked.
    published = [_published(plan, 1, 1) + dt.timedelta(days=30 * n) for n in range(-len(texts), 0)]
    return [
        SiteTerms.objects.create(version=n, text=text.format(**values), published_at=moment)
        for n, (text, moment) in enumerate(zip(texts, published, strict=True), start=1)
    ]
