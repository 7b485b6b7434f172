"""« Équipe »: the département's staff, their roles, and what helps them when they can't log in (AUTH-04)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.accounts.actions import invite
from navette.accounts.models import Kind, User
from navette.accounts.people import change_member, create_member, set_member_active
from navette.accounts.roles import StaffRoleName
from navette.accounts.second_factor import reset_second_factor
from navette.core.errors import Refusal
from navette.web.components.lists import page_of
from navette.web.components.people import account_state
from navette.web.components.refusals import refusals_on, show_refusal
from navette.web.console.access import staff_with, user_of

TOLD = {
    "deactivate": gettext_lazy("Le compte « %(name)s » est désactivé : ses sessions sont terminées."),
    "reactivate": gettext_lazy("Le compte « %(name)s » est de nouveau actif."),
    "invite": gettext_lazy("L’invitation est partie."),
    "reset": gettext_lazy("%(name)s pourra ajouter un nouveau second facteur à sa prochaine connexion."),
}


class MemberForm(forms.Form):
    """A name and roles, which add up."""

    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=200)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Rôles"), choices=StaffRoleName.choices, widget=forms.CheckboxSelectMultiple
    )


class NewMemberForm(MemberForm):
    """Somebody to invite."""

    email = forms.EmailField(
        label=gettext_lazy("Adresse mail"),
        max_length=254,
        help_text=gettext_lazy("La personne y reçoit un lien pour choisir son mot de passe."),
    )
    field_order = ("name", "email", "roles")


@require_safe
@staff_with("accounts.manage_staff")
def team(request: HttpRequest) -> HttpResponse:
    """List the staff, those whose account is closed last."""
    found = User.objects.filter(kind=Kind.STAFF).order_by("-is_active", "name", "pk")
    page = page_of(found, request)
    people = list(page)
    prefetch_related_objects(people, "staff_roles", "territories")
    page.object_list = [{"user": row, "state": account_state(row), "roles": _roles(row)} for row in people]
    return render(request, "console/team.html", {"page": page, "total": page.paginator.count})


def _roles(user: User) -> list[str]:
    return sorted(str(StaffRoleName(row.role).label) for row in user.staff_roles.all())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("accounts.manage_staff")
def create(request: HttpRequest) -> HttpResponse:
    """Open an account for somebody of the staff, by invitation."""
    form = NewMemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            made = create_member(acting_user=user_of(request), **form.cleaned_data)
            told = _("%(name)s fait partie de l’équipe ; l’invitation est partie.")
            messages.success(request, told % {"name": made.name})
            return redirect("console:team")
    return render(request, "console/member_new.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("accounts.manage_staff")
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """Show somebody of the staff; change their name and roles."""
    shown = _fetch(pk)
    held = list(shown.staff_roles.values_list("role", flat=True))
    form = MemberForm(request.POST if request.method == "POST" else None, initial={"name": shown.name, "roles": held})
    if form.is_bound and form.is_valid():
        try:
            change_member(shown, acting_user=user_of(request), **form.cleaned_data)
        except Refusal as refusal:  # NotAllowed too: it is about one's own role, and says what to do
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Le compte « %(name)s » est enregistré.") % {"name": form.cleaned_data["name"]})
            return redirect("console:team")
    return _page(request, shown, form)


@require_POST
@staff_with("accounts.manage_staff")
def operate(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account, open it again, invite once more, or take a lost second factor away."""
    shown = _fetch(pk)
    asked = request.POST.get("suite", "")
    if asked not in TOLD:
        raise BadRequest
    try:
        _operate(shown, user_of(request), asked)
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, TOLD[asked] % {"name": shown.name})
    return redirect("console:member", pk=shown.pk)


def _operate(shown: User, acting_user: User, asked: str) -> None:
    match asked:
        case "invite":
            invite(shown, acting_user=acting_user)
        case "reset":
            reset_second_factor(shown, acting_user=acting_user)
        case _:
            set_member_active(shown, acting_user=acting_user, active=asked == "reactivate")


def _fetch(pk: int) -> User:
    return get_object_or_404(User, pk=pk, kind=Kind.STAFF)


def _page(request: HttpRequest, shown: User, form: MemberForm) -> HttpResponse:
    context: dict[str, Any] = {
        "person": _fetch(shown.pk),
        "state": account_state(shown),
        "territories": shown.territories.order_by("name"),
        "form": form,
        "is_oneself": shown.pk == user_of(request).pk,
    }
    return render(request, "console/member.html", context, status=400 if form.errors else 200)
