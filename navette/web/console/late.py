"""« En retard »: the requests that their library has left over the deadline: warning it, then unblocking (SUB-05).

Where the portal's setting lets them, staff decide in the library's place once it was warned in vain; elsewhere they
only remind.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from navette.core import clock
from navette.core.models import AuditRow
from navette.libraries.models import Library
from navette.libraries.queries import libraries_seen_by
from navette.mail.models import MailState
from navette.portal.queries import current_portal
from navette.subscriptions.actions import remind_library
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import (
    WARNED_BEFORE,
    SubscriptionQuerySet,
    opens_to_staff_on,
    subscriptions_seen_by,
)
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of

LIBRARIES_A_PAGE = 10
REQUESTS_SHOWN = 10  # of one library; its list of subscribers shows the others


@dataclass(frozen=True)
class LateRequest:
    """A late request, and where unblocking it stands."""

    subscription: Subscription

    @property
    def opens_on(self) -> dt.date | None:
        """Return the day from which staff may decide; None while no warning has left."""
        return opens_to_staff_on(self.subscription)

    @property
    def is_open(self) -> bool:
        """Say whether that day has come."""
        return self.opens_on is not None and self.opens_on <= clock.today()

    @property
    def warned_on(self) -> dt.date | None:
        """Return the day on which the warning left."""
        warning = self.subscription.warning
        return clock.day_of(warning.sent_at) if warning is not None and warning.sent_at else None

    @property
    def warning_state(self) -> str:
        """Return where a warning stands that has not left."""
        warning = self.subscription.warning
        return warning.get_state_display() if warning is not None and warning.state != MailState.SENT else ""


@require_safe
@staff_with("subscriptions.view")
def late(request: HttpRequest) -> HttpResponse:
    """List the libraries with late requests, the longest late first, each with its oldest ones."""
    overdue = subscriptions_seen_by(user_of(request)).late(clock.today())
    by_library = overdue.order_by().values("library_id").annotate(count=Count("pk"), oldest=Min("deadline"))
    page = page_of(by_library.order_by("oldest", "library_id"), request, LIBRARIES_A_PAGE)
    page.object_list = _groups(overdue, list(page.object_list))
    portal, user = current_portal(), user_of(request)
    may_decide = portal.staff_decides_late and user.has_perm("subscriptions.decide_late")
    context = {"page": page, "total": overdue.count(), "may_decide": may_decide, "days": WARNED_BEFORE.days}
    return render(request, "console/late.html", context)


def _groups(overdue: SubscriptionQuerySet, figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return each library of `figures` with its oldest late requests, and when it was last reminded."""
    keys = [row["library_id"] for row in figures]
    libraries = Library.objects.select_related("territory").in_bulk(keys)
    requests: dict[int, list[LateRequest]] = defaultdict(list)
    for row in overdue.filter(library_id__in=keys).select_related("reader", "warning").order_by("deadline", "id"):
        requests[row.library_id].append(LateRequest(row))
    reminded = _last_reminders(keys)
    return [
        row
        | {
            "library": libraries[row["library_id"]],
            "requests": requests[row["library_id"]][:REQUESTS_SHOWN],
            "reminded_at": reminded.get(row["library_id"]),
        }
        for row in figures
    ]


def _last_reminders(keys: list[int]) -> dict[int, dt.datetime]:
    sent = AuditRow.objects.filter(
        object_type=Library._meta.label, object_id__in=keys, action="subscriptions.remind_library"
    )
    return dict(sent.order_by().values_list("object_id").annotate(last=Max("at")))


@require_POST
@staff_with("subscriptions.remind_library")
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Mail one library about its late requests."""
    library = get_object_or_404(libraries_seen_by(user_of(request)), pk=pk)
    with refusals_told(request):
        count = remind_library(library, acting_user=user_of(request))
        told = ngettext(
            "%(library)s est relancée : %(count)d demande en retard.",
            "%(library)s est relancée : %(count)d demandes en retard.",
            count,
        )
        messages.success(request, told % {"library": library.name, "count": count})
    return redirect("console:late")
