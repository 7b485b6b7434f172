"""Markup that people have stored, in their names or anywhere else, is shown as text on every page to everybody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import F, Model, Value
from django.db.models.functions import Cast, Concat

from navette.subscriptions.models import SubscriptionEvent
from tests.architecture.access import ROLES
from tests.architecture.world import World, build, routes, undone
from tests.web.judging import MARK, judge

# What never holds a person's own words: addresses, keys, names that code reads.
NOT_WORDS = (models.SlugField, models.EmailField, models.URLField, models.ImageField)
KEYS = {"identifier", "password", "button_url", "message_id", "key", "kind", "action", "object_type", "profile"}
APPS = ("portal", "accounts", "libraries", "readers", "resources", "subscriptions", "mail", "core")


@pytest.fixture
def world(db: None) -> World:
    """Return a world in which every text is hostile."""
    world = build()
    for subscription in world.subscriptions.values():
        SubscriptionEvent.objects.create(subscription=subscription, move="edit", to_status=subscription.status)
    for model, names in texts():
        marked = {name: Concat(Value(MARK), Cast(F("pk"), models.CharField())) for name in names}
        model._default_manager.update(**marked)
    return world


def texts() -> Iterator[tuple[type[Model], list[str]]]:
    """Yield each of our models with its fields that hold words and have room for the mark."""
    for name in APPS:
        for model in apps.get_app_config(name).get_models():
            found = [field.name for field in model._meta.get_fields() if holds_words(field)]
            if found:
                yield model, found


def holds_words(field: Any) -> bool:
    """Say whether a field holds words that somebody wrote."""
    is_text = isinstance(field, models.CharField | models.TextField) and type(field).__module__.startswith("django.")
    if not is_text or isinstance(field, NOT_WORDS) or field.choices or field.name in KEYS:
        return False
    return field.max_length is None or field.max_length > len(MARK) + 10


def test_the_marked_fields_are_those_that_pages_show() -> None:
    marked = {f"{model.__name__}.{name}" for model, names in texts() for name in names}
    shown = "Reader.last_name Library.name User.name DigitalResource.description OutgoingMail.subject Portal.name"
    assert set(shown.split()) | {"SubscriptionEvent.message", "SiteTerms.text", "ResourceTerms.text"} <= marked


@pytest.mark.parametrize("role", ROLES)
def test_markup_that_is_stored_is_shown_as_text(world: World, role: str) -> None:
    for route in routes():
        address, data = world.address(route), world.posts().get(route, {})
        with undone():
            client = world.client(role)  # a new one each time: one of the routes logs out
            judge(client.get(address), client)
            judge(client.post(address, data), client)
