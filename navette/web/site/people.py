"""The form fields about a reader that registering and changing one's account share."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from navette.accounts.passwords import check_new_password
from navette.core.errors import Invalid
from navette.libraries.models import Library
from navette.libraries.queries import open_libraries
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import needs_parent
from navette.subscriptions.actions.register import check_birth_date
from navette.web.components.fields import ManyChoices
from navette.web.components.passwords import PasswordField, explain_password

TYPED_DATE = "%d/%m/%Y"


def open_resources() -> QuerySet[DigitalResource]:
    """Return the resources that readers may ask for, by category and name."""
    return (
        DigitalResource.objects.filter(is_open=True)
        .select_related("category")
        .order_by("category__position", "category__name", "name")
    )


class TypedDateField(forms.DateField):
    """A date that is typed, JJ/MM/AAAA: a birth date is long to reach in a calendar."""

    widget = forms.DateInput(
        format=TYPED_DATE, attrs={"inputmode": "numeric", "autocomplete": "bday", "placeholder": "JJ/MM/AAAA"}
    )
    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Écrivez la date avec le jour, le mois et l’année, comme 13/03/1990.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=[TYPED_DATE, "%d%m%Y", "%d-%m-%Y", "%d.%m.%Y"], **kwargs)


class PersonForm(forms.Form):
    """Names, birth date and resources of a reader."""

    last_name = forms.CharField(
        label=_("Nom"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    first_name = forms.CharField(
        label=_("Prénom"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    birth_date = TypedDateField(label=_("Date de naissance"), help_text=_("Format JJ/MM/AAAA, par exemple 13/03/1990."))
    resources = ManyChoices(
        label=_("Mes ressources"),
        queryset=DigitalResource.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"data-group": "resources"}),
        error_messages={"required": _("Cochez au moins une ressource.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choose_from(open_resources())

    def choose_from(self, resources: QuerySet[DigitalResource]) -> None:
        """Offer `resources` to tick."""
        field = self.fields["resources"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - tells mypy what we declared above
        field.queryset = resources

    def clean_birth_date(self) -> dt.date:
        """Refuse a day on which nobody alive was born."""
        day: dt.date = self.cleaned_data["birth_date"]
        try:
            check_birth_date(day)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        return day


class NewReaderForm(PersonForm):
    """Somebody new: a password, a library, and a parent where the birth date asks for one (SUB-12)."""

    parent_name = forms.CharField(
        label=_("Nom du parent ou responsable légal"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    parent_email = forms.EmailField(
        label=_("Adresse mail du parent ou responsable légal"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    password = PasswordField(_("Votre mot de passe"), "new-password")
    password_again = PasswordField(_("Confirmation du mot de passe"), "new-password")
    field_order = [
        "last_name",
        "first_name",
        "email",
        "email_again",
        "birth_date",
        "parent_name",
        "parent_email",
        "password",
        "password_again",
        "library",
        "resources",
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["library"] = library_field()
        self.order_fields(self.field_order)
        offer_libraries(self.fields["library"])
        explain_password(self.fields["password"])

    @property
    def asks_parent(self) -> bool:
        """Say whether the birth date, as far as it is known, asks for a parent: the page then shows their fields."""
        try:
            day = self.fields["birth_date"].to_python(self["birth_date"].value())
        except forms.ValidationError:
            return False
        return day is not None and needs_parent(day, current_portal())

    def clean(self) -> dict[str, Any]:
        """Ask for a parent where one is needed, compare what was typed twice, judge the password knowing the person."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("birth_date") and needs_parent(data["birth_date"], current_portal()):
            self._check_parent(data)
        if data.get("password") and data.get("password_again") and data["password"] != data["password_again"]:
            self.add_error("password_again", _("Les deux mots de passe ne sont pas les mêmes."))
        if data.get("password"):
            self._judge_password(data)
        return data

    def _check_parent(self, data: dict[str, Any]) -> None:
        if not data.get("parent_name") and "parent_name" not in self.errors:
            self.add_error("parent_name", _("À cet âge, l’accord d’un parent est nécessaire : indiquez son nom."))
        if not data.get("parent_email") and "parent_email" not in self.errors:
            self.add_error("parent_email", _("Indiquez l’adresse mail de ce parent : son accord y sera demandé."))

    def _judge_password(self, data: dict[str, Any]) -> None:
        known = [data.get(name, "") for name in ("first_name", "last_name", "email")]
        try:
            check_new_password(data["password"], words=[*known, str(data.get("library") or "")])
        except forms.ValidationError as error:
            self.add_error("password", error)


def library_field(**kwargs: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """Return the field that chooses one of the network's open libraries, found by typing."""
    return forms.ModelChoiceField(
        label=_("Bibliothèque de rattachement"),
        help_text=_("Celle où vous êtes inscrit(e). Tapez les premières lettres de la commune."),
        queryset=Library.objects.none(),
        empty_label=_("- Sélectionner -"),
        widget=forms.Select(attrs={"data-typeahead": ""}),
        **kwargs,
    )


def offer_libraries(field: forms.Field, *, keep: Library | None = None) -> None:
    """Fill a `library_field` with the libraries that are open now, and the one to `keep`."""
    assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - tells mypy what `library_field` returns
    field.queryset = open_libraries()
    if keep is not None and not keep.is_open:
        field.queryset = Library.objects.filter(Q(is_open=True) | Q(pk=keep.pk)).order_by("name")
