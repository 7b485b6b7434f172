"""What the texts of libraries and staff have in common: the space around them, and what their models demand."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from navette.core.errors import Invalid


def cleaned(row: models.Model, *exclude: str) -> None:
    """Check the fields of `row` by its model, long texts included; Invalid with the first field that is wrong."""
    try:
        row.clean_fields(exclude=exclude)
    except ValidationError as error:
        name, told = next(iter(error.message_dict.items()))
        raise Invalid(told[0], name) from error
    for field in row._meta.get_fields():
        # Django leaves the length of a TextField to forms.
        if (
            isinstance(field, models.TextField)
            and field.max_length
            and len(getattr(row, field.name)) > field.max_length
        ):
            raise Invalid(
                _("Ce texte est trop long : %(most)d caractères au plus.") % {"most": field.max_length}, field.name
            )


def stripped(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` without the space around their texts."""
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
