"""One professional's account: where it works, its name and mail, and what can be done with it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from navette.accounts.models import Kind, User
from navette.core.errors import NotAllowed, Refusal
from navette.core.french import library_called
from navette.libraries.accounts import (
    admit,
    change_profile,
    edit_librarian,
    invite_again,
    require_over,
    set_professional_active,
    withdraw,
)
from navette.libraries.models import Membership, Profile
from navette.libraries.queries import libraries_seen_by, professionals_seen_by
from navette.web.components.people import account_state
from navette.web.components.refusals import refusals_on, refusals_told
from navette.web.console.access import staff_with, user_of
from navette.web.console.accounts import LibrariesForm, library_chooser


class PersonForm(forms.Form):
    """A librarian's name and mail."""

    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Adresse mail"), max_length=254, help_text=gettext_lazy("C’est aussi son identifiant.")
    )


class PlaceForm(LibrariesForm):
    """One more library for somebody who has an account."""

    library = library_chooser(gettext_lazy("Bibliothèque"))
    profile = forms.ChoiceField(
        label=gettext_lazy("Profil"), choices=Profile.choices, initial=Profile.MANAGER, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("accounts.view")
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account; change its name and mail."""
    shown = fetch_professional(request, pk)
    initial = {"name": shown.name, "email": shown.email}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            edit_librarian(shown, acting_user=user_of(request), **form.cleaned_data)
            messages.success(request, _("Le compte « %(name)s » est enregistré.") % {"name": form.cleaned_data["name"]})
            return redirect("console:account", pk=shown.pk)
    return _page(request, shown, form, PlaceForm(user=user_of(request)))


@require_POST
@staff_with("accounts.manage_professionals")
def give_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Give somebody a place in one more library."""
    shown = fetch_professional(request, pk)
    form = PlaceForm(request.POST, user=user_of(request))
    if form.is_valid():
        with refusals_on(form):
            admit(acting_user=user_of(request), name=shown.name, email=shown.email, **form.cleaned_data)
            messages.success(request, _("L’accès est donné ; un mail vient d’être envoyé."))
            return redirect("console:account", pk=shown.pk)
    return _page(request, shown, PersonForm(initial={"name": shown.name, "email": shown.email}), form)


@require_POST
@staff_with("accounts.manage_professionals")
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Change somebody's profile in a library, or take their place there away."""
    seen = Membership.objects.filter(library__in=libraries_seen_by(user_of(request))).select_related("user", "library")
    row = get_object_or_404(seen, pk=pk)
    asked = request.POST.get("suite")
    if asked not in {"profile", "withdraw"}:
        raise BadRequest
    with refusals_told(request):
        if asked == "withdraw":
            withdraw(row, acting_user=user_of(request))
        else:
            change_profile(row, acting_user=user_of(request), profile=request.POST.get("profile", ""))
        told = _("%(name)s n’a plus accès à la %(library)s.") if asked == "withdraw" else _("Le profil est changé.")
        messages.success(request, told % {"name": row.user.name, "library": library_called(row.library.name)})
    still_seen = professionals_seen_by(user_of(request)).filter(pk=row.user_id).exists()
    return redirect("console:account", pk=row.user_id) if still_seen else redirect("console:accounts")


@require_POST
@staff_with("accounts.manage_professionals")
def operate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, open it again, or invite its owner once more."""
    shown = fetch_professional(request, pk)
    asked = request.POST.get("suite")
    if asked not in {"deactivate", "reactivate", "invite"}:
        raise BadRequest
    with refusals_told(request):
        if asked == "invite":
            _invite(request, shown)
        else:
            set_professional_active(shown, acting_user=user_of(request), active=asked == "reactivate")
        messages.success(request, TOLD[asked] % {"name": shown.name})
    return redirect("console:account", pk=shown.pk)


TOLD = {
    "deactivate": gettext_lazy("Le compte « %(name)s » est désactivé : ses sessions sont terminées."),
    "reactivate": gettext_lazy("Le compte « %(name)s » est de nouveau actif."),
    "invite": gettext_lazy("L’invitation est partie."),
}


def _invite(request: HttpRequest, shown: User) -> None:
    """Invite by the first library where this person may: the account needs one, as the mail speaks for it."""
    first = libraries_seen_by(user_of(request)).filter(memberships__user=shown).order_by("name").first()
    if first is None:
        raise Refusal(_("Donnez d’abord à cette personne l’accès à une bibliothèque."))
    invite_again(shown, acting_user=user_of(request), library=first)


def fetch_professional(request: HttpRequest, pk: int) -> User:
    """Return the account `pk` if this person looks after one of its libraries; 404 otherwise (SUB-08)."""
    return get_object_or_404(professionals_seen_by(user_of(request)), pk=pk)


def _page(request: HttpRequest, shown: User, form: PersonForm, place_form: PlaceForm) -> HttpResponse:
    user = user_of(request)
    fresh = User.objects.get(pk=shown.pk)
    every = list(fresh.memberships.select_related("library__territory").order_by("library__name"))
    manages = {row.pk for row in every if user.has_perm("accounts.manage_professionals", row.library)}
    context: dict[str, Any] = {
        "person": fresh,
        "state": account_state(fresh),
        "places": [{"row": row, "may_change": row.pk in manages} for row in every],
        "profiles": Profile.choices,
        "form": form,
        "place_form": place_form,
        "may_invite": bool(manages),
        "may_edit": _disposes(user, fresh),
        "is_librarian": fresh.kind == Kind.LIBRARIAN,
    }
    status = 400 if form.errors or place_form.errors else 200
    return render(request, "console/account.html", context, status=status)


def _disposes(user: User, shown: User) -> bool:
    try:
        require_over(shown, user)
    except NotAllowed:
        return False
    return True
