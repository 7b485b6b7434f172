"""The window « Abonné » over the list, with its three tabs; a page of its own where no script opens it (L7)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navette.core import clock
from navette.core.errors import Invalid, NotAllowed, Refusal
from navette.subscriptions.actions import default_start, save_tabs
from navette.subscriptions.dates import end_of
from navette.subscriptions.mails import default_message, french_day
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet, full_for
from navette.subscriptions.states import Move, Status
from navette.web.components.refusals import show_refusal
from navette.web.pro.access import fetch_subscription, professional, show, workspace_of
from navette.web.pro.cells import Drawing
from navette.web.pro.decision import refusal_texts
from navette.web.pro.listing import back_to_list, carried, filter_carried, titles_of, way_back
from navette.web.pro.rows import rows_of
from navette.web.pro.subscriber import what_happened
from navette.web.pro.tabs_form import TABS, Rights, TabsForm, held_grants
from navette.web.pro.wording import END_REASONS


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def tabs(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a subscriber in three tabs, or save all three at once."""
    subscription = fetch_subscription(request, pk)
    form = _form(request, subscription, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, subscription, form)
    if not form.rights.any:
        raise PermissionDenied
    seen = request.POST.get("version", "")
    if seen.isdecimal() and seen != str(subscription.version):
        return _overtaken(request, pk, what_happened(subscription))
    return _save(request, subscription, form) if form.is_valid() else _page(request, subscription, form, status=400)


def _form(request: HttpRequest, subscription: Subscription, data: Any = None) -> TabsForm:
    workspace = workspace_of(request)
    return TabsForm(
        data,
        subscription=subscription,
        rights=Rights.of(workspace.user, subscription, workspace.portal),
        portal=workspace.portal,
        grants=held_grants(subscription),
    )


def _save(request: HttpRequest, subscription: Subscription, form: TabsForm) -> HttpResponse:
    subscription.version = form.cleaned_data["version"]
    try:
        fresh = save_tabs(subscription, acting_user=workspace_of(request).user, sheet=form.sheet())
    except Invalid as refusal:
        show_refusal(form, refusal)
        return _page(request, fetch_subscription(request, subscription.pk), form, status=400)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Refusal as refusal:
        return _overtaken(request, subscription.pk, refusal)
    return _saved(request, fresh, form.sheet().what)


def _saved(request: HttpRequest, fresh: Subscription, what: str | None) -> HttpResponse:
    """Go back to the list; in the window, show what is saved, and the list's row as it has become."""
    told = _("Enregistré. %(name)s : %(status)s.") % {
        "name": fresh.reader,
        "status": Status(fresh.current_status).label,
    }
    if what is not None:
        told = f"{told} {_('Le message a été confié à l’envoi.')}"
    if not _in_window(request):
        messages.success(request, told)
        return redirect(back_to_list(request))
    fresh = fetch_subscription(request, fresh.pk)
    return _page(request, fresh, _form(request, fresh), told=told, redrawn=_redrawn(request, fresh))


def _overtaken(request: HttpRequest, pk: int, refusal: Refusal) -> HttpResponse:
    """Tell what happened meanwhile over what was typed, which can be saved again on the fresh state (SUB-02)."""
    fresh = fetch_subscription(request, pk)
    typed = request.POST.copy()
    _form(request, fresh).bring_up_to_date(typed)
    return _page(request, fresh, _form(request, fresh, typed), overtaken=refusal.message, status=refusal.status)


def _in_window(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def _page(
    request: HttpRequest,
    subscription: Subscription,
    form: TabsForm,
    *,
    told: str = "",
    overtaken: str = "",
    redrawn: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    workspace = workspace_of(request)
    wrong = form.wrong_tabs if form.is_bound else []
    asked = request.POST.get("onglet", "")
    context = {
        "subscription": subscription,
        "form": form,
        "rights": form.rights,
        "grants": form.grants.values(),
        "full": full_for(subscription) if form.rights.decides else [],
        "texts": _texts(form),
        "dates": _dates_if_accepted(form, workspace.portal.duration),
        "wrong_tabs": wrong,
        "open_tab": wrong[0] if wrong else asked if asked in TABS else "informations",
        "told": told,
        "overtaken": overtaken,
        "late": subscription.deadline is not None and subscription.deadline < clock.today(),
        "state": carried(request),
        "in_window": _in_window(request),
        "row": "",
    } | dict(redrawn or {})
    template = "pro/_tabs.html" if _in_window(request) else "pro/tabs.html"
    answer = show(request, template, context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _texts(form: TabsForm) -> dict[str, str]:
    """Return the usual message of each status and reason that can be chosen, for the page to fill in."""
    subscription, texts = form.subscription, {}
    opening = form.reachable.get(Status.ACTIVE)
    if opening == Move.ACCEPT:
        texts[Status.ACTIVE.value] = default_message("accepted", subscription)
    elif opening == Move.RENEW:
        ends_on = end_of(clock.today(), form.portal.duration)
        texts[Status.ACTIVE.value] = default_message("renewed", subscription, date_fin=french_day(ends_on))
    closing = form.reachable.get(Status.REFUSED)
    if closing == Move.REFUSE:
        texts |= refusal_texts(subscription)
    elif closing == Move.END:
        ended = default_message("ended", subscription)
        texts |= {str(value): ended for value, _label in END_REASONS if value}
    return texts


def _dates_if_accepted(form: TabsForm, duration: str) -> dict[str, Any] | None:
    """Return from when to when the subscription would count if it were validated by the portal's rule today."""
    opening = form.reachable.get(Status.ACTIVE)
    if opening is None or "starts_on" in form.fields:
        return None
    start = clock.today() if opening == Move.RENEW else default_start(form.subscription, form.portal)
    return {"start": start, "end": end_of(start, duration)}


def _redrawn(request: HttpRequest, subscription: Subscription) -> dict[str, Any]:
    """Return what takes its place in the list under the window: the row, and how many the list's filter finds now."""
    chosen = filter_carried(request)
    return {"row": _row(request, subscription), "chosen": chosen, "total": chosen.found.count()}


def _row(request: HttpRequest, subscription: Subscription) -> str:
    """Return the list's row of `subscription`, drawn anew, which takes the place of the old one."""
    workspace = workspace_of(request)
    shown = SubscriptionQuerySet(Subscription).filter(pk=subscription.pk).for_list()
    rows = rows_of(workspace, workspace.portal, list(shown))
    back = way_back(carried(request))
    drawing = Drawing(titles_of(workspace.portal), workspace.portal.status_colours, back, pencil=workspace.pencil)
    return drawing.draw(rows, swapped=True)
