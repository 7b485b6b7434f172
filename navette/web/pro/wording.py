"""Words that the workspace's pages share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navette.subscriptions.states import REFUSAL_CHOICES, RefusalReason

LONGEST_MESSAGE = 5_000
NO_REASON = ("", _("- Sélectionner -"))
REFUSAL_REASONS = [NO_REASON, *REFUSAL_CHOICES]
END_REASONS = [
    NO_REASON,
    *[(reason.value, reason.label) for reason in (RefusalReason.LEFT, RefusalReason.MEMBERSHIP_OVER)],
]


class MessageField(forms.CharField):
    """A text to send as it is typed, its line ends those of the mail."""

    def __init__(self, *, required: bool = True, help_text: Any = "", rows: int = 8) -> None:
        super().__init__(
            label=_("Message à envoyer"),
            required=required,
            max_length=LONGEST_MESSAGE,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": rows}),
        )

    def to_python(self, value: object) -> str:
        """Return the text with plain line ends (browsers send CR LF)."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class DayField(forms.DateField):
    """A day chosen with the browser's own date field."""

    def __init__(self, *, label: Any, help_text: Any = "", required: bool = True) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            required=required,
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )


class BirthDateField(forms.DateField):
    """A birth date, which is typed."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Date de naissance"),
            help_text=_("JJ/MM/AAAA"),
            input_formats=["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y"],
            widget=forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )


class SeenForm(forms.Form):
    """A form about a subscription as it was seen: the version tells whether it has changed since (SUB-02)."""

    version = forms.IntegerField(min_value=1, max_value=2_000_000_000, widget=forms.HiddenInput)
