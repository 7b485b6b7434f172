"""The accounts of libraries and librarians: the list, and opening new ones. One account's page is in `account`."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts.models import Kind, User
from navette.core.french import library_called
from navette.libraries.accounts import admit, create_shared_account, free_identifier
from navette.libraries.models import Library, Membership, Profile
from navette.libraries.queries import libraries_seen_by, professionals_seen_by
from navette.portal.models import ProIdentifier
from navette.portal.queries import current_portal
from navette.web.components.fields import QuickSelect
from navette.web.components.lists import page_of
from navette.web.components.people import account_state
from navette.web.components.refusals import refusals_on
from navette.web.console.access import staff_with, user_of
from navette.web.console.listing import LONGEST_SEARCH, Sorting, keys_with

KINDS = [
    ("", gettext_lazy("- Tous -")),
    (Kind.LIBRARIAN.value, gettext_lazy("Comptes individuels")),
    (Kind.LIBRARY.value, gettext_lazy("Comptes de bibliothèque")),
]
STATES = [
    ("", gettext_lazy("- Tous -")),
    ("actifs", gettext_lazy("Actifs")),
    ("invites", gettext_lazy("Sans mot de passe encore")),
    ("desactives", gettext_lazy("Désactivés")),
]
_WITHOUT_PASSWORD = Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
_OF_STATE = {
    "": Q(),
    "actifs": Q(is_active=True) & ~_WITHOUT_PASSWORD,
    "invites": Q(is_active=True) & _WITHOUT_PASSWORD,
    "desactives": Q(is_active=False),
}
SORTING = Sorting(
    {
        "nom": (gettext_lazy("Nom"), ("name", "pk")),
        "identifiant": (gettext_lazy("Identifiant"), ("identifier",)),
        "type": (gettext_lazy("Type"), ("kind", "name", "pk")),
        "bibliotheques": (gettext_lazy("Bibliothèques"), ()),
        "etat": (gettext_lazy("État"), ()),
    },
    default="nom",
)


def library_chooser(label: Any, *, required: bool = True) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """Return a field that chooses one of the libraries given to it later (`queryset`)."""
    return forms.ModelChoiceField(
        label=label,
        queryset=Library.objects.none(),
        required=required,
        empty_label=gettext_lazy("- Choisir -") if required else gettext_lazy("- Toutes -"),
        widget=QuickSelect(attrs={"data-typeahead": True}),
    )


class LibrariesForm(forms.Form):
    """A form that chooses among the libraries that one person looks after, in its field `library`."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = libraries_seen_by(user).filter(closed_at__isnull=True).order_by("name")
        for field in self.fields.values():
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = seen


class FilterForm(LibrariesForm):
    """What the list can be narrowed to; all of it stands in the address."""

    q = forms.CharField(
        label=gettext_lazy("Nom, identifiant ou mail"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=KINDS, required=False)
    bibliotheque = library_chooser(gettext_lazy("Bibliothèque"), required=False)
    etat = forms.ChoiceField(label=gettext_lazy("État"), choices=STATES, required=False)

    def found(self, seen: QuerySet[User]) -> QuerySet[User]:
        """Return what of `seen` the form selects; nothing where it has an error."""
        if not self.is_valid():
            return seen.none()
        values = self.cleaned_data
        found = seen.filter(_OF_STATE[values["etat"]])
        if values["type"]:
            found = found.filter(kind=values["type"])
        if values["bibliotheque"]:
            found = found.filter(memberships__library=values["bibliotheque"])
        if values["q"]:
            rows = found.order_by().values_list("pk", "name", "identifier", "email")
            found = found.filter(pk__in=keys_with(values["q"], rows))
        return found


class LibrarianForm(LibrariesForm):
    """Somebody to invite to one library."""

    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Adresse mail"),
        max_length=254,
        help_text=gettext_lazy(
            "La personne y reçoit un lien pour choisir son mot de passe, puis se connecte avec elle."
        ),
    )
    library = library_chooser(gettext_lazy("Bibliothèque"))
    profile = forms.ChoiceField(
        label=gettext_lazy("Profil"), choices=Profile.choices, initial=Profile.MANAGER, widget=forms.RadioSelect
    )


class SharedForm(LibrariesForm):
    """The account that a library's team shares."""

    library = library_chooser(gettext_lazy("Bibliothèque"))
    identifier = forms.CharField(
        label=gettext_lazy("Identifiant"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Laissez vide pour le nom de la bibliothèque ; ou indiquez son numéro de carte de prêt."
        ),
    )


@require_safe
@staff_with("accounts.view")
def accounts(request: HttpRequest) -> HttpResponse:
    """List the professionals' accounts that the address selects among those that the person looks after."""
    user = user_of(request)
    form = FilterForm(request.GET, user=user)
    asked = request.GET.get("tri", "")
    places = Prefetch("memberships", Membership.objects.select_related("library").order_by("library__name"))
    found = form.found(professionals_seen_by(user)).order_by(*SORTING.order_of(asked))
    page = page_of(found, request)
    people = list(page)
    prefetch_related_objects(people, places)
    page.object_list = [{"user": row, "state": account_state(row)} for row in people]
    context = {"form": form, "page": page, "heads": SORTING.heads(asked), "total": page.paginator.count}
    return render(request, "console/accounts.html", context | {"has_shared": _has_shared_accounts()})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("accounts.manage_professionals")
def invite_librarian(request: HttpRequest) -> HttpResponse:
    """Open a librarian's account in a library, by invitation."""
    form = _form(request, LibrarianForm)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        with refusals_on(form):
            place = admit(acting_user=user_of(request), **values)
            told = _("%(name)s a maintenant accès à la %(library)s ; un mail vient de lui être envoyé.")
            messages.success(request, told % {"name": place.user.name, "library": library_called(place.library.name)})
            return redirect("console:account", pk=place.user_id)
    return render(request, "console/account_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("accounts.manage_professionals")
def open_shared(request: HttpRequest) -> HttpResponse:
    """Open a library's shared account; the library chooses its password by the link that it gets."""
    form = _form(request, SharedForm)
    if form.is_bound and form.is_valid():
        library = form.cleaned_data["library"]
        identifier = form.cleaned_data["identifier"] or free_identifier(library)
        with refusals_on(form):
            made = create_shared_account(library, acting_user=user_of(request), identifier=identifier)
            told = _(
                "Le compte de la %(library)s est ouvert. Le lien pour choisir son mot de passe est parti à %(mail)s."
            )
            messages.success(request, told % {"library": library_called(library.name), "mail": library.email})
            return redirect("console:account", pk=made.pk)
    context = {"form": form, "has_shared": _has_shared_accounts()}
    return render(request, "console/account_shared.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, kind: type[LibrariesForm]) -> LibrariesForm:
    """Return the form, filled in with the library that the address names."""
    data = request.POST if request.method == "POST" else None
    asked = request.GET.get("bibliotheque", "")
    return kind(data, user=user_of(request), initial={"library": asked if asked.isdecimal() else None})


def _has_shared_accounts() -> bool:
    return current_portal().pro_identifier != ProIdentifier.INDIVIDUAL
