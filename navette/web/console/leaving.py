"""How a library leaves the network: merged into another, after a look at what will move; or closed; and its return."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from navette.core.french import library_called
from navette.libraries.models import Library
from navette.lifecycle.merging import close_library, held_by, merge_libraries, plan_of, reopen_library
from navette.web.components.fields import QuickSelect
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of
from navette.web.console.libraries import fetch_library


class IntoForm(forms.Form):
    """The library that takes over."""

    vers = forms.ModelChoiceField(
        label=gettext_lazy("Bibliothèque qui l’accueille"),
        queryset=Library.objects.none(),
        empty_label=gettext_lazy("- Choisir -"),
        widget=QuickSelect(attrs={"data-typeahead": True}),
    )

    def __init__(self, data: Any, *, source: Library) -> None:
        super().__init__(data)
        others = Library.objects.filter(closed_at__isnull=True).exclude(pk=source.pk).order_by("name")
        chooser = self.fields["vers"]
        if isinstance(chooser, forms.ModelChoiceField):
            chooser.queryset = others


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.manage")
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the library that takes over, look at what will move, then merge."""
    source = fetch_library(request, pk)
    if request.method == "POST":
        return _merge(request, source)
    return _merge_page(request, source, IntoForm(request.GET if "vers" in request.GET else None, source=source))


def _merge(request: HttpRequest, source: Library) -> HttpResponse:
    form = IntoForm(request.POST, source=source)
    if not form.is_valid():
        return _merge_page(request, source, form)
    into = form.cleaned_data["vers"]
    with refusals_told(request):
        plan = merge_libraries(source, into, acting_user=user_of(request))
        told = ngettext(
            "%(source)s est réunie à la %(into)s : %(count)d abonnement a suivi.",
            "%(source)s est réunie à la %(into)s : %(count)d abonnements ont suivi.",
            plan.subscriptions,
        )
        messages.success(
            request, told % {"source": source.name, "into": library_called(into.name), "count": plan.subscriptions}
        )
        return redirect("console:library", pk=into.pk)
    return redirect("console:library", pk=source.pk)


def _merge_page(request: HttpRequest, source: Library, form: IntoForm) -> HttpResponse:
    into = form.cleaned_data["vers"] if form.is_bound and form.is_valid() else None
    context = {"library": source, "form": form, "into": into, "plan": plan_of(source)}
    return render(request, "console/library_merge.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("libraries.manage")
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what closing means, or what stands in its way; then close."""
    shown = fetch_library(request, pk)
    if request.method != "POST":
        context = {"library": shown, "held": held_by(shown), "accounts": shown.memberships.count()}
        return render(request, "console/library_close.html", context)
    with refusals_told(request):
        close_library(shown, acting_user=user_of(request))
        messages.success(request, _("%(name)s a quitté le réseau.") % {"name": shown.name})
    return redirect("console:library", pk=shown.pk)


@require_POST
@staff_with("libraries.manage")
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring a closed library back into the network."""
    shown = fetch_library(request, pk)
    with refusals_told(request):
        reopen_library(shown, acting_user=user_of(request))
        told = _("%(name)s est de nouveau dans le réseau. Rouvrez ses inscriptions et redonnez des accès à son équipe.")
        messages.success(request, told % {"name": shown.name})
    return redirect("console:library", pk=shown.pk)
