"""What the pages where a library writes have in common: for which library one writes."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from navette.editorial.models import WorkKind
from navette.libraries.models import Library
from navette.web.pro.access import workspace_of


def writes_for(request: HttpRequest) -> list[Library]:
    """Return the libraries in whose name the person may write, by name."""
    workspace = workspace_of(request)
    return [row for row in workspace.libraries if workspace.user.has_perm("editorial.write", row)]


def must_write(request: HttpRequest) -> list[Library]:
    """Return them, or refuse the page to who writes for none."""
    libraries = writes_for(request)
    if not libraries:
        raise PermissionDenied
    return libraries


class WorkForm(forms.Form):
    """A work: what it is, its title, who made it. Who writes for several libraries says for which."""

    library = forms.ChoiceField(label=_("Bibliothèque"))
    kind = forms.ChoiceField(label=_("Type"), choices=WorkKind.choices)
    title = forms.CharField(label=_("Titre"), max_length=200)
    creator = forms.CharField(label=_("Auteur ou autrice"), max_length=200, required=False)
    isbn = forms.CharField(
        label=_("ISBN ou code-barres"),
        max_length=17,
        required=False,
        help_text=_("Au dos du document, s’il y en a un."),
    )

    def __init__(self, libraries: list[Library], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_key = {str(row.pk): row for row in libraries}
        if len(libraries) > 1:
            self.fields["library"].choices = [(key, row.name) for key, row in self.by_key.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["library"]

    @property
    def library_chosen(self) -> Library:
        """Return the library that the person writes for."""
        chosen = self.cleaned_data.get("library")
        return self.by_key[chosen] if chosen else next(iter(self.by_key.values()))
