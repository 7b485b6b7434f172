"""« Pourquoi ? »: what happened when a reader opened a resource, and what the portal would decide right now."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from navette.accounts.models import User
from navette.core import clock
from navette.resources.models import DigitalResource
from navette.signon.decision import may_open
from navette.signon.errors import Stopped
from navette.signon.explaining import explain
from navette.signon.models import EventKind, SignonEvent
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import subscriptions_seen_by
from navette.web.components.fields import QuickSelect
from navette.web.components.lists import page_of
from navette.web.console.access import staff_with, user_of
from navette.web.console.listing import LONGEST_SEARCH

FOUND = 20  # readers proposed for a name
BIGGEST = 2**63 - 1
BEGINNING = dt.date(1970, 1, 1)  # no zone's first moment is out of reach after it


class WhyForm(forms.Form):
    """Whom, what and when; it stands in the address, where people are numbers."""

    q = forms.CharField(
        label=gettext_lazy("Nom ou mail du lecteur"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    abonne = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST, widget=forms.HiddenInput)
    ressource = forms.IntegerField(label=gettext_lazy("Ressource"), required=False, min_value=1, max_value=BIGGEST)
    jour = forms.DateField(label=gettext_lazy("Jour"), required=False, widget=forms.DateInput({"type": "date"}))
    etape = forms.ChoiceField(
        label=gettext_lazy("Étape"),
        required=False,
        choices=[("", gettext_lazy("- Toutes -")), *EventKind.choices],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        resources = DigitalResource.objects.order_by("name").values_list("pk", "name")
        self.fields["ressource"].widget = QuickSelect(choices=[("", _("- Toutes -")), *resources])

    def asked(self) -> Q:
        """Return what the events are to be like; nothing is like it where the form has an error."""
        values = self.cleaned_data
        found = Q(pk__in=[]) if self.errors else Q()
        if values.get("ressource"):
            found &= Q(resource=values["ressource"])
        if values.get("etape"):
            found &= Q(kind=values["etape"])
        if values.get("jour"):
            found &= _within(values["jour"])
        return found


def _within(day: dt.date) -> Q:
    if not BEGINNING < day < dt.date.max:
        return Q(pk__in=[])
    first = timezone.make_aware(dt.datetime.combine(day, dt.time.min))
    last = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))
    return Q(at__gte=first, at__lt=last)


@never_cache
@require_safe
@staff_with("resources.manage")
def signon_why(request: HttpRequest) -> HttpResponse:
    """Show what happened, in sentences; and for one reader and one resource, what would be decided now."""
    form = WhyForm(request.GET)
    form.is_valid()
    values, user = form.cleaned_data, user_of(request)
    shown = _shown(user, values.get("abonne"))
    asked = form.asked()
    if shown is not None:
        asked &= Q(reader=shown.reader_id)
    elif values.get("q"):
        asked = Q(pk__in=[])  # first say who
    page = page_of(_events(asked), request)
    context = {
        "form": form,
        "shown": shown,
        "readers": _readers(user, "" if shown else values.get("q", "")),
        "page": page,
        "is_choosing": shown is None and bool(values.get("q")),
        "lines": _lines(page, user),
        "now": _now(shown, values.get("ressource")),
    }
    return render(request, "console/signon_why.html", context)


def _shown(user: User, pk: int | None) -> Subscription | None:
    """Return the subscription whose reader is asked about; 404 where it is none that this person sees."""
    if pk is None:
        return None
    return get_object_or_404(subscriptions_seen_by(user).select_related("reader__user", "library"), pk=pk)


def _events(asked: Q) -> QuerySet[SignonEvent]:
    return SignonEvent.objects.filter(asked).select_related("resource", "reader").order_by("-at", "-pk")


def _readers(user: User, text: str) -> list[Subscription]:
    """Return the subscriptions whose reader is called `text`, the first ones of the list."""
    if not text.strip():
        return []
    found = subscriptions_seen_by(user).matching(text).select_related("reader__user", "library")
    return list(found.order_by("by_last_name", "id")[:FOUND])


def _lines(page: Page[Any], user: User) -> list[dict[str, Any]]:
    """Return each event with its sentence, and the reader's subscription where this person may see it."""
    readers = {event.reader_id for event in page if event.reader_id}
    seen = subscriptions_seen_by(user).filter(reader__in=readers).values_list("reader_id", "pk")
    subscriptions = dict(seen) if readers else {}
    return [
        {"event": event, "sentence": explain(event), "subscription": subscriptions.get(event.reader_id)}
        for event in page
    ]


def _now(shown: Subscription | None, resource: int | None) -> dict[str, Any] | None:
    """Return what the portal would decide at this moment; None where a reader or a resource is not said."""
    found = DigitalResource.objects.filter(pk=resource).first() if shown and resource else None
    if shown is None or found is None:
        return None
    try:
        subscription = may_open(shown.reader, found, clock.today())
    except Stopped as reason:
        return {"resource": found, "opens": False, "message": reason.message}
    return {"resource": found, "opens": True, "until": subscription.ends_on}
