"""« Ma bibliothèque »: what the network knows of it, and how it wants to be told of requests (SUB-05)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from navette.core.errors import Invalid, NotAllowed
from navette.libraries.actions import choose_mail_rhythm
from navette.libraries.models import Library, MailRhythm
from navette.web.pro.access import professional, show, workspace_of


class RhythmForm(forms.Form):
    mail_rhythm = forms.ChoiceField(
        label=gettext_lazy("Être averti(e) des demandes"), choices=MailRhythm.choices, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def library(request: HttpRequest) -> HttpResponse:
    """Show the person's libraries; a manager chooses each one's mail rhythm. The staff have none here."""
    libraries = workspace_of(request).libraries
    if not libraries:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request)
    chosen = next((row for row in libraries if str(row.pk) == request.POST.get("library")), None)
    if chosen is None:
        raise Http404
    return _choose(request, chosen)


def _choose(request: HttpRequest, chosen: Library) -> HttpResponse:
    form = _form(chosen, request.POST)
    asked = request.POST.get(form.add_prefix("mail_rhythm"), "")
    try:
        choose_mail_rhythm(chosen, acting_user=workspace_of(request).user, rhythm=asked)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except Invalid:
        return _page(request, form)
    messages.success(request, _("C’est noté."))
    return redirect("pro:library")


def _form(row: Library, data: Any = None) -> RhythmForm:
    return RhythmForm(data, initial={"mail_rhythm": row.mail_rhythm}, prefix=f"bibliotheque-{row.pk}")


def _page(request: HttpRequest, wrong: RhythmForm | None = None) -> HttpResponse:
    user = workspace_of(request).user
    cards = []
    for row in workspace_of(request).libraries:
        form = _form(row)
        cards.append(
            {
                "library": row,
                "form": wrong if wrong is not None and wrong.prefix == form.prefix else form,
                "may_choose": user.has_perm("libraries.choose_mail_rhythm", row),
                "hours": row.opening_hours.all(),
            }
        )
    return show(request, "pro/library.html", {"cards": cards}, status=400 if wrong else 200)
