"""Inviting those who were taken over to choose a password, in waves."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from navette.libraries.models import Library
from navette.lifecycle.moving_in.invitations import LARGEST_WAVE, invite_next, never_invited
from navette.web.components.refusals import refusals_on
from navette.web.console.access import staff_with, user_of


class WaveForm(forms.Form):
    count = forms.IntegerField(
        label=gettext_lazy("Nombre de personnes"),
        min_value=1,
        max_value=LARGEST_WAVE,
        initial=200,
        help_text=gettext_lazy("Commencez petit : les premières réponses disent si le mail est bien compris."),
    )
    library = forms.CharField(label=gettext_lazy("Bibliothèque"), required=False, widget=forms.Select)

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        names = Library.objects.order_by("name").values_list("pk", "name")
        self.choices = {str(pk): name for pk, name in names}
        select = self.fields["library"].widget
        select.choices = [("", _("Toutes")), *self.choices.items()]

    def clean_library(self) -> str:
        """Refuse a library that is not offered."""
        key = str(self.cleaned_data["library"])
        if key and key not in self.choices:
            raise forms.ValidationError(_("Choisissez une bibliothèque de la liste."))
        return key


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("moving_in.run")
def invitations(request: HttpRequest) -> HttpResponse:
    """Tell how many have neither password nor invitation, and invite the next."""
    form = WaveForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _invite(request, form):
        return redirect("console:invitations")
    context = {"form": form, "waiting": never_invited().count()}
    return render(request, "console/invitations.html", context, status=400 if form.errors else 200)


def _invite(request: HttpRequest, form: WaveForm) -> bool:
    key = form.cleaned_data["library"]
    library = Library.objects.get(pk=key) if key else None
    with refusals_on(form):
        invited = invite_next(form.cleaned_data["count"], acting_user=user_of(request), library=library)
        if invited:
            told = ngettext("%d invitation est confiée à l’envoi.", "%d invitations sont confiées à l’envoi.", invited)
            messages.success(request, told % invited)
        else:
            messages.info(request, _("Personne n’attendait d’invitation."))
        return True
    return False
