"""« Conditions d’utilisation »: the versions of the site's and each vendor's terms, and the next one (SUB-10)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.accounts.models import Kind, User
from navette.portal.actions import publish_site_terms
from navette.portal.models import SiteTerms
from navette.resources.actions import LONGEST_TERMS, publish_terms
from navette.resources.models import DigitalResource, ResourceTerms
from navette.subscriptions.models import TermsAcceptance
from navette.web.components.lists import page_of
from navette.web.components.refusals import refusals_told
from navette.web.console.access import staff_with, user_of
from navette.web.console.resources import fetch, people_by_resource


class TermsForm(forms.Form):
    """A new version. `after` is the version that its author has read."""

    text = forms.CharField(
        label=gettext_lazy("Texte de la nouvelle version"),
        help_text=gettext_lazy(
            "Une ligne vide sépare les paragraphes ; « ## » fait un titre, « - » une liste, **deux étoiles** du gras."
        ),
        max_length=LONGEST_TERMS,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    after = forms.IntegerField(min_value=0, max_value=1_000_000, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Subject:
    """Whose terms a page is about, and what publishing them does."""

    title: str
    back: str
    here: str
    versions: "QuerySet[Any]"
    column: str  # of TermsAcceptance
    publish: Callable[..., Any]
    consequence: str


@require_safe
@staff_with("terms.publish")
def terms(request: HttpRequest) -> HttpResponse:
    """List the terms in force: the site's, then each resource's, with how many people have accepted them."""
    site = SiteTerms.objects.order_by("-version").first()
    page = page_of(DigitalResource.objects.order_by("name"), request)
    latest = _latest([row.pk for row in page])
    accepted = _accepted("resource_terms", [row.pk for row in latest.values()])
    rows = [{"resource": row, "terms": latest.get(row.pk)} for row in page]
    for row in rows:
        row["accepted"] = accepted.get(row["terms"].pk, 0) if row["terms"] else 0
    page.object_list = rows
    site_accepted = _accepted("site_terms", [site.pk]).get(site.pk, 0) if site else 0
    context = {"site": site, "site_accepted": site_accepted, "page": page}
    return render(request, "console/terms.html", context)


def _latest(keys: list[int]) -> dict[int, ResourceTerms]:
    """Return the version in force of each resource's terms."""
    rows = ResourceTerms.objects.filter(resource_id__in=keys).order_by("resource_id", "version").defer("text")
    return {row.resource_id: row for row in rows}


def _accepted(column: str, keys: list[int]) -> dict[int, int]:
    """Return how many people have accepted each version."""
    rows = TermsAcceptance.objects.filter(**{f"{column}__in": keys}).order_by().values_list(column)
    return dict(rows.annotate(count=Count("pk")))


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("terms.publish")
def site_terms(request: HttpRequest) -> HttpResponse:
    """Show the versions of the site's terms, and publish the next one."""
    readers = User.objects.filter(kind=Kind.READER, is_active=True).count()
    subject = Subject(
        title=_("Conditions générales du site"),
        back=reverse("console:terms"),
        here=reverse("console:site_terms"),
        versions=SiteTerms.objects.order_by("-version"),
        column="site_terms",
        publish=publish_site_terms,
        consequence=_("À leur prochaine connexion, %(count)d usagers devront l’accepter.") % {"count": readers},
    )
    return _page(request, subject)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("terms.publish")
def resource_terms(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the versions of a vendor's terms, and publish the next one."""
    found = fetch(pk)
    holding = people_by_resource([pk]).get(pk, {"holding": 0})["holding"]
    subject = Subject(
        title=_("Conditions d’utilisation de « %(name)s »") % {"name": found.name},
        back=reverse("console:terms"),
        here=reverse("console:resource_terms", args=[pk]),
        versions=found.terms.order_by("-version"),
        column="resource_terms",
        publish=lambda **values: publish_terms(found, **values),
        consequence=_(
            "Qui demande la ressource accepte désormais ce texte. %(count)d abonnés l’ont déjà : "
            "leur acceptation de la version précédente reste notée, rien ne se ferme."
        )
        % {"count": holding},
    )
    return _page(request, subject)


def _page(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Show the versions with the form; preview the text sent, or publish it."""
    last = subject.versions.first()
    version = last.version if last else 0
    initial = {"text": last.text if last else "", "after": version}
    form = TermsForm(request.POST or None, initial=initial)
    preview = ""
    if request.method == "POST" and form.is_valid():
        preview = form.cleaned_data["text"]
        if request.POST.get("suite") == "publish":
            if _published(request, subject, form):
                return redirect(subject.here)
            form = TermsForm(initial=initial | {"text": preview})  # over the version that is in force by now
    versions = list(subject.versions)
    accepted = _accepted(subject.column, [row.pk for row in versions])
    context = {
        "subject": subject,
        "form": form,
        "preview": "" if form.errors else preview,
        "next": version + 1,
        "versions": [{"terms": row, "accepted": accepted.get(row.pk, 0)} for row in versions],
    }
    return render(request, "console/terms_of.html", context, status=400 if form.errors else 200)


def _published(request: HttpRequest, subject: Subject, form: TermsForm) -> bool:
    with refusals_told(request, messages.ERROR):
        made = subject.publish(acting_user=user_of(request), **form.cleaned_data)
        messages.success(request, _("La version %(number)d est publiée.") % {"number": made.version})
        return True
    return False
