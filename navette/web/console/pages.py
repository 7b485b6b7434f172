"""The pages of text that the staff write, in CommonMark, with a preview (L10)."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core import clock
from navette.editorial.actions import PageText, create_page, edit_page
from navette.editorial.models import Page
from navette.web.components.refusals import refusals_on
from navette.web.console.access import staff_with, user_of


class PageForm(forms.Form):
    """A page's words, and who reads it."""

    title = forms.CharField(label=gettext_lazy("Titre"), max_length=120)
    lead = forms.CharField(label=gettext_lazy("En une phrase"), max_length=300, required=False)
    body = forms.CharField(
        label=gettext_lazy("Texte"),
        max_length=50_000,
        help_text=gettext_lazy(
            "Une ligne vide sépare deux paragraphes. « ## Un intertitre », « - un point de liste », « **important** », "
            "« [des mots](https://une-adresse) »."
        ),
        widget=forms.Textarea(attrs={"rows": 22}),
    )
    readers = forms.ChoiceField(
        label=gettext_lazy("Qui la lit"), choices=Page.Readers.choices, widget=forms.RadioSelect
    )

    def text(self) -> PageText:
        """Return the page as it was filled in."""
        data = self.cleaned_data
        return PageText(data["title"], data["lead"], data["body"], data["readers"])


class NewPageForm(PageForm):
    """A new page, with its address."""

    slug = forms.SlugField(
        label=gettext_lazy("Adresse"),
        max_length=80,
        help_text=gettext_lazy("Des minuscules et des tirets : « ateliers-2027 » donne la page /pages/ateliers-2027."),
    )
    field_order = ("slug", "title", "lead", "body", "readers")


@require_safe
@staff_with("editorial.edit_pages")
def pages(request: HttpRequest) -> HttpResponse:
    """List the pages."""
    return render(request, "console/pages.html", {"pages": Page.objects.defer("body")[:200]})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("editorial.edit_pages")
def page_new(request: HttpRequest) -> HttpResponse:
    """Write a page, looking at it first if one likes."""
    initial = {"readers": Page.Readers.PROFESSIONALS}
    form = NewPageForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid() and "apercu" not in request.POST:
        slug = form.cleaned_data["slug"]
        if _tried(request, form, lambda: create_page(acting_user=user_of(request), slug=slug, text=form.text())):
            return redirect("console:pages")
    return _show(request, form, None, clock.now())


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("editorial.edit_pages")
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a page, looking at it first if one likes; what somebody else saved meanwhile is not overwritten."""
    row = get_object_or_404(Page, pk=pk)
    if request.method != "POST":
        names = ("title", "lead", "body", "readers")
        return _show(request, PageForm(initial={name: getattr(row, name) for name in names}), row, row.changed_at)
    form, seen_at = PageForm(request.POST), _moment(request.POST.get("seen_at", ""))
    if form.is_valid() and "apercu" not in request.POST:
        user = user_of(request)
        if _tried(request, form, lambda: edit_page(row, acting_user=user, seen_at=seen_at, text=form.text())):
            return redirect("console:pages")
    return _show(request, form, row, seen_at)


def _moment(text: str) -> dt.datetime:
    """Return the moment that a form carries; the beginning of time, at which nothing was saved, for another text."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found is not None and found.tzinfo else dt.datetime.fromtimestamp(0, dt.UTC)


def _tried(request: HttpRequest, form: PageForm, act: Any) -> bool:
    with refusals_on(form):
        row: Page = act()
        messages.success(request, _("« %(title)s » est enregistrée.") % {"title": row.title})
        return True
    return False


def _show(request: HttpRequest, form: PageForm, row: Page | None, seen_at: dt.datetime) -> HttpResponse:
    preview = form.text() if "apercu" in request.POST and form.is_valid() else None
    context = {"form": form, "page": row, "preview": preview, "seen_at": seen_at.isoformat()}
    return render(request, "console/page.html", context, status=400 if form.errors else 200)
