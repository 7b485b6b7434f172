"""« Inscription usager ressources numériques »: a library registers a reader, who chooses their own password (L8)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from navette.accounts.errors import HouseholdIsFull
from navette.core.errors import Invalid, NotAllowed
from navette.core.text import fold_identifier
from navette.libraries.models import Library
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import NewReader, register_by_library
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from navette.web.components.fields import ManyChoices
from navette.web.components.refusals import show_refusal
from navette.web.pro.access import professional, show, workspace_of
from navette.web.pro.wording import BirthDateField

_OFF = {"autocomplete": "off"}  # what the browser knows is of the person at the desk


class NewReaderForm(forms.Form):
    """What the readers' own form asks, but for the password and the terms, which are theirs alone."""

    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=80, widget=forms.TextInput(attrs=_OFF))
    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=80, widget=forms.TextInput(attrs=_OFF))
    email = forms.EmailField(label=gettext_lazy("Adresse mail"), max_length=254, widget=forms.EmailInput(attrs=_OFF))
    email_again = forms.EmailField(
        label=gettext_lazy("Confirmation de l’adresse mail"), max_length=254, widget=forms.EmailInput(attrs=_OFF)
    )
    shares_email = forms.BooleanField(
        label=gettext_lazy("Cette adresse est partagée avec une autre personne du foyer"),
        help_text=gettext_lazy("À cocher si un compte porte déjà cette adresse : celui d’un parent, par exemple."),
        required=False,
    )
    birth_date = BirthDateField()
    parent_name = forms.CharField(
        label=gettext_lazy("Nom du parent ou responsable légal"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs=_OFF),
    )
    parent_email = forms.EmailField(
        label=gettext_lazy("Adresse mail du parent ou responsable légal"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs=_OFF),
    )
    resources = ManyChoices(
        label=gettext_lazy("Ressources"),
        queryset=DigitalResource.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"data-group": "resources"}),
        error_messages={"required": gettext_lazy("Cochez au moins une ressource.")},
    )
    library = forms.ModelChoiceField(
        label=gettext_lazy("Bibliothèque"),
        queryset=Library.objects.none(),
        empty_label=gettext_lazy("- Sélectionner -"),
    )

    def __init__(self, data: Any = None, *, libraries: list[Library], portal: Portal) -> None:
        """Take the libraries for which the person registers; one alone is chosen beforehand."""
        super().__init__(data, initial={"library": libraries[0].pk} if len(libraries) == 1 else {})
        open_ones = Library.objects.filter(pk__in=[row.pk for row in libraries], is_open=True)
        self.fields["library"].queryset = open_ones.order_by("name")  # type: ignore[attr-defined]
        resources = DigitalResource.objects.filter(is_open=True).order_by("name")
        self.fields["resources"].queryset = resources  # type: ignore[attr-defined]
        if not portal.parental_age:
            del self.fields["parent_name"], self.fields["parent_email"]

    def clean(self) -> dict[str, Any]:
        """Compare the addresses typed twice."""
        values = super().clean() or {}
        mails = values.get("email"), values.get("email_again")
        if all(mails) and fold_identifier(str(mails[0])) != fold_identifier(str(mails[1])):
            self.add_error("email_again", _("Les deux adresses mail ne sont pas les mêmes."))
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@professional
def register_page(request: HttpRequest) -> HttpResponse:
    """Show the form, or register and go to the requests that wait, where the library activates it."""
    workspace = workspace_of(request)
    if not workspace.registers_for:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = NewReaderForm(data, libraries=workspace.registers_for, portal=workspace.portal)
    if not form.is_valid():
        return _page(request, form)
    values = {name: value for name, value in form.cleaned_data.items() if name != "email_again"}
    try:
        subscription = register_by_library(request=NewReader(**values), acting_user=workspace.user)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except HouseholdIsFull as refusal:
        form.add_error("email", refusal.message)
    except Invalid as refusal:
        show_refusal(form, refusal)
    else:
        return _registered(request, subscription)
    return _page(request, form)


def _registered(request: HttpRequest, subscription: Subscription) -> HttpResponse:
    if subscription.status == Status.UNCONFIRMED:
        told = _("%(name)s est inscrit(e). Un mail demande l’accord du parent : la demande arrivera ensuite ici.")
    else:
        told = _("%(name)s est inscrit(e), en attente : il reste à valider son abonnement.")
    messages.success(request, told % {"name": subscription.reader})
    return redirect(f"{reverse('pro:subscribers')}?{urlencode({'statut': Status.PENDING.value})}")


def _page(request: HttpRequest, form: NewReaderForm) -> HttpResponse:
    return show(request, "pro/register.html", {"form": form}, status=400 if form.errors else 200)
