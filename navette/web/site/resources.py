"""The digital resources: the list that everybody sees, and a page for each with its way in."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from navette.accounts.models import User
from navette.core import clock
from navette.portal.models import Portal
from navette.portal.queries import current_portal
from navette.readers.models import Reader
from navette.resources.models import Audience, Category, DigitalResource, Offer, ResourceTerms
from navette.signon.decision import may_open
from navette.signon.errors import NotAReader, Stopped
from navette.signon.models import VendorAccess
from navette.signon.preview import Telling, telling
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import free_seats, granted_resource_ids, subscription_of
from navette.subscriptions.states import Status
from navette.web.components.lists import page_of
from navette.web.leaving import NEXT
from navette.web.site.people import open_resources

A_PAGE = 24
EVERY = [("", gettext_lazy("Tout"))]


class ResourceFilter(forms.Form):
    """Narrows the list down; what it holds stands in the address."""

    offre = forms.MultipleChoiceField(required=False, label=gettext_lazy("Offre"), widget=forms.CheckboxSelectMultiple)
    categorie = forms.ChoiceField(required=False, label=gettext_lazy("Catégorie"), widget=forms.RadioSelect)
    public = forms.ChoiceField(
        required=False, label=gettext_lazy("Public"), choices=EVERY + Audience.choices, widget=forms.RadioSelect
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, initial={"categorie": "", "public": ""}, label_suffix="")
        self._choices("offre", [(offer.slug, offer_label(offer)) for offer in Offer.objects.all()])
        self._choices("categorie", EVERY + [(row.slug, row.name) for row in Category.objects.all()])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        field.choices = choices

    def narrow(self, resources: QuerySet[DigitalResource]) -> QuerySet[DigitalResource]:
        """Return the `resources` that answer to what was chosen; an unknown choice is left out and told."""
        self.is_valid()
        chosen = self.cleaned_data
        if chosen.get("offre"):
            resources = resources.filter(offers__slug__in=chosen["offre"]).distinct()
        if chosen.get("categorie"):
            resources = resources.filter(category__slug=chosen["categorie"])
        if chosen.get("public"):
            resources = resources.filter(audience=chosen["public"])
        return resources

    @property
    def is_narrowed(self) -> bool:
        """Say whether anything was chosen."""
        return any(self.cleaned_data.values())


def offer_label(offer: Offer) -> str:
    """Return what the filter calls `offer`: « Offre biblio.gironde »."""
    word = _("Offre")
    return offer.name if offer.name.startswith(word) else f"{word} {offer.name}"


def _opened_by(user: Any) -> set[int]:
    """Return the ids of the resources that open for `user` at a click today, to mark them in the list."""
    if not user.is_authenticated or user.is_professional or user.email_confirmed_at is None:
        return set()
    subscription = subscription_of(user)
    return granted_resource_ids(subscription) if subscription and _is_valid(subscription) else set()


def _is_valid(subscription: Subscription) -> bool:
    return subscription.current_status == Status.ACTIVE


@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """List the open resources, filtered by offer, category and audience."""
    form = ResourceFilter(request.GET)
    page = page_of(form.narrow(open_resources()), request, A_PAGE)
    context = {"form": form, "page": page, "opened": _opened_by(request.user)}
    return render(request, "site/resources.html", context)


@dataclass(frozen=True)
class WayIn:
    """What a person can do about a resource: open it, or the next step and why; `href` is where the button leads."""

    href: str
    words: str | Promise
    message: str = ""
    opens: bool = False


def way_in(user: Any, resource: DigitalResource, portal: Portal) -> WayIn:
    """Return the way in of `user`, who may be nobody, to `resource`."""
    opening = reverse("site:open_resource", args=[resource.slug])
    if not resource.is_open:
        return WayIn(reverse("site:resources"), _("Voir les autres ressources"), _("Cette ressource est fermée."))
    if not user.is_authenticated:
        return _way_of_visitor(portal)
    try:
        _check(user, resource)
    except Stopped as reason:
        page, words = NEXT[type(reason)]
        return WayIn(reverse(page), words, reason.message)
    return WayIn(opening, _("Accéder"), opens=True)


def _way_of_visitor(portal: Portal) -> WayIn:
    if portal.readers_register_themselves:
        return WayIn(reverse("site:register"), _("S'inscrire"))
    return WayIn(reverse("site:libraries"), _("Trouver ma bibliothèque"))


def _check(user: User, resource: DigitalResource) -> None:
    reader = Reader.objects.select_related("user").filter(user=user).first()
    if reader is None:
        raise NotAReader
    may_open(reader, resource, clock.today())


def _telling(user: Any, resource: DigitalResource) -> Telling | None:
    """Return what the vendor learns of `user`, who may be nobody; None where the resource is not connected yet."""
    access = VendorAccess.objects.select_related("resource").filter(resource=resource).first()
    subscription = subscription_of(user) if user.is_authenticated else None
    return telling(access, subscription) if access else None


def _fetch(slug: str) -> DigitalResource:
    return get_object_or_404(DigitalResource.objects.select_related("category"), slug=slug)


def _terms(resource: DigitalResource) -> ResourceTerms | None:
    return resource.terms.order_by("-version").first()


@require_safe
def resource(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one resource: what it holds, for whom, whose it is, and the way in."""
    found = _fetch(slug)
    context = {
        "resource": found,
        "terms": _terms(found),
        "telling": _telling(request.user, found),
        "way": way_in(request.user, found, current_portal()),
        "is_full": free_seats(found) == 0,
        "others": open_resources().filter(category=found.category).exclude(pk=found.pk)[:3],
    }
    return render(request, "site/resource.html", context)


@require_safe
def resource_terms(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the vendor's terms of use in force for one resource."""
    found = _fetch(slug)
    return render(request, "site/resource_terms.html", {"resource": found, "terms": _terms(found)})
