"""« Offres »: the sets of resources and their categories: created, renamed, put in order."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navette.resources.actions import save_category, save_offer
from navette.resources.models import Category, Offer
from navette.web.components.refusals import refusals_on
from navette.web.console.access import staff_with, user_of
from navette.web.console.resource_forms import CategoryForm, OfferForm

KINDS: dict[str, tuple[Any, type[forms.Form]]] = {"offre": (Offer, OfferForm), "categorie": (Category, CategoryForm)}
NEW = "nouvelle"
LONGEST_KEY = 18


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def offers(request: HttpRequest) -> HttpResponse:
    """List offers and categories, each with its own small form, and one form to add another."""
    if request.method != "POST":
        return _page(request)
    kind = request.POST.get("quoi", "")
    if kind not in KINDS:
        raise BadRequest
    key = request.POST.get("cle", "")
    row = None if key == NEW else _row(kind, key)
    form = KINDS[kind][1](request.POST, prefix=_prefix(kind, key))
    if form.is_valid() and _saved(request, kind, row, form):
        return redirect("console:offers")
    return _page(request, wrong=form)


def _row(kind: str, key: str) -> Any:
    if not (key.isascii() and key.isdigit()) or len(key) > LONGEST_KEY:
        raise Http404
    row = KINDS[kind][0].objects.filter(pk=int(key)).first()
    if row is None:
        raise Http404
    return row


def _saved(request: HttpRequest, kind: str, row: Any, form: forms.Form) -> bool:
    with refusals_on(form):
        if kind == "offre":
            saved: Any = save_offer(acting_user=user_of(request), offer=row, **form.cleaned_data)
        else:
            saved = save_category(acting_user=user_of(request), category=row, **form.cleaned_data)
        messages.success(request, _("%(name)s est à jour.") % {"name": saved.name})
        return True
    return False


def _prefix(kind: str, key: str) -> str:
    return f"{kind}-{key}"


def _page(request: HttpRequest, wrong: forms.Form | None = None) -> HttpResponse:
    context = {kind: _forms(kind, wrong) for kind in KINDS} | {"wrong": wrong}
    return render(request, "console/offers.html", context, status=400 if wrong else 200)


def _forms(kind: str, wrong: forms.Form | None) -> list[dict[str, Any]]:
    """Return the form of each row, with how many resources it holds, and last that of a new one."""
    model, form = KINDS[kind]
    rows = [
        (str(row.pk), row) for row in model.objects.annotate(count=Count("resources")).order_by(*model._meta.ordering)
    ]
    made = []
    for key, row in [*rows, (NEW, None)]:
        prefix = _prefix(kind, key)
        initial = {"name": row.name, "position": getattr(row, "position", None)} if row else {"position": len(rows) + 1}
        own = wrong if wrong is not None and wrong.prefix == prefix else form(prefix=prefix, initial=initial)
        made.append({"key": key, "row": row, "form": own})
    return made
