"""« Ressources »: what the portal offers, how it opens, and closing it with a look at what that does (D1)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.pictures import checked_picture
from navette.resources.actions import create_resource, edit_resource, set_open
from navette.resources.errors import ResourceOvertaken
from navette.resources.models import DigitalResource
from navette.signon.models import VendorAccess
from navette.subscriptions.actions.seats import serve_queue
from navette.subscriptions.models import GrantState, ResourceGrant
from navette.subscriptions.states import Status
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of
from navette.web.console.listing import Sorting
from navette.web.console.resource_forms import ResourceFilter, ResourceForm

LOGO_SIDE = 640  # pixels
WAITING_SHOWN = 10
SORTING = Sorting(
    {
        "name": (gettext_lazy("Nom"), ("name",)),
        "category": (gettext_lazy("Catégorie"), ("category__name", "name")),
        "vendor": (gettext_lazy("Fournisseur"), ("vendor",)),
        "state": (gettext_lazy("État"), ("is_open", "name")),
        "holding": (gettext_lazy("Abonnés"), ()),
        "waiting": (gettext_lazy("Attendent"), ()),
        "operations": (gettext_lazy("Opérations"), ()),
    },
    "name",
)


# ---- the list
@require_safe
@staff_with("resources.manage")
def resources(request: HttpRequest) -> HttpResponse:
    """List the resources with how many people hold and await each."""
    form = ResourceFilter(request.GET)
    asked = request.GET.get("tri", "")
    found = DigitalResource.objects.select_related("category", "access").filter(_condition(form))
    page = page_of(found.order_by(*SORTING.order_of(asked), "pk"), request)
    held = people_by_resource([row.pk for row in page])
    page.object_list = [
        {"resource": row, "people": held.get(row.pk, {}), "has_access": hasattr(row, "access")} for row in page
    ]
    return render(request, "console/resources.html", {"form": form, "page": page, "heads": SORTING.heads(asked)})


def _condition(form: ResourceFilter) -> Q:
    form.is_valid()
    chosen, found = form.cleaned_data, Q()
    if chosen.get("q"):
        found &= Q(name__icontains=chosen["q"]) | Q(vendor__icontains=chosen["q"])
    if chosen.get("etat"):
        found &= Q(is_open=chosen["etat"] == "ouvertes")
    if chosen.get("categorie"):
        found &= Q(category__slug=chosen["categorie"])
    return found


def people_by_resource(keys: list[int]) -> dict[int, dict[str, int]]:
    """Return, for each resource of `keys`, how many people hold it with a valid subscription, and how many wait."""
    waits = Q(state__in=(GrantState.WAITING, GrantState.REQUESTED))
    valid = Q(state=GrantState.GRANTED) & Q(
        subscription__status=Status.ACTIVE, subscription__ends_on__gte=clock.today()
    )
    rows = (
        ResourceGrant.objects.filter(resource_id__in=keys)
        .order_by()
        .values_list("resource_id")
        .annotate(holding=Count("pk", filter=valid), waiting=Count("pk", filter=waits))
    )
    return {key: {"holding": holding, "waiting": waiting} for key, holding, waiting in rows}


# ---- one resource
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def resource_new(request: HttpRequest) -> HttpResponse:
    """Write a new resource; how it opens is asked next."""
    form = ResourceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = _tried(form, lambda: _create(request, form))
        if made is not None:
            messages.success(request, _("%(name)s est enregistrée, fermée pour l’instant.") % {"name": made.name})
            return redirect("console:resource_access", pk=made.pk)
    return render(request, "console/resource_new.html", {"form": form}, status=400 if form.errors else 200)


def _create(request: HttpRequest, form: ResourceForm) -> DigitalResource:
    return create_resource(
        form.details(), acting_user=user_of(request), offers=list(form.cleaned_data["offers"]), logo=_logo(form)
    )


def _logo(form: ResourceForm) -> Any:
    sent = form.cleaned_data.get("logo")
    return checked_picture(sent, longest_side=LOGO_SIDE, field="logo") if sent else None


def _tried(form: Any, action: Any) -> Any:
    """Return what `action` returns; None where it refuses, which the form then shows."""
    try:
        return action()
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    except ResourceOvertaken as refusal:
        form.add_error(None, refusal.message)
        form.bring_up_to_date(refusal.now)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
    return None


def fetch(pk: int) -> DigitalResource:
    """Return the resource `pk` or answer 404."""
    return get_object_or_404(DigitalResource.objects.select_related("category"), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def resource(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change what is said of a resource; more seats are given to those who wait."""
    found = fetch(pk)
    form = ResourceForm(request.POST or None, request.FILES or None, resource=found)
    if request.method == "POST" and form.is_valid():
        fresh = _tried(form, lambda: _edit(request, found, form))
        if fresh is not None:
            messages.success(request, _("%(name)s est à jour.") % {"name": fresh.name})
            return redirect("console:resource", pk=pk)
    context = {"resource": found, "form": form, "access": VendorAccess.objects.filter(resource=found).first()}
    return render(request, "console/resource.html", context | _people(found), status=400 if form.errors else 200)


@transaction.atomic
def _edit(request: HttpRequest, found: DigitalResource, form: ResourceForm) -> DigitalResource:
    fresh = edit_resource(
        found,
        form.details(),
        acting_user=user_of(request),
        seen=form.cleaned_data["seen"],
        offers=list(form.cleaned_data["offers"]),
        logo=_logo(form),
        drop_logo=form.cleaned_data.get("drop_logo", False),
    )
    serve_queue([fresh.pk])  # where there are more seats now, those who wait get them (SUB-11)
    return fresh


def _people(found: DigitalResource) -> dict[str, Any]:
    """Return who holds a seat (how many) and who waits for one, in their order."""
    queue = found.grants.filter(state=GrantState.WAITING).order_by("waits_since", "id")
    return {
        "people": people_by_resource([found.pk]).get(found.pk, {"holding": 0, "waiting": 0}),
        "queue": queue.select_related("subscription__reader", "subscription__library")[:WAITING_SHOWN],
        "queue_length": queue.count(),
        "terms_version": found.terms.order_by("-version").values_list("version", flat=True).first(),
    }


# ---- opening and closing it
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def resource_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what opening or closing a resource does, and do it."""
    found = fetch(pk)
    if request.method == "POST":
        opening = request.POST.get("suite") == "open"
        with refusals_told(request):
            set_open(found, acting_user=user_of(request), is_open=opening)
            told = _("%(name)s est ouverte.") if opening else _("%(name)s est fermée.")
            messages.success(request, told % {"name": found.name})
        return redirect("console:resource", pk=pk)
    context = {"resource": found, "has_access": VendorAccess.objects.filter(resource=found).exists()}
    return render(request, "console/resource_open.html", context | _people(found))
