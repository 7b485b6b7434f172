"""One field over the network and its people: libraries, readers, professionals, staff; each as far as one may see."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from navette.accounts.models import Kind, User
from navette.libraries.models import Library
from navette.libraries.queries import libraries_seen_by, professionals_seen_by
from navette.subscriptions.queries import subscriptions_seen_by
from navette.web.components.people import account_state
from navette.web.console.access import staff_with, user_of
from navette.web.console.listing import LONGEST_SEARCH, keys_with

SHOWN = 8  # of each group; the list behind it shows them all
SHORTEST = 2  # characters: one letter finds everybody


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(
        label=gettext_lazy("Bibliothèque, nom ou mail"),
        max_length=LONGEST_SEARCH,
        min_length=SHORTEST,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


@dataclass
class Group:
    """Those found of one sort: the first ones, and where the others are (`more`, empty where these are all)."""

    title: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    more: str = ""


@require_safe
@staff_with("console.search")
def search(request: HttpRequest) -> HttpResponse:
    """Show what holds the words typed, in groups."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    groups: list[Group] = []
    if form.is_valid():
        text, user = form.cleaned_data["q"], user_of(request)
        groups = [_libraries(text, user), _readers(text, user), _professionals(text, user)]
        if user.has_perm("accounts.manage_staff"):
            groups.append(_staff(text))
    context = {"form": form, "groups": [group for group in groups if group.rows], "asked": form.is_bound}
    return render(request, "console/search.html", context)


def _libraries(text: str, user: User) -> Group:
    seen = libraries_seen_by(user)
    keys = keys_with(text, seen.order_by().values_list("pk", "name", "commune", "postcode", "email"))
    found = Library.objects.filter(pk__in=keys).select_related("territory").order_by("name")
    rows = [
        {
            "name": row.name,
            "href": reverse("console:library", args=(row.pk,)),
            "note": row.territory.name,
            "library": row,
        }
        for row in found[: SHOWN + 1]
    ]
    return _group(_("Bibliothèques"), rows, reverse("console:libraries"), text)


def _readers(text: str, user: User) -> Group:
    found = subscriptions_seen_by(user).matching(text).select_related("reader__user", "library")
    rows = [
        {
            "name": str(row.reader),
            "href": reverse("pro:subscriber", args=(row.pk,)),
            "note": f"{row.reader.user.email} · {row.library.name}",
            "subscription": row,
        }
        for row in found.order_by("by_last_name", "id")[: SHOWN + 1]
    ]
    return _group(_("Usagers"), rows, reverse("pro:subscribers"), text)


def _professionals(text: str, user: User) -> Group:
    rows = _people(professionals_seen_by(user), text, "console:account")
    return _group(_("Comptes professionnels"), rows, reverse("console:accounts"), text)


def _staff(text: str) -> Group:
    rows = _people(User.objects.filter(kind=Kind.STAFF), text, "console:member")
    return _group(_("Équipe"), rows, reverse("console:team"), text)


def _people(seen: QuerySet[User], text: str, page: str) -> list[dict[str, Any]]:
    keys = keys_with(text, seen.order_by().values_list("pk", "name", "identifier", "email"))
    found = User.objects.filter(pk__in=keys).order_by("name", "pk")[: SHOWN + 1]
    return [
        {
            "name": row.name,
            "href": reverse(page, args=(row.pk,)),
            "note": row.email or row.identifier,
            "state": account_state(row),
        }
        for row in found
    ]


def _group(title: str, rows: list[dict[str, Any]], page: str, text: str) -> Group:
    more = f"{page}?{urlencode({'q': text})}" if len(rows) > SHOWN else ""
    return Group(title, rows[:SHOWN], more)
