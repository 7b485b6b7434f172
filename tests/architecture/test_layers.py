"""Foreign keys against the layers: a key written as a string escapes import-linter."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = "Layers: imports go downwards only"


def heights() -> dict[str, int]:
    """Return the height of each part of `navette`, from the contract of pyproject.toml; siblings share one."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = (row for row in settings["contracts"] if row["name"] == CONTRACT)
    rows: list[str] = contract["layers"][::-1]
    return {part.strip(): height for height, row in enumerate(rows) for part in row.split("|")}


def part_of(model: type[Model]) -> str:
    """Return the part of `navette` that a model belongs to; empty for one of Django's own."""
    package, _dot, rest = model.__module__.partition(".")
    return rest.partition(".")[0] if package == "navette" else ""


def relations() -> list[Any]:
    """Return every key and many-to-many field between our own models, hidden tables included."""
    models = [model for model in apps.get_models(include_auto_created=True) if part_of(model)]
    fields: list[Any] = [field for model in models for field in model._meta.get_fields() if field.concrete]
    return [field for field in fields if field.is_relation and part_of(field.related_model)]


@pytest.mark.parametrize("field", relations(), ids=str)
def test_a_key_leads_to_its_own_layer_or_a_lower_one(field: Any) -> None:
    heights_by_part = heights()
    here, there = part_of(field.model), part_of(field.related_model)
    assert here == there or heights_by_part[there] < heights_by_part[here], (
        f"{field} leads from {here} up to {there}: turn the key round, or move the model"
    )


def test_every_application_stands_in_the_contract() -> None:
    ours = {config.name.split(".")[1] for config in apps.get_app_configs() if config.name.startswith("navette.")}
    assert ours <= set(heights())
