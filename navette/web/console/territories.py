"""The territories, and the officer who looks after each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from navette.accounts.models import Kind, User
from navette.accounts.roles import StaffRoleName
from navette.libraries.models import Territory
from navette.libraries.network import change_territory, create_territory, delete_territory
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_on, refusals_told
from navette.web.console.access import staff_with, user_of


class TerritoryForm(forms.Form):
    """A territory's name and its officer, who holds that role."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=80)
    officer = forms.ModelChoiceField(
        label=gettext_lazy("Référent(e)"),
        queryset=User.objects.filter(
            kind=Kind.STAFF, is_active=True, staff_roles__role=StaffRoleName.TERRITORY
        ).order_by("name"),
        required=False,
        empty_label=gettext_lazy("- Personne pour le moment -"),
        help_text=gettext_lazy(
            "Une personne de l’équipe qui a le rôle « Référent(e) de territoire ». Elle suit les bibliothèques du "
            "territoire, leurs usagers et leurs comptes."
        ),
    )


@require_safe
@staff_with("libraries.manage")
def territories(request: HttpRequest) -> HttpResponse:
    """List the territories with their officers and how many libraries each has."""
    in_network = Count("libraries", filter=Q(libraries__closed_at__isnull=True))
    found = Territory.objects.select_related("officer").annotate(count=in_network).order_by("name")
    return render(request, "console/territories.html", {"page": page_of(found, request)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.manage")
def create(request: HttpRequest) -> HttpResponse:
    """Add a territory."""
    form = TerritoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_on(form):
            made = create_territory(acting_user=user_of(request), **form.cleaned_data)
            messages.success(request, _("Le territoire « %(name)s » est créé.") % {"name": made.name})
            return redirect("console:territories")
    return _page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.manage")
def territory(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a territory, or give it to another officer."""
    shown = get_object_or_404(Territory, pk=pk)
    initial = {"name": shown.name, "officer": shown.officer_id}
    form = TerritoryForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        with refusals_on(form):
            change_territory(shown, acting_user=user_of(request), **form.cleaned_data)
            messages.success(request, _("Le territoire est enregistré."))
            return redirect("console:territories")
    return _page(request, form, shown)


def _page(request: HttpRequest, form: TerritoryForm, shown: Territory | None) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "territory": shown}
    context["libraries"] = shown.libraries.order_by("name")[:200] if shown else []
    return render(request, "console/territory.html", context, status=400 if form.errors else 200)


@require_POST
@staff_with("libraries.manage")
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a territory that has no library."""
    shown = get_object_or_404(Territory, pk=pk)
    with refusals_told(request):
        delete_territory(shown, acting_user=user_of(request))
        messages.success(request, _("Le territoire « %(name)s » est supprimé.") % {"name": shown.name})
        return redirect("console:territories")
    return redirect("console:territory", pk=shown.pk)
