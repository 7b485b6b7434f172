"""The mails sent, waiting and uncertain: found again, read, and settled where Navette does not send again (SUB-06)."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from navette.mail.actions import settle
from navette.mail.kinds import KINDS
from navette.mail.models import MailState, OutgoingMail
from navette.mail.queries import Sieve, counts_by_state, mails_found
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of

TO_SETTLE = "a-regler"  # the first choice of the list: what waits for a person
EVERY = "tous"


class MailFilter(forms.Form):
    """Narrows the list down; its state stands in the address."""

    genre = forms.ChoiceField(label=gettext_lazy("Mail"), required=False)
    a = forms.CharField(label=gettext_lazy("Adresse mail"), required=False, max_length=254)
    du = forms.DateField(
        label=gettext_lazy("Écrit à partir du"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    au = forms.DateField(label=gettext_lazy("jusqu’au"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kinds = sorted((str(kind.title), name) for name, kind in KINDS.items())
        field = self.fields["genre"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        field.choices = [("", _("- Tout -")), *((name, title) for title, name in kinds)]

    def sieve(self) -> Sieve:
        """Return what was asked for; what can't be understood narrows nothing."""
        self.is_valid()
        chosen = self.cleaned_data
        after = chosen.get("au")
        return Sieve(
            kind=chosen.get("genre") or "",
            address=chosen.get("a") or "",
            since=_midnight(chosen.get("du")),
            before=_midnight(after + dt.timedelta(days=1)) if after and after < dt.date.max else None,
        )


def _midnight(day: dt.date | None) -> dt.datetime | None:
    if day is None or day.year == dt.MINYEAR:
        return None
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


@require_safe
@staff_with("mail.view")
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails that the address asks for, the newest first; at first those to settle."""
    asked = request.GET.get("etat", TO_SETTLE)
    chosen = asked if asked in {*MailState.values, EVERY} else TO_SETTLE
    form = MailFilter(request.GET)
    page = page_of(mails_found(chosen if chosen in MailState.values else "", chosen == EVERY, form.sieve()), request)
    page.object_list = [{"mail": mail, "title": title_of(mail)} for mail in page.object_list]
    context = {"page": page, "choices": _choices(chosen), "may_settle": user_of(request).has_perm("mail.settle")}
    return render(request, "console/mails.html", context | {"state": chosen, "form": form})


@require_safe
@staff_with("mail.view")
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one mail as it was written, and how its sending went."""
    found = get_object_or_404(OutgoingMail, pk=pk)
    may_settle = user_of(request).has_perm("mail.settle")
    return render(request, "console/mail.html", {"mail": found, "title": title_of(found), "may_settle": may_settle})


@require_POST
@staff_with("mail.settle")
def settle_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again, or treat an uncertain one as sent."""
    mail = get_object_or_404(OutgoingMail, pk=pk)
    asked = request.POST.get("suite")
    if asked not in {"resend", "sent"}:
        raise BadRequest
    with refusals_told(request):
        settle(mail, acting_user=user_of(request), resend=asked == "resend")
        messages.success(request, _("C’est noté : %(subject)s.") % {"subject": mail.subject})
    return redirect(reverse("console:mails"))


def _choices(chosen: str) -> list[dict[str, object]]:
    counts = counts_by_state()
    waiting = counts[MailState.UNCERTAIN] + counts[MailState.FAILED]
    rows = [
        (TO_SETTLE, _("À régler"), waiting),
        *((s.value, s.label, counts[s.value]) for s in MailState),
        (EVERY, _("Tous"), sum(counts.values())),
    ]
    return [{"value": value, "label": label, "count": count, "here": value == chosen} for value, label, count in rows]


def title_of(mail: OutgoingMail) -> str:
    """Return what the kind of `mail` is called; its name where no part of Navette knows it any more."""
    kind = KINDS.get(mail.kind)
    return str(kind.title) if kind else mail.kind
