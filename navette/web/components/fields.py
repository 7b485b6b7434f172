"""Form fields that hold where Django's own would break on hostile input."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

_LONGEST_KEY = 18  # digits: what every database's 64-bit integers hold


class ManyChoices(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several objects ticked. A key that no database could hold is an error beside the field, not of the server."""

    def clean(self, value: Any) -> Any:
        """Return the objects whose keys are in `value`."""
        for key in value or ():
            if len(str(key)) > _LONGEST_KEY:
                raise ValidationError(
                    self.error_messages["invalid_pk_value"], code="invalid_pk_value", params={"pk": str(key)[:40]}
                )
        return super().clean(value)
