"""« Tester »: a reader made up tries a resource, at a simulated vendor or at the real one (D1)."""

import datetime as dt
from typing import Any

from csp.decorators import csp_update
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from navette.core import clock
from navette.core.errors import Invalid
from navette.signon import calls, errors, events
from navette.signon.addresses import checked_address
from navette.signon.decision import admit
from navette.signon.explaining import explain
from navette.signon.models import EventKind, SignonEvent, VendorAccess, WayName
from navette.signon.opening import WAYS, depart
from navette.signon.sheets import needs_key
from navette.signon.trials import Trial
from navette.signon.trying import ARRIVES, Said, expected_address, run
from navette.signon.ways import Departure
from navette.web.console.access import staff_with
from navette.web.console.resources import fetch
from navette.web.leaving import begin_trial, origin_of

SIMULATED, REAL = "simulateur", "reel"
FOLLOWED = 50  # steps shown of a trial at the real vendor
SINCE = "depuis"
FOLLOWED_FOR = dt.timedelta(minutes=15)
LONGEST_MOMENT = 11  # digits, in seconds since 1970


class TrialForm(forms.Form):
    """Through whom a resource is tried, at which vendor, and what that vendor says it uses."""

    lecteur = forms.ChoiceField(label=_("Lecteur d’essai"), choices=Trial.choices, initial=Trial.MAY)
    fournisseur = forms.ChoiceField(
        label=_("Chez qui"),
        choices=[
            (SIMULATED, _("un fournisseur simulé, ici même : chaque étape est montrée")),
            (REAL, _("le vrai fournisseur, dans un nouvel onglet")),
        ],
        initial=SIMULATED,
        widget=forms.RadioSelect,
    )
    cle = forms.CharField(
        label=_("La clé que le fournisseur dit utiliser"),
        help_text=_("Facultatif. Elle est comparée à la nôtre, et n’est pas gardée."),
        max_length=500,
        required=False,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
    service = forms.CharField(
        label=_("L’adresse de service que le fournisseur dit utiliser"),
        max_length=500,
        required=False,
        widget=forms.URLInput({"inputmode": "url"}),
    )

    def __init__(self, data: Any, *, access: VendorAccess) -> None:
        super().__init__(data)
        self.fields["service"].help_text = _("Facultatif. La nôtre : %(address)s") % {
            "address": expected_address(access)
        }
        if not needs_key(access.way) and not (access.way == WayName.OIDC and access.key):
            del self.fields["cle"]

    def clean_service(self) -> str:
        """Return the address, whole; what no browser could go to is refused."""
        text = self.cleaned_data["service"]
        try:
            return checked_address(text, plain_http=True) if text else ""
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def said(self) -> Said:
        """Return what the vendor says that it uses."""
        return Said(key=self.cleaned_data.get("cle", ""), service=self.cleaned_data["service"])


@never_cache
@sensitive_post_parameters("cle")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def signon_trial(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask how to try a resource, try it, and show each step in words; at the real vendor, what is recorded of it."""
    access = get_object_or_404(VendorAccess.objects.select_related("resource"), resource=fetch(pk))
    form = TrialForm(request.POST if request.method == "POST" else None, access=access)
    if form.is_bound and form.is_valid():
        trial = Trial(form.cleaned_data["lecteur"])
        if form.cleaned_data["fournisseur"] == REAL:
            return _leave(request, access, form, trial)
        outcome = run(access, trial, form.said(), calls.call)
        return _page(request, access, form, {"outcome": outcome})
    since = _moment(request.GET.get(SINCE, ""))
    return _page(request, access, form, _followed(access, since) if since else {})


def _page(request: HttpRequest, access: VendorAccess, form: TrialForm, shown: dict[str, Any]) -> HttpResponse:
    context = {"access": access, "resource": access.resource, "form": form, "asks_key": "cle" in form.fields}
    return render(request, "console/signon_trial.html", context | shown, status=400 if form.errors else 200)


# ---- at the real vendor
def _leave(request: HttpRequest, access: VendorAccess, form: TrialForm, trial: Trial) -> HttpResponseBase:
    """Show the departure to the real vendor, good for a minute, and follow what happens; or say why there is none."""
    since = int(clock.now().timestamp())
    begin_trial(request, access, trial)
    try:
        departure = _departure(access, trial)
    except errors.Stopped as reason:
        followed = _followed(access, since)
        return _page(request, access, form, followed | {"stopped": reason.message})
    shown = _followed(access, since) | {"departure": departure, "fields": dict(departure.fields)}
    page = csp_update({"form-action": [origin_of(departure.address)]})(_page)  # type: ignore[arg-type]  # more is given
    answer = page(request, access, form, shown)  # type: ignore[call-arg]
    if departure.show_origin:
        answer["Referrer-Policy"] = "origin"
    return answer


def _departure(access: VendorAccess, trial: Trial) -> Departure:
    try:
        subscription = admit(trial, access.resource, clock.today())
        departure = depart(access, trial, subscription)
    except errors.VendorFailed:
        raise
    except errors.Stopped as reason:
        if access.way in ARRIVES and access.way != WayName.SAML:
            return Departure(access.address)  # the vendor comes to our door, where the reader is stopped
        events.of_access(EventKind.STOPPED, access, None, reason.code, trial=True)
        raise
    if WAYS[access.way].counts_at_departure or access.way not in ARRIVES:
        events.of_access(EventKind.SENT, access, None, trial=True)
    return departure


def _followed(access: VendorAccess, since: int) -> dict[str, Any]:
    """Return what is recorded of the trials of this resource since a moment, the oldest first."""
    moment = dt.datetime.fromtimestamp(since, dt.UTC)
    found = SignonEvent.objects.filter(resource=access.resource, trial=True, at__gte=moment)
    lines = [
        {"event": event, "sentence": explain(event)}
        for event in found.select_related("resource").order_by("at", "pk")[:FOLLOWED]
    ]
    return {"since": since, "lines": lines, "is_followed": clock.now() - moment < FOLLOWED_FOR}


def _moment(text: str) -> int:
    """Return the moment that an address names, in seconds since 1970; 0 where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < LONGEST_MOMENT else 0
