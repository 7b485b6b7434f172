"""The console's first page: the figures to look at each morning."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from navette.core import clock
from navette.mail.models import MailState
from navette.mail.queries import counts_by_state
from navette.subscriptions.queries import subscriptions_seen_by
from navette.subscriptions.states import Status
from navette.web.console.access import staff_with, user_of


@require_safe
@staff_with("subscriptions.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits, what is late, how many are active, and how the mails go."""
    user = user_of(request)
    seen = subscriptions_seen_by(user)
    context = {
        "waiting": seen.waiting().count(),
        "late": seen.late(clock.today()).count(),
        "active": seen.with_status(Status.ACTIVE).count(),
        "mails": _mail_figures() if user.has_perm("mail.view") else None,
    }
    return render(request, "console/dashboard.html", context)


def _mail_figures() -> dict[str, int]:
    counts = counts_by_state()
    return {name: counts[name] for name in (MailState.QUEUED, MailState.UNCERTAIN, MailState.FAILED)}
