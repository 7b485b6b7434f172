"""E1 « Utilisateurs »: who works for one's libraries; a manager invites colleagues and changes what they may."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.accounts.models import Kind
from navette.core.french import of_name
from navette.libraries.accounts import admit, change_profile, invite_again, withdraw
from navette.libraries.models import Library, Membership, Profile
from navette.web.components.people import account_state
from navette.web.components.refusals import refusals_on, refusals_told
from navette.web.pro.access import Workspace, professional, show, workspace_of

MANAGE = "accounts.manage_professionals"
PARTNER = "partenaire"
TOLD = {
    "profile": gettext_lazy("Le profil %(of_name)s est changé."),
    "withdraw": gettext_lazy("%(name)s n’a plus accès à l’espace de la bibliothèque."),
    "invite": gettext_lazy("L’invitation est repartie à %(name)s."),
}


class ColleagueForm(forms.Form):
    """A colleague to invite. The type has one value here: it is shown, as the librarians' guide has it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Type d'utilisateur"), choices=[(PARTNER, gettext_lazy("partenaire"))], initial=PARTNER
    )
    library = forms.ModelChoiceField(
        label=gettext_lazy("Bibliothèque"), queryset=Library.objects.none(), empty_label=None
    )
    name = forms.CharField(label=gettext_lazy("Prénom et nom"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Adresse mail"),
        max_length=254,
        help_text=gettext_lazy(
            "La personne y reçoit un lien pour choisir son mot de passe ; c’est aussi son identifiant."
        ),
    )
    profile = forms.ChoiceField(
        label=gettext_lazy("Profil"), choices=Profile.choices, initial=Profile.VIEWER, widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None, *, managed: list[Library]) -> None:
        super().__init__(data)
        chooser = self.fields["library"]
        if isinstance(chooser, forms.ModelChoiceField):
            chooser.queryset = Library.objects.filter(pk__in=[row.pk for row in managed]).order_by("name")
            chooser.initial = managed[0]
            if len(managed) == 1:
                chooser.widget = forms.HiddenInput()


@require_safe
@professional
def users(request: HttpRequest) -> HttpResponse:
    """List who works for the person's libraries; a viewer sees it and changes nothing."""
    workspace = workspace_of(request)
    if not workspace.libraries:
        raise PermissionDenied
    managed = {row.pk for row in _managed(workspace)}
    rows = Membership.objects.filter(library__in=workspace.libraries).select_related("user", "library")
    lines = [
        {
            "row": row,
            "state": account_state(row.user),
            "may_change": row.library_id in managed and row.user.kind != Kind.LIBRARY,
            "is_oneself": row.user_id == workspace.user.pk,
        }
        for row in rows.order_by("library__name", "user__name", "pk")
    ]
    context = {"lines": lines, "may_invite": bool(managed), "profiles": Profile.choices}
    return show(request, "pro/users.html", context | {"several": len(workspace.libraries) > 1})


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def new_user(request: HttpRequest) -> HttpResponse:
    """Invite a colleague to a library that the person manages."""
    managed = _managed(workspace_of(request))
    if not managed:
        raise PermissionDenied
    form = ColleagueForm(request.POST if request.method == "POST" else None, managed=managed)
    if form.is_bound and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("library", "name", "email", "profile")}
        with refusals_on(form):
            place = admit(acting_user=workspace_of(request).user, **values)
            told = _("%(name)s est dans votre équipe. Un mail vient de lui être envoyé.")
            messages.success(request, told % {"name": place.user.name})
            return redirect("pro:users")
    return show(request, "pro/user_new.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@professional
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a colleague's profile, take their place away, or invite them once more."""
    workspace = workspace_of(request)
    colleagues = Membership.objects.filter(library__in=workspace.libraries).select_related("user", "library")
    row = get_object_or_404(colleagues, pk=pk)
    asked = request.POST.get("suite", "")
    if not workspace.user.has_perm(MANAGE, row.library):
        raise PermissionDenied
    if asked not in TOLD:
        raise BadRequest
    with refusals_told(request):
        _change(row, workspace, asked, request.POST.get("profile", ""))
        messages.success(request, TOLD[asked] % {"name": row.user.name, "of_name": of_name(row.user.name)})
    return redirect("site:home" if asked == "withdraw" and row.user_id == workspace.user.pk else "pro:users")


def _change(row: Membership, workspace: Workspace, asked: str, profile: str) -> None:
    match asked:
        case "profile":
            change_profile(row, acting_user=workspace.user, profile=profile)
        case "withdraw":
            withdraw(row, acting_user=workspace.user)
        case _:
            invite_again(row.user, acting_user=workspace.user, library=row.library)


def _managed(workspace: Workspace) -> list[Library]:
    return [row for row in workspace.libraries if workspace.user.has_perm(MANAGE, row)]
