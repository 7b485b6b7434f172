"""One subscriber: « Editer » with the history, renewing in one click, ending (L6)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.core.french import of_name
from navette.subscriptions.actions import accept, edit, end, refuse, renew
from navette.subscriptions.errors import Overtaken
from navette.subscriptions.mails import default_message
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from navette.web.components.refusals import refusals_told, show_refusal
from navette.web.pro.access import Workspace, fetch_subscription, professional, show, workspace_of
from navette.web.pro.decision import refusal_texts
from navette.web.pro.forms import EndForm, SubscriberForm
from navette.web.pro.listing import back_to_list, carried


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def subscriber(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a subscriber with their history, or save what the form changes, status included, and go back to the list."""
    subscription = fetch_subscription(request, pk)
    workspace = workspace_of(request)
    if request.method != "POST":
        return _page(request, subscription, _form(workspace, subscription))
    if not workspace.may("subscriptions.edit", subscription):
        raise PermissionDenied
    seen = request.POST.get("version", "")
    if seen.isdecimal() and seen != str(subscription.version):
        return _overtaken(request, subscription, what_happened(subscription))
    form = _form(workspace, subscription, request.POST)
    return _save(request, subscription, form) if form.is_valid() else _page(request, subscription, form, status=400)


@require_POST
@professional
def renew_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Renew from today, in one click."""
    subscription = _as_seen(fetch_subscription(request, pk), request.POST.get("version", ""))
    with refusals_told(request, messages.ERROR):
        fresh = renew(subscription, acting_user=workspace_of(request).user)
        told = _("%(name)s : abonnement renouvelé jusqu’au %(day)s.")
        messages.success(request, told % {"name": fresh.reader, "day": f"{fresh.ends_on:%d/%m/%Y}"})
    return redirect(back_to_list(request))


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def end_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why a subscription is ended, then end it; the reader is mailed."""
    subscription = fetch_subscription(request, pk)
    if not workspace_of(request).may("subscriptions.decide", subscription):
        raise PermissionDenied
    initial = {"version": subscription.version, "message": default_message("ended", subscription)}
    form = EndForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        return _end(request, subscription, form)
    return _end_page(request, subscription, form, status=400 if form.errors else 200)


def _as_seen(subscription: Subscription, version: str) -> Subscription:
    """Return `subscription` at the version that the person saw, where the form says which."""
    if version.isdecimal() and len(version) < 10:
        subscription.version = int(version)
    return subscription


def _form(workspace: Workspace, subscription: Subscription, data: Any = None) -> SubscriberForm:
    return SubscriberForm(
        data,
        subscription=subscription,
        decides=workspace.may("subscriptions.decide", subscription),
        moves=workspace.may("subscriptions.move", subscription),
    )


def _save(request: HttpRequest, subscription: Subscription, form: SubscriberForm) -> HttpResponse:
    subscription.version = form.cleaned_data["version"]
    try:
        fresh = _apply(request, subscription, form)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _page(request, fetch_subscription(request, subscription.pk), form, status=400)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Refusal as refusal:
        return _overtaken(request, subscription, refusal)
    told = _("La fiche %(of_name)s est enregistrée. Statut : %(status)s.")
    messages.success(
        request, told % {"of_name": of_name(str(fresh.reader)), "status": Status(fresh.current_status).label}
    )
    return redirect(back_to_list(request))


def what_happened(subscription: Subscription) -> Refusal:
    """Return the refusal that tells who changed the subscription since the page was drawn, what and when (SUB-02)."""
    last = subscription.events.first()
    if last is None:
        return Refusal(_("La fiche a changé entre-temps."))
    return Overtaken.by(name=str(subscription.reader), move=last.get_move_display(), who=last.actor_label, at=last.at)


def _overtaken(request: HttpRequest, subscription: Subscription, refusal: Refusal) -> HttpResponse:
    """Tell the refusal over the fresh state."""
    messages.error(request, refusal.message)
    fresh = fetch_subscription(request, subscription.pk)
    return _page(request, fresh, _form(workspace_of(request), fresh), status=refusal.status)


@transaction.atomic
def _apply(request: HttpRequest, subscription: Subscription, form: SubscriberForm) -> Subscription:
    """Make the changes and the move that the form holds: both, or neither."""
    actor = workspace_of(request).user
    if form.changes_details:
        subscription = edit(subscription, acting_user=actor, changes=form.changes())
    values = form.cleaned_data
    message = values["message"] or None
    match form.asked_move:
        case "accept":
            return accept(subscription, acting_user=actor, starts_on=values["starts_on"], message=message)
        case "renew":
            return renew(subscription, acting_user=actor, starts_on=values["starts_on"], message=message)
        case "refuse":
            return refuse(subscription, acting_user=actor, reason=values["reason"], message=message)
        case "end":
            return end(subscription, acting_user=actor, reason=values["reason"], message=message)
    return subscription


def _page(request: HttpRequest, subscription: Subscription, form: SubscriberForm, status: int = 200) -> HttpResponse:
    workspace = workspace_of(request)
    context = {
        "subscription": subscription,
        "form": form,
        "may_edit": workspace.may("subscriptions.edit", subscription),
        "may_decide": workspace.may("subscriptions.decide", subscription),
        "can_end": subscription.current_status == Status.ACTIVE,
        "texts": refusal_texts(subscription),
        "events": subscription.events.all()[:100],
        "portal_duration": workspace.portal.duration,
        "today": clock.today(),
        "state": carried(request),
    }
    return show(request, "pro/subscriber.html", context, status=status)


def _end(request: HttpRequest, subscription: Subscription, form: EndForm) -> HttpResponse:
    values = form.cleaned_data
    subscription.version = values["version"]
    message = values["message"] or None
    try:
        fresh = end(subscription, acting_user=workspace_of(request).user, reason=values["reason"], message=message)
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _end_page(request, subscription, form, status=400)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("pro:subscriber", pk=subscription.pk)
    messages.success(request, _("%(name)s : l’abonnement est arrêté.") % {"name": fresh.reader})
    return redirect(back_to_list(request))


def _end_page(request: HttpRequest, subscription: Subscription, form: EndForm, status: int) -> HttpResponse:
    can_end = subscription.current_status == Status.ACTIVE
    context = {"subscription": subscription, "form": form, "can_end": can_end, "state": carried(request)}
    return show(request, "pro/end.html", context, status=status)
