"""The mails by state, and what the staff do about those that Navette does not send again by itself (SUB-06)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from navette.core.errors import Refusal
from navette.mail.actions import settle
from navette.mail.kinds import KINDS
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import counts_by_state, mails_in, to_settle
from navette.web.console.access import staff_with, user_of

MAILS_A_PAGE = 25
TO_SETTLE = "a-regler"  # the first choice of the list: what waits for a person


@require_safe
@staff_with("mail.view")
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails in the state that the address asks for, the newest first; at first those to settle."""
    asked = request.GET.get("etat", TO_SETTLE)
    chosen = asked if asked in MailState.values else TO_SETTLE
    found = mails_in(chosen) if chosen in MailState.values else to_settle()
    page: Page[Any] = Paginator(found, MAILS_A_PAGE).get_page(request.GET.get("page"))
    page.object_list = [{"mail": mail, "title": _title(mail)} for mail in page.object_list]
    context = {"page": page, "choices": _choices(chosen), "may_settle": user_of(request).has_perm("mail.settle")}
    return render(request, "console/mails.html", context | {"state": chosen})


@require_POST
@staff_with("mail.settle")
def settle_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again, or treat an uncertain one as sent."""
    mail = get_object_or_404(OutgoingMail, pk=pk)
    asked = request.POST.get("suite")
    if asked not in {"resend", "sent"}:
        raise BadRequest
    try:
        settle(mail, acting_user=user_of(request), resend=asked == "resend")
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, _("C’est noté : %(subject)s.") % {"subject": mail.subject})
    return redirect(reverse("console:mails"))


def _choices(chosen: str) -> list[dict[str, object]]:
    counts = counts_by_state()
    waiting = counts[MailState.UNCERTAIN] + counts[MailState.FAILED]
    rows = [(TO_SETTLE, _("À régler"), waiting), *((s.value, s.label, counts[s.value]) for s in MailState)]
    return [{"value": value, "label": label, "count": count, "here": value == chosen} for value, label, count in rows]


def _title(mail: OutgoingMail) -> str:
    kind = KINDS.get(mail.kind)
    return str(kind.title) if kind else mail.kind
