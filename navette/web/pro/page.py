"""« Ma fiche bibliothèque »: the library writes its public page; the staff who look after it may too (L11)."""

import datetime as dt
from collections import Counter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from navette.core.pictures import checked_photo
from navette.libraries.models import Library, Weekday
from navette.libraries.page import LibraryPage, Span, edit_page
from navette.libraries.queries import libraries_seen_by
from navette.web.components.refusals import refusals_on
from navette.web.pro.access import professional, show, workspace_of

SPANS_A_DAY = 2  # that the form asks for; a day that has more keeps them
TIME = "%H:%M"


def _text(name: str, label: Any, **options: Any) -> forms.CharField:
    most = getattr(Library._meta.get_field(name), "max_length", None)
    return forms.CharField(label=label, max_length=most, required=False, **options)


class PageForm(forms.Form):
    """The library's page: its words, its address, its photo. The hours are the fields of `days`."""

    presentation = _text(
        "presentation",
        gettext_lazy("Présentation"),
        help_text=gettext_lazy(
            "Vos collections, vos rendez-vous, ce qui fait venir. Une ligne vide sépare deux paragraphes."
        ),
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    street = _text("street", gettext_lazy("Adresse"), help_text=gettext_lazy("Numéro et rue."))
    postcode = forms.CharField(label=gettext_lazy("Code postal"), max_length=5)
    phone = _text("phone", gettext_lazy("Téléphone"), widget=forms.TextInput(attrs={"inputmode": "tel"}))
    website = forms.URLField(label=gettext_lazy("Site web"), required=False, max_length=200, assume_scheme="https")
    contact_name = _text("contact_name", gettext_lazy("Contact"), help_text=gettext_lazy("La personne à demander."))
    hours_note = _text(
        "hours_note",
        gettext_lazy("À savoir sur les horaires"),
        help_text=gettext_lazy("Vacances, jours fériés, fermeture d’été : une phrase."),
    )
    photo = forms.FileField(
        label=gettext_lazy("Photo"),
        required=False,
        help_text=gettext_lazy(
            "JPEG, PNG ou WebP, 8 Mo au plus. Elle est réduite, et ce que l’appareil y a noté est effacé."
        ),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    drop_photo = forms.BooleanField(label=gettext_lazy("Retirer la photo"), required=False)

    def __init__(self, library: Library, *args: Any, may_edit: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _initial(library)} | kwargs)
        most = max(Counter(row.weekday for row in library.opening_hours.all()).values(), default=0)
        self.numbers = range(max(SPANS_A_DAY, most))
        for day in Weekday:
            for number in self.numbers:
                self._add_span(day, number)
        for field in self.fields.values():
            field.disabled = not may_edit

    def _add_span(self, day: Weekday, number: int) -> None:
        for end, words in (("opens", _("de")), ("closes", _("à"))):
            name = f"{end}-{day.value}-{number}"
            label = _("%(day)s, plage %(number)d : %(end)s") % {"day": day.label, "number": number + 1, "end": words}
            self.fields[name] = forms.TimeField(
                label=label,
                required=False,
                widget=forms.TimeInput(format=TIME, attrs={"type": "time", "aria-label": label, "class": "time"}),
                error_messages={"invalid": _("Écrivez l’heure ainsi : 14:30.")},
            )

    @property
    def days(self) -> list[dict[str, Any]]:
        """Return each day with its pairs of bound fields and what is wrong with them, for the template."""
        rows = []
        for day in Weekday:
            names = [(f"opens-{day.value}-{n}", f"closes-{day.value}-{n}") for n in self.numbers]
            pairs = [(self[opens], self[closes]) for opens, closes in names]
            wrong = [error for pair in pairs for field in pair for error in field.errors]
            rows.append({"label": day.label, "pairs": pairs, "errors": wrong})
        return rows

    def clean(self) -> dict[str, Any]:
        """Ask for both ends of a span, or none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for day in Weekday:
            for number in self.numbers:
                names = [f"{end}-{day.value}-{number}" for end in ("opens", "closes")]
                given = [name for name in names if data.get(name) is not None]
                if len(given) == 1 and not any(name in self.errors for name in names):
                    missing = next(name for name in names if name not in given)
                    self.add_error(missing, _("Indiquez l’heure d’ouverture et l’heure de fermeture."))
        return data

    def spans(self) -> list[Span]:
        """Return the hours as they were filled in."""
        data, found = self.cleaned_data, []
        for day in Weekday:
            for number in self.numbers:
                opens: dt.time | None = data.get(f"opens-{day.value}-{number}")
                closes: dt.time | None = data.get(f"closes-{day.value}-{number}")
                if opens is not None and closes is not None:
                    found.append(Span(day.value, opens, closes))
        return found

    def page(self) -> LibraryPage:
        """Return the page as it was filled in; Invalid for a photo that is none."""
        data = self.cleaned_data
        texts = ("presentation", "street", "postcode", "phone", "website", "contact_name", "hours_note")
        photo = checked_photo(data["photo"], field="photo") if data["photo"] else None
        words = {name: data[name] for name in texts}
        return LibraryPage(**words, hours=self.spans(), photo=photo, drop_photo=data["drop_photo"])


def _initial(library: Library) -> dict[str, Any]:
    names = ("presentation", "street", "postcode", "phone", "website", "contact_name", "hours_note")
    values: dict[str, Any] = {name: getattr(library, name) for name in names}
    counts: Counter[int] = Counter()
    for row in library.opening_hours.all():
        number = counts[row.weekday]
        counts[row.weekday] += 1
        values |= {f"opens-{row.weekday}-{number}": row.opens, f"closes-{row.weekday}-{number}": row.closes}
    return values


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def own_page(request: HttpRequest) -> HttpResponse:
    """Show and save the page of the person's library; where they have several, let them choose."""
    libraries = workspace_of(request).libraries
    if not libraries:
        raise PermissionDenied
    if len(libraries) == 1:
        return _edit(request, libraries[0])
    if request.method == "POST":
        raise Http404
    return show(request, "pro/pages.html", {"libraries": libraries})


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def page_of(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and save the page of one of the libraries that the person sees: theirs, or those that staff look after."""
    library = get_object_or_404(libraries_seen_by(workspace_of(request).user), pk=pk)
    return _edit(request, library)


def _edit(request: HttpRequest, library: Library) -> HttpResponse:
    user = workspace_of(request).user
    may_edit = user.has_perm("libraries.edit_page", library)
    if request.method != "POST":
        return _show(request, library, PageForm(library, may_edit=may_edit), may_edit=may_edit)
    if not may_edit:
        raise PermissionDenied
    form = PageForm(library, request.POST, request.FILES)
    if form.is_valid() and _save(request, library, form):
        return redirect(request.path)
    return _show(request, library, form, may_edit=True)


def _save(request: HttpRequest, library: Library, form: PageForm) -> bool:
    with refusals_on(form):
        edit_page(library, acting_user=workspace_of(request).user, page=form.page())
        messages.success(request, _("La fiche est enregistrée : tout le monde la voit ainsi."))
        return True
    return False


def _show(request: HttpRequest, library: Library, form: PageForm, *, may_edit: bool) -> HttpResponse:
    context = {"library": library, "form": form, "may_edit": may_edit}
    return show(request, "pro/page.html", context, status=400 if form.errors else 200)
