"""« Ma bibliothèque »: the network's libraries as a list and a map, each with its page (L11)."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from navette.core import clock
from navette.core.text import fold_identifier
from navette.editorial.queries import published_picks
from navette.libraries.models import Library, OpeningHours, Weekday
from navette.libraries.queries import open_libraries
from navette.subscriptions.queries import subscription_of
from navette.web.components.lists import page_of
from navette.web.site import map as network_map

LIBRARIES_A_PAGE = 30
PICKS_SHOWN = 4  # on a library's page
WORDS = 6  # words of a search that count


class LibraryFilter(forms.Form):
    """Finds a library by its name, its commune or its postcode."""

    q = forms.CharField(
        label=gettext_lazy("Commune, nom ou code postal"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


def libraries_matching(text: str) -> QuerySet[Library]:
    """Return the open libraries that answer to each word of `text`; a slug is a name without accents or case."""
    found = open_libraries()
    for word in fold_identifier(text).split()[:WORDS]:
        found = found.filter(
            Q(slug__contains=word) | Q(commune__icontains=word) | Q(name__icontains=word) | Q(postcode__startswith=word)
        )
    return found


def hours_by_day(library: Library) -> list[tuple[str, list[OpeningHours]]]:
    """Return the days on which `library` opens, each with its spans, in order; its hours should be prefetched."""
    hours = library.opening_hours.all()
    return [(row.get_weekday_display(), [row, *rest]) for _day, (row, *rest) in groupby(hours, lambda h: h.weekday)]


def _own_library(user: Any) -> Library | None:
    subscription = subscription_of(user) if user.is_authenticated and not user.is_professional else None
    return subscription.library if subscription else None


def _on_a_map() -> QuerySet[Library]:
    """Return the open libraries with what a map shows of them, and no more."""
    fields = ("name", "slug", "latitude", "longitude", "territory__name")
    return open_libraries().select_related("territory").only(*fields)


@require_safe
def libraries(request: HttpRequest) -> HttpResponse:
    """List the libraries of the network that are open to readers, with what one needs to go there, and their map."""
    form = LibraryFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    found = libraries_matching(text)
    page = page_of(found.prefetch_related("opening_hours"), request, LIBRARIES_A_PAGE)
    keys = set(found.values_list("pk", flat=True)) if text.strip() else None
    context = {
        "form": form,
        "text": text,
        "page": page,
        "rows": [(library, hours_by_day(library)) for library in page],
        "own": _own_library(request.user),
        "map": network_map.draw(_on_a_map(), found=keys),
    }
    return render(request, "site/libraries.html", context)


@dataclass(frozen=True)
class Day:
    """A day of the week as a library's page tells it."""

    name: str
    spans: list[OpeningHours]
    is_today: bool


def week_of(library: Library) -> list[Day]:
    """Return the seven days with their spans, today marked; none where no hours are known."""
    spans: dict[int, list[OpeningHours]] = {}
    for row in library.opening_hours.all():
        spans.setdefault(row.weekday, []).append(row)
    today = clock.today().isoweekday()
    return [Day(str(day.label), spans.get(day.value, []), day.value == today) for day in Weekday] if spans else []


@require_safe
def library(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a library's page; lead on from one that was joined to another, say of one that left that it did."""
    row = get_object_or_404(Library.objects.select_related("territory", "merged_into"), slug=slug)
    if row.merged_into is not None:
        return redirect("site:library", row.merged_into.slug)
    if row.closed_at is not None:
        return render(request, "site/library_left.html", {"library": row}, status=410)
    week = week_of(row)
    context = {
        "library": row,
        "week": week,
        "today": next((day for day in week if day.is_today), None),
        "map": network_map.draw(_with(row), found={row.pk}, here=row.pk),
        "picks": published_picks().filter(library=row)[:PICKS_SHOWN],
        "is_own": _own_library(request.user) == row,
    }
    return render(request, "site/library.html", context)


def _with(row: Library) -> list[Library]:
    """Return the libraries of a map on which `row` has its place, whether or not it is open to readers."""
    rows = list(_on_a_map())
    return rows if row in rows else [*rows, row]
