"""The forms about resources and offers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navette.resources.actions import Details, resource_fingerprint
from navette.resources.models import Audience, Category, DigitalResource, Offer, Tint
from navette.web.components.fields import ManyChoices
from navette.web.components.seen import OverSeenForm

EVERY = [("", _("- Tout -"))]
STATES = [*EVERY, ("ouvertes", _("Ouvertes")), ("fermees", _("Fermées"))]


class ResourceForm(OverSeenForm):
    """What readers are told of a resource."""

    name = forms.CharField(label=_("Nom"), max_length=120)
    summary = forms.CharField(
        label=_("En une phrase"), max_length=200, help_text=_("Sous le nom, dans la liste : 200 caractères au plus.")
    )
    description = forms.CharField(label=_("Description"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 8}))
    vendor = forms.CharField(label=_("Fournisseur"), max_length=120)
    category = forms.ModelChoiceField(
        label=_("Catégorie"), queryset=Category.objects.all(), empty_label=_("- Sélectionner -")
    )
    audience = forms.ChoiceField(label=_("Public"), choices=Audience.choices)
    offers = ManyChoices(
        label=_("Offres"), queryset=Offer.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    seats = forms.IntegerField(
        label=_("Nombre de places"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Laissez vide si toutes les personnes qui la demandent y ont droit."),
    )
    logo = forms.FileField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG ou WebP, 8 Mo au plus. Sans logo, une couverture est dessinée."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    drop_logo = forms.BooleanField(label=_("Retirer le logo actuel"), required=False)
    tint = forms.ChoiceField(label=_("Couleur de la couverture"), choices=Tint.choices)

    def __init__(self, data: Any = None, files: Any = None, *, resource: DigitalResource | None = None) -> None:
        super().__init__(data, files, initial=said_of(resource))
        if resource is None:
            del self.fields["seen"]
        if resource is None or not resource.logo:
            del self.fields["drop_logo"]

    def details(self) -> Details:
        """Return what the action takes."""
        apart = {"offers", "logo", "drop_logo", "seen"}
        return Details(**{key: value for key, value in self.cleaned_data.items() if key not in apart})


def said_of(resource: DigitalResource | None) -> dict[str, Any]:
    """Return what the form begins with."""
    if resource is None:
        return {}
    names = ("name", "summary", "description", "vendor", "category", "audience", "seats", "tint")
    return {name: getattr(resource, name) for name in names} | {
        "offers": resource.offers.all(),
        "seen": resource_fingerprint(resource),
    }


class ResourceFilter(forms.Form):
    """Narrows the list down; its state stands in the address."""

    q = forms.CharField(
        label=_("Nom ou fournisseur contenant"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    etat = forms.ChoiceField(label=_("État"), required=False, choices=STATES)
    categorie = forms.ChoiceField(label=_("Catégorie"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["categorie"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        field.choices = EVERY + [(row.slug, row.name) for row in Category.objects.all()]


class OfferForm(forms.Form):
    """An offer's name."""

    name = forms.CharField(label=_("Nom"), max_length=120)


class CategoryForm(forms.Form):
    """A category's name and its place in the list."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    position = forms.IntegerField(label=_("Rang"), min_value=0, max_value=1_000, initial=0)
