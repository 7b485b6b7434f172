"""One operation on the subscribers selected in the list: confirmed on a page of its own, then made row by row."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from navette.core import clock
from navette.portal.queries import current_portal
from navette.subscriptions.actions import Bulk, in_bulk
from navette.subscriptions.dates import earliest_start, end_of
from navette.subscriptions.mails import REFUSAL_KINDS, default_message, french_day
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import waits_if_accepted
from navette.subscriptions.states import REFUSAL_CHOICES, Move, RefusalReason
from navette.web.pro.access import Workspace, professional, show, workspace_of
from navette.web.pro.export import export_response
from navette.web.pro.listing import back_to_list, carried
from navette.web.pro.wording import END_REASONS, REFUSAL_REASONS, DayField, MessageField

EXPORT = "export"
_OPENING = {Move.ACCEPT, Move.RENEW}  # what takes seats
MOST = 500  # rows of one operation: far more than a page shows
_CHOICE = re.compile(r"([0-9]{1,18})(?::([0-9]{1,9}))?")
_USUAL = gettext_lazy("Laissez vide pour envoyer à chaque personne le texte habituel, ci-dessous.")


class AcceptForm(forms.Form):
    starts_on = DayField(
        label=gettext_lazy("Date de l'abonnement"),
        required=False,
        help_text=gettext_lazy("Laissez vide pour que chaque abonnement compte de la date prévue par la règle."),
    )
    message = MessageField(required=False, help_text=_USUAL)


class RefuseForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Raison du refus"), choices=REFUSAL_REASONS)
    message = MessageField(required=False, help_text=_USUAL)


class RenewForm(forms.Form):
    starts_on = DayField(label=gettext_lazy("Date de début d'abonnement"))
    message = MessageField(required=False, help_text=_USUAL)


class EndForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Raison de l'arrêt"), choices=END_REASONS)
    message = MessageField(required=False, help_text=_USUAL)


@dataclass(frozen=True)
class Operation:
    """What the list offers to do with a selection."""

    name: str
    label: str | Promise
    question: str | Promise
    done: Any
    form: type[forms.Form]
    texts: Mapping[str, str | Promise]  # the kinds of mail that it sends, with the reason that chooses each


OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation(
            Move.ACCEPT,
            gettext_lazy("Accepter"),
            gettext_lazy("Accepter ces abonnés ?"),
            ngettext_lazy("%d abonné accepté.", "%d abonnés acceptés."),
            AcceptForm,
            {"accepted": ""},
        ),
        Operation(
            Move.REFUSE,
            gettext_lazy("Refuser"),
            gettext_lazy("Refuser ces demandes ?"),
            ngettext_lazy("%d demande refusée.", "%d demandes refusées."),
            RefuseForm,
            {REFUSAL_KINDS[RefusalReason(value)]: label for value, label in REFUSAL_CHOICES},
        ),
        Operation(
            Move.RENEW,
            gettext_lazy("Renouveler"),
            gettext_lazy("Renouveler ces abonnements ?"),
            ngettext_lazy("%d abonnement renouvelé.", "%d abonnements renouvelés."),
            RenewForm,
            {"renewed": ""},
        ),
        Operation(
            Move.END,
            gettext_lazy("Arrêter l'abonnement"),
            gettext_lazy("Arrêter ces abonnements ?"),
            ngettext_lazy("%d abonnement arrêté.", "%d abonnements arrêtés."),
            EndForm,
            {"ended": ""},
        ),
    )
}


@dataclass(frozen=True)
class Selection:
    """The subscribers ticked. One that was seen at a version keeps it: a later change is not overwritten."""

    rows: list[Subscription]

    @property
    def choices(self) -> list[str]:
        """Return the values by which the confirmation page names the selection, versions included."""
        return [f"{row.pk}:{row.version}" for row in self.rows]


def operations_of(workspace: Workspace) -> list[tuple[str, str | Promise]]:
    """Return the operations that the list offers this person: names and labels."""
    moves = [(row.name, row.label) for row in OPERATIONS.values()] if workspace.decides_for else []
    return [*moves, (EXPORT, gettext_lazy("Exporter la sélection"))]


@require_POST
@professional
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Confirm, then make, the operation asked for on the rows ticked (L3). Export needs no confirmation."""
    workspace = workspace_of(request)
    selection = _selection(request, workspace)
    asked = request.POST.get("operation", "")
    if not selection.rows or asked not in {*OPERATIONS, EXPORT}:
        return _nothing_to_do(request, selection)
    if asked == EXPORT:
        keys = [row.pk for row in selection.rows]
        return export_response(workspace, workspace.subscriptions.filter(pk__in=keys).order_by("by_last_name", "id"))
    if not workspace.decides_for:
        raise PermissionDenied
    return _confirm_or_apply(request, OPERATIONS[asked], selection)


def _confirm_or_apply(request: HttpRequest, operation: Operation, selection: Selection) -> HttpResponse:
    if "confirme" not in request.POST:
        return _confirmation(request, operation, selection, operation.form(initial={"starts_on": clock.today()}))
    form = operation.form(request.POST)
    if not form.is_valid():
        return _confirmation(request, operation, selection, form)
    options = {name: value or None for name, value in form.cleaned_data.items()}
    outcome = in_bulk(operation.name, selection.rows, acting_user=workspace_of(request).user, **options)
    _tell(request, operation, outcome)
    return redirect(back_to_list(request))


def _selection(request: HttpRequest, workspace: Workspace) -> Selection:
    """Return the rows ticked, each of which the person must be allowed to see: 404 otherwise (SUB-08)."""
    seen: dict[int, int | None] = {}
    values = request.POST.getlist("choix")
    if len(values) > MOST:
        raise BadRequest
    for value in values:
        found = _CHOICE.fullmatch(value)
        if found is None:
            raise Http404
        seen[int(found[1])] = int(found[2]) if found[2] else None
    rows = workspace.subscriptions.filter(pk__in=seen).select_related("reader__user", "library")
    ordered = list(rows.order_by("by_last_name", "id"))
    if len(ordered) != len(seen):
        raise Http404
    for row in ordered:
        row.version = seen[row.pk] or row.version
    return Selection(ordered)


def _nothing_to_do(request: HttpRequest, selection: Selection) -> HttpResponse:
    if not selection.rows:
        messages.warning(request, _("Cochez d’abord les abonnés concernés."))
    else:
        messages.warning(request, _("Choisissez d’abord une opération."))
    return redirect(back_to_list(request))


def _confirmation(request: HttpRequest, operation: Operation, selection: Selection, form: forms.Form) -> HttpResponse:
    first = selection.rows[0]
    context = {
        "operation": operation,
        "selection": selection,
        "form": form,
        "texts": [
            {"reason": reason, "text": default_message(kind, first, date_fin=_usual_end(operation, first))}
            for kind, reason in operation.texts.items()
        ],
        "full": waits_if_accepted(selection.rows) if operation.name in _OPENING else [],
        "example": first.reader,
        "first_start": earliest_start(clock.today()),
        "state": carried(request),
    }
    return show(request, "pro/bulk.html", context, status=400 if form.errors else 200)


def _usual_end(operation: Operation, subscription: Subscription) -> str:
    """Return the end date to show in the usual text: a renewal from today has a new one."""
    ends_on = subscription.ends_on
    if operation.name == Move.RENEW:
        ends_on = end_of(clock.today(), current_portal().duration)
    return french_day(ends_on)


def _tell(request: HttpRequest, operation: Operation, outcome: Bulk) -> None:
    if outcome.done:
        messages.success(request, operation.done % outcome.done)
    if outcome.waiting:
        people = " ".join(f"{row.reader} : {', '.join(names)}." for row, names in outcome.waiting)
        count = len(outcome.waiting)
        told = ngettext("%d personne est en liste d’attente.", "%d personnes sont en liste d’attente.", count) % count
        messages.info(request, f"{told} {people}")
    if outcome.refused:
        reasons = " ".join(f"{row.reader} : {message}" for row, message in outcome.refused)
        count = len(outcome.refused)
        told = ngettext("%d non modifié.", "%d non modifiés.", count) % count
        messages.warning(request, f"{told} {reasons}")
