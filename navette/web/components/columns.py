"""The form that says in which column of a sheet each thing stands."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from navette.core.errors import Invalid
from navette.files.columns import Columns, Wanted, checked


class ColumnsForm(forms.Form):
    """One list a thing wanted, with the titles of the sheet; each column serves once."""

    def __init__(
        self, data: object = None, *, headers: Sequence[str], wanted: Sequence[Wanted], chosen: Columns
    ) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.headers, self.wanted = headers, wanted
        titles = [(str(index), title) for index, title in enumerate(headers)]
        for row in wanted:
            none = ("", _("- Sélectionner -") if row.required else _("- Absente du fichier -"))
            self.fields[row.name] = forms.ChoiceField(
                label=str(row.label),
                choices=[none, *titles],
                required=row.required,
                initial=str(chosen.get(row.name, "")),
            )

    def clean(self) -> dict[str, object]:
        """Refuse a column chosen twice."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                checked(self.columns, self.headers, self.wanted)
            except Invalid as refusal:
                self.add_error(refusal.field, refusal.message)
        return cleaned

    @property
    def columns(self) -> Columns:
        """Return the columns chosen."""
        return {name: int(value) for name, value in self.cleaned_data.items() if value not in ("", None)}
