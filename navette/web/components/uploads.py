"""A file that somebody sends."""

from django import forms
from django.utils.translation import gettext_lazy as _

ACCEPTED = ".xlsx,.csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,text/csv"


class SheetField(forms.FileField):
    """A spreadsheet; what it really is gets judged by its content, when it is read."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Fichier"),
            help_text=_(
                "Classeur Excel (.xlsx) ou fichier CSV, 20 Mo au plus. Les titres des colonnes sur la 1re ligne."
            ),
            allow_empty_file=True,  # told in words of our own
            widget=forms.FileInput(attrs={"accept": ACCEPTED}),
            error_messages={"required": _("Choisissez un fichier.")},
        )
