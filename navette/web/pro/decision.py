"""The decision on one request: « Validation abonné » (L4, L5)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.portal.queries import current_portal
from navette.subscriptions.actions import accept, default_start, refuse
from navette.subscriptions.dates import earliest_start, end_of
from navette.subscriptions.mails import REFUSAL_KINDS, default_message
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resources, full_for, may_decide_in_place
from navette.subscriptions.states import REFUSAL_CHOICES, RefusalReason, Status
from navette.web.components.refusals import show_refusal
from navette.web.pro.access import fetch_subscription, professional, show, workspace_of
from navette.web.pro.listing import back_to_list, carried, way_back
from navette.web.pro.wording import REFUSAL_REASONS, DayField, MessageField, SeenForm

_MAILED = gettext_lazy("Envoi par mail : ce texte part tel que vous le laissez.")


class AcceptForm(SeenForm):
    starts_on = DayField(label=gettext_lazy("Date de l'abonnement"))
    message = MessageField(help_text=_MAILED)


class RefuseForm(SeenForm):
    reason = forms.ChoiceField(label=gettext_lazy("Raison du refus"), choices=REFUSAL_REASONS)
    message = MessageField(required=False, help_text=_MAILED)


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a request with what decides it (the tabs, on their portals), or decide it and go back to the list."""
    subscription = fetch_subscription(request, pk)
    if request.method != "POST":
        if workspace_of(request).has_tabs:
            return redirect(reverse("pro:tabs", args=(pk,)) + way_back(carried(request)))
        return _page(request, subscription)
    if not _may_decide(request, subscription):
        raise PermissionDenied
    return _submit(request, subscription)


def _may_decide(request: HttpRequest, subscription: Subscription) -> bool:
    """Say whether the person decides: for the library, or for the département in its place (SUB-05)."""
    workspace = workspace_of(request)
    own = workspace.may("subscriptions.decide", subscription)
    return own or may_decide_in_place(subscription, workspace.user)


def is_open(subscription: Subscription) -> bool:
    """Say whether there is something to decide: a request, a renewal asked for, or a refusal to come back on."""
    return subscription.waits or subscription.status == Status.REFUSED


def accept_form(subscription: Subscription, data: Any = None) -> AcceptForm:
    """Return the form that accepts, filled with the date that the portal's rule gives and the usual text."""
    initial = {
        "starts_on": default_start(subscription, current_portal()),
        "message": default_message("accepted", subscription),
        "version": subscription.version,
    }
    form = AcceptForm(data, initial=initial, prefix="accepter")
    form.fields["starts_on"].help_text = _bounds()
    form.fields["starts_on"].widget.attrs |= {"min": earliest_start(clock.today()), "max": clock.today()}
    return form


def refuse_form(subscription: Subscription, data: Any = None) -> RefuseForm:
    """Return the form that refuses; its reasons carry their usual texts, which the page's script puts in place."""
    form = RefuseForm(data, initial={"version": subscription.version}, prefix="refuser")
    form.fields["reason"].widget.attrs["data-usual"] = "id_refuser-message"
    return form


def refusal_texts(subscription: Subscription) -> dict[str, str]:
    """Return the usual text of each reason for which a request is refused."""
    return {
        value: default_message(REFUSAL_KINDS[RefusalReason(value)], subscription) for value, _label in REFUSAL_CHOICES
    }


def _bounds() -> str:
    return _(
        "Celle de l’inscription dans votre bibliothèque, par exemple. Elle date de moins d’un an : "
        "du %(first)s à aujourd’hui. L’abonnement vaut un an à partir de ce jour."
    ) % {"first": f"{earliest_start(clock.today()):%d/%m/%Y}"}


def _submit(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    accepting = request.POST.get("decision") == "accept"
    form = accept_form(subscription, request.POST) if accepting else refuse_form(subscription, request.POST)
    if not form.is_valid():
        return _page(request, subscription, wrong=form)
    values = dict(form.cleaned_data)
    subscription.version = values.pop("version")
    action = accept if accepting else refuse
    try:
        fresh = action(subscription, acting_user=workspace_of(request).user, **values)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _page(request, subscription, wrong=form)
    except Refusal as refusal:
        return _overtaken(request, subscription, refusal)
    return _decided(request, fresh)


def _decided(request: HttpRequest, fresh: Subscription) -> HttpResponse:
    told = _("%(name)s : %(status)s. Le message a été confié à l’envoi.") % {
        "name": fresh.reader,
        "status": Status(fresh.current_status).label,
    }
    messages.success(request, told)
    return redirect(back_to_list(request))


def _overtaken(request: HttpRequest, subscription: Subscription, refusal: Refusal) -> HttpResponse:
    """Tell that somebody else was first, over the fresh state (SUB-02)."""
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied
    messages.error(request, refusal.message)
    return _page(request, fetch_subscription(request, subscription.pk), status=refusal.status)


def _page(
    request: HttpRequest, subscription: Subscription, *, wrong: SeenForm | None = None, status: int = 200
) -> HttpResponse:
    accepting = wrong if isinstance(wrong, AcceptForm) else accept_form(subscription)
    refusing = wrong if isinstance(wrong, RefuseForm) else refuse_form(subscription)
    context = {
        "subscription": subscription,
        "resources": asked_resources(subscription),
        "full": full_for(subscription),
        "is_open": is_open(subscription),
        "may_decide": _may_decide(request, subscription),
        "accepting": accepting,
        "refusing": refusing,
        "wrong": wrong,
        "texts": refusal_texts(subscription),
        "last_event": subscription.events.first(),
        "stops": _stops(subscription),
        "late": subscription.deadline is not None and subscription.deadline < clock.today(),
        "state": carried(request),
    }
    return show(request, "pro/decision.html", context, status=400 if wrong else status)


def _stops(subscription: Subscription) -> list[dict[str, str]]:
    """Return the line on which the request stands: asked, to decide, open until."""
    asked = clock.day_of(subscription.requested_at)
    limit = subscription.deadline
    until = end_of(default_start(subscription, current_portal()), current_portal().duration)
    return [
        {"label": _("Demande reçue"), "state": "done", "note": f"{asked:%d/%m/%Y}"},
        {
            "label": _("Votre réponse"),
            "state": "now",
            "note": _("avant le %(day)s") % {"day": f"{limit:%d/%m/%Y}"} if limit else "",
        },
        {
            "label": _("Ressources ouvertes"),
            "state": "todo",
            "note": _("jusqu’au %(day)s") % {"day": f"{until:%d/%m/%Y}"},
        },
    ]
