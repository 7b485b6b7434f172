"""The network's libraries: the list, its export, a library's record. How one leaves the network is in `leaving`."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts.models import User
from navette.core import clock
from navette.core.errors import Invalid
from navette.core.french import library_called
from navette.files.xlsx import Cell, Column
from navette.libraries.models import Library, Membership, Territory
from navette.libraries.network import IDENTITY, Record, create_library, edit_library
from navette.libraries.queries import libraries_seen_by
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import status_today
from navette.subscriptions.states import Status
from navette.web.components.lists import dated_workbook, page_of
from navette.web.components.refusals import refusals_on, refusals_told, show_refusal
from navette.web.console.access import staff_with, user_of
from navette.web.console.listing import LONGEST_SEARCH, Sorting, keys_with

IN_NETWORK = Q(closed_at__isnull=True)
STATES = {
    "": (gettext_lazy("- Toutes celles du réseau -"), IN_NETWORK),
    "ouvertes": (gettext_lazy("Inscriptions ouvertes"), IN_NETWORK & Q(is_open=True)),
    "fermees": (gettext_lazy("Inscriptions fermées"), IN_NETWORK & Q(is_open=False)),
    "sorties": (gettext_lazy("Sorties du réseau"), Q(closed_at__isnull=False)),
}
SORTING = Sorting(
    {
        "nom": (gettext_lazy("Bibliothèque"), ("name", "pk")),
        "territoire": (gettext_lazy("Territoire"), ("territory__name", "name")),
        "valides": (gettext_lazy("Validés"), ()),
        "attente": (gettext_lazy("En attente"), ()),
        "comptes": (gettext_lazy("Comptes"), ()),
        "etat": (gettext_lazy("État"), ("-is_open", "name")),
    },
    default="nom",
)
_EXPORTED = (
    (gettext_lazy("Bibliothèque"), 30, False),
    (gettext_lazy("Commune"), 26, False),
    (gettext_lazy("Code INSEE"), 12, False),
    (gettext_lazy("Territoire"), 24, False),
    (gettext_lazy("Adresse"), 34, False),
    (gettext_lazy("Code postal"), 12, False),
    (gettext_lazy("Adresse mail"), 34, False),
    (gettext_lazy("Téléphone"), 18, False),
    (gettext_lazy("Contact"), 24, False),
    (gettext_lazy("Inscriptions ouvertes"), 20, False),
    (gettext_lazy("Abonnés validés"), 16, False),
    (gettext_lazy("Demandes en attente"), 20, False),
    (gettext_lazy("Sortie du réseau"), 18, True),
)


class FilterForm(forms.Form):
    """What the list can be narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Nom, commune ou adresse mail"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    territoire = forms.ModelChoiceField(
        label=gettext_lazy("Territoire"),
        queryset=Territory.objects.all(),
        required=False,
        empty_label=gettext_lazy("- Tous -"),
    )
    etat = forms.ChoiceField(
        label=gettext_lazy("État"), required=False, choices=[(name, label) for name, (label, _q) in STATES.items()]
    )

    def found(self, seen: QuerySet[Library]) -> QuerySet[Library]:
        """Return what of `seen` the form selects; nothing where it has an error."""
        if not self.is_valid():
            return seen.none()
        values = self.cleaned_data
        found = seen.filter(STATES[values["etat"]][1])
        if values["territoire"]:
            found = found.filter(territory=values["territoire"])
        if values["q"]:
            rows = found.order_by().values_list("pk", "name", "commune", "postcode", "insee_code", "email")
            found = found.filter(pk__in=keys_with(values["q"], rows))
        return found


class LibraryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A library's record. Who may not say which library it is, sees those fields and does not change them."""

    class Meta:
        model = Library
        fields = [
            "name",
            "commune",
            "insee_code",
            "territory",
            "street",
            "postcode",
            "email",
            "phone",
            "contact_name",
            "is_open",
            "latitude",
            "longitude",
        ]
        labels = {
            "territory": gettext_lazy("Territoire"),
            "latitude": gettext_lazy("Latitude"),
            "longitude": gettext_lazy("Longitude"),
        }
        help_texts = {
            "name": gettext_lazy("Tel que les usagers le cherchent : le plus souvent, le nom de la commune."),
            "email": gettext_lazy("Les demandes à traiter y arrivent."),
            "latitude": gettext_lazy("En degrés, par exemple 44,69270 : pour la carte du réseau."),
            "longitude": gettext_lazy("En degrés, par exemple −0,08620."),
        }

    def __init__(self, *args: Any, names_it: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in IDENTITY:
            self.fields[name].disabled = not names_it
        for name in ("latitude", "longitude"):
            self.fields[name].localize = True
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})
            self.fields[name].widget.is_localized = True

    def validate_unique(self) -> None:
        """Leave it to the action, which says it in its own words."""

    def record(self) -> Record:
        """Return the values typed."""
        return Record(**{name: self.cleaned_data[name] for name in self.Meta.fields})


# ---- the list
@require_safe
@staff_with("libraries.view")
def libraries(request: HttpRequest) -> HttpResponse:
    """List the libraries that the address selects among those that the person looks after."""
    form = FilterForm(request.GET)
    asked = request.GET.get("tri", "")
    found = form.found(libraries_seen_by(user_of(request))).select_related("territory")
    page = page_of(found.order_by(*SORTING.order_of(asked)), request)
    page.object_list = _with_figures(list(page.object_list))
    context = {"form": form, "page": page, "heads": SORTING.heads(asked), "total": page.paginator.count}
    return render(request, "console/libraries.html", context)


@require_safe
@staff_with("libraries.view")
def export(request: HttpRequest) -> FileResponse:
    """Send what the address selects as a workbook."""
    found = FilterForm(request.GET).found(libraries_seen_by(user_of(request))).select_related("territory")
    columns = [Column(str(title), width, days) for title, width, days in _EXPORTED]
    return dated_workbook("bibliotheques", _("Bibliothèques"), columns, _exported(found.order_by("name")))


def _exported(found: QuerySet[Library]) -> Iterator[tuple[Cell, ...]]:
    yes, no = _("oui"), _("non")
    for row in _with_figures(list(found)):
        library: Library = row["library"]
        yield (
            library.name,
            library.commune,
            library.insee_code,
            library.territory.name,
            library.street,
            library.postcode,
            library.email,
            library.phone,
            library.contact_name,
            yes if library.is_open else no,
            str(row["active"]),
            str(row["waiting"]),
            clock.day_of(library.closed_at) if library.closed_at else None,
        )


def _with_figures(rows: list[Library]) -> list[dict[str, Any]]:
    """Return each library with its `active` and `waiting` subscriptions and its `accounts`, in two queries for all."""
    keys = [row.pk for row in rows]
    subscriptions = Subscription.objects.filter(library_id__in=keys).order_by().values("library_id")
    figures: dict[int, dict[str, Any]] = {
        row["library_id"]: dict(row)
        for row in subscriptions.annotate(
            active=Count("pk", filter=status_today(Status.ACTIVE, clock.today())),
            waiting=Count("pk", filter=Q(deadline__isnull=False)),
        )
    }
    members = Membership.objects.filter(library_id__in=keys).order_by().values_list("library_id")
    accounts = dict(members.annotate(count=Count("pk")))
    none = {"active": 0, "waiting": 0}
    return [{"library": row, "accounts": accounts.get(row.pk, 0), **none, **figures.get(row.pk, {})} for row in rows]


# ---- one library
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.manage")
def create(request: HttpRequest) -> HttpResponse:
    """Add a library to the network."""
    form = LibraryForm(request.POST if request.method == "POST" else None, names_it=True)
    if form.is_valid():
        with refusals_on(form):
            made = create_library(acting_user=user_of(request), record=form.record())
            messages.success(request, _("%(name)s est dans le réseau.") % {"name": made.name})
            return redirect("console:library", pk=made.pk)
    return render(request, "console/library_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.view")
def library(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one library: its figures, who works for it, its record, which can be changed."""
    shown = fetch_library(request, pk)
    user = user_of(request)
    data = request.POST if request.method == "POST" else None
    # The form writes into the copy that it is given.
    copy = Library.objects.get(pk=shown.pk)
    form = LibraryForm(data, instance=copy, names_it=user.has_perm("libraries.manage"))
    if data is not None and form.is_valid():
        answer = _save(request, shown, form)
        if answer is not None:
            return answer
    return render(request, "console/library.html", _shown(user, shown, form), status=400 if form.errors else 200)


def _save(request: HttpRequest, shown: Library, form: LibraryForm) -> HttpResponse | None:
    """Save the record; None where a value is refused, which the form then says."""
    with refusals_told(request):
        try:
            edit_library(shown, acting_user=user_of(request), record=form.record())
        except Invalid as refusal:
            show_refusal(form, refusal)
            return None
        messages.success(
            request,
            _("La fiche de la %(library)s est enregistrée.") % {"library": library_called(form.cleaned_data["name"])},
        )
    return redirect("console:library", pk=shown.pk)


def _shown(user: User, shown: Library, form: LibraryForm) -> dict[str, Any]:
    members = shown.memberships.select_related("user").order_by("user__kind", "user__name", "pk")
    return {
        "library": shown,
        "figures": _with_figures([shown])[0],
        "members": members,
        "form": form,
        "may_edit": shown.closed_at is None and user.has_perm("libraries.edit_page", shown),
        "may_manage": user.has_perm("libraries.manage"),
        "may_admit": shown.closed_at is None and user.has_perm("accounts.manage_professionals", shown),
    }


def fetch_library(request: HttpRequest, pk: int) -> Library:
    """Return the library `pk` if this person looks after it; 404 otherwise (SUB-08)."""
    seen = libraries_seen_by(user_of(request)).select_related("territory__officer", "merged_into")
    return get_object_or_404(seen, pk=pk)
