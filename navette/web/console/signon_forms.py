"""The forms by which staff set how a resource opens; each way shows only the fields that it has."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from navette.signon.actions import SHORTEST_KEY, Release, access_fingerprint, new_key, released_fingerprint
from navette.signon.models import AddressUse, Attribute, ClockFormat, DateFormat, VendorAccess, WayName
from navette.signon.sheets import SHEETS, needs_key, usual_names
from navette.web.components.seen import OverSeenForm

KEEP, MAKE, PASTE = "keep", "make", "paste"
KEY_CHOICES = [
    (MAKE, _("Créer une clé : elle est affichée une seule fois, pour être donnée au fournisseur")),
    (PASTE, _("Saisir la clé que le fournisseur a donnée")),
]
KEPT_CHOICE = (KEEP, _("Garder la clé enregistrée"))
CONFIDENTIAL, PUBLIC = "secret", "public"
TELL, NAME, FORMAT = "tell", "name", "format"


class WayForm(forms.Form):
    """Which way is set next; its answer stands in the address."""

    facon = forms.ChoiceField(choices=WayName.choices)


class AccessForm(OverSeenForm):
    """How the resource opens by one way, over the settings seen. The stored key never comes back to the page."""

    way = forms.ChoiceField(label=_("Façon d’ouvrir"), choices=WayName.choices, widget=forms.HiddenInput)
    address = forms.CharField(
        label=_("Adresse de la plateforme"), max_length=500, widget=forms.URLInput({"inputmode": "url"})
    )
    establishment = forms.CharField(
        label=_("Identifiant du portail chez le fournisseur"), max_length=120, required=False
    )
    entity_id = forms.CharField(
        label=_("Identifiant SAML du fournisseur (entityID)"),
        max_length=500,
        required=False,
        help_text=_("Laissez vide si vous importez ses métadonnées : il s’y trouve."),
    )
    clock_format = forms.ChoiceField(label=_("Date dans l’empreinte"), choices=ClockFormat.choices)
    key_choice = forms.ChoiceField(label=_("Clé partagée avec le fournisseur"), widget=forms.RadioSelect)
    key = forms.CharField(
        label=_("Clé donnée par le fournisseur"),
        required=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, access: VendorAccess | None, way: WayName) -> None:
        said = {name: getattr(access, name) for name in ("address", "establishment", "entity_id")} if access else {}
        said |= {"clock_format": access.clock if access else ClockFormat.UNIX, "way": way}
        super().__init__(data, initial=said | {"seen": access_fingerprint(access)})
        self.asked_way = way
        self._keep_fields(way)
        if way != WayName.SAML or (access and access.metadata):
            del self.fields["entity_id"]
        if needs_key(way):
            self._offer_keys(has_key=bool(access and access.key and needs_key(access.way)))

    def _keep_fields(self, way: WayName) -> None:
        sheet = SHEETS[way]
        self.fields["address"].help_text = str(sheet.address_help)
        self.fields["establishment"].help_text = str(sheet.establishment)
        shown = {"establishment": bool(sheet.establishment), "clock_format": bool(sheet.clocks)}
        shown |= dict.fromkeys(("key_choice", "key"), needs_key(way))
        for name, is_shown in shown.items():
            if not is_shown:
                del self.fields[name]

    def _offer_keys(self, *, has_key: bool) -> None:
        field = self.fields["key_choice"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        field.choices = [KEPT_CHOICE, *KEY_CHOICES] if has_key else KEY_CHOICES
        field.required = False
        field.initial = KEEP if has_key else MAKE
        self.fields["key"].help_text = _("%(count)d caractères au moins.") % {"count": SHORTEST_KEY}

    def makes_key(self) -> bool:
        """Say whether a key is to be made, which is then shown once."""
        return bool(self.cleaned_data.get("key_choice") == MAKE and not self.cleaned_data.get("key"))

    def settings(self) -> dict[str, Any]:
        """Return what the action takes; a key typed is taken whatever is ticked, and none is made over one typed."""
        values = {name: self.cleaned_data[name] for name in self.fields if name != "key_choice"}
        if self.makes_key():
            values["key"] = new_key()
        return values


class AddressForm(forms.Form):
    """One more registered address of the vendor."""

    use = forms.ChoiceField(label=_("À quoi elle sert"), choices=AddressUse.choices)
    url = forms.CharField(label=_("Adresse complète"), max_length=500, widget=forms.URLInput({"inputmode": "url"}))

    def __init__(self, data: Any = None, *, way: WayName) -> None:
        super().__init__(data, auto_id="adresse_%s")
        field = self.fields["use"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        field.choices = [(use.value, use.label) for use in SHEETS[way].addresses]
        if len(field.choices) == 1:
            field.widget = forms.HiddenInput()
            field.initial = SHEETS[way].addresses[0].value


class ReleaseForm(OverSeenForm):
    """What the vendor is told: for each attribute a box, the vendor's name for it and, for a date, its format."""

    def __init__(self, data: Any = None, *, access: VendorAccess) -> None:
        told = {row.attribute: row for row in access.released.all()}
        super().__init__(data, initial={"seen": released_fingerprint(access)}, auto_id="transmis_%s")
        names = usual_names(access.way)
        for attribute in Attribute:
            self._add(attribute, told.get(attribute), names[attribute])

    def _add(self, attribute: Attribute, row: Any, usual: tuple[str, DateFormat]) -> None:
        own: dict[str, Any] = {"required": False, "label": attribute.label}
        self.fields[f"{TELL}-{attribute}"] = forms.BooleanField(**own, initial=row is not None)
        self.fields[f"{NAME}-{attribute}"] = forms.CharField(
            **own, max_length=200, initial=row.name if row else usual[0]
        )
        if attribute == Attribute.BIRTH_DATE:
            initial = row.date_format if row else usual[1]
            self.fields[f"{FORMAT}-{attribute}"] = forms.ChoiceField(**own, choices=DateFormat.choices, initial=initial)

    def lines(self) -> list[dict[str, Any]]:
        """Return each attribute with its bound fields, as the table shows them."""
        return [
            {
                "label": attribute.label,
                TELL: self[f"{TELL}-{attribute}"],
                NAME: self[f"{NAME}-{attribute}"],
                FORMAT: self[f"{FORMAT}-{attribute}"] if f"{FORMAT}-{attribute}" in self.fields else None,
            }
            for attribute in Attribute
        ]

    def told(self) -> list[Release]:
        """Return what the action takes: the attributes ticked."""
        values = self.cleaned_data
        return [
            Release(attribute, values[f"{NAME}-{attribute}"], values.get(f"{FORMAT}-{attribute}") or DateFormat.ISO)
            for attribute in Attribute
            if values[f"{TELL}-{attribute}"]
        ]


class MetadataForm(forms.Form):
    """The metadata of a SAML vendor, by a file or by their address."""

    metadata = forms.FileField(
        label=_("Fichier de métadonnées (XML)"),
        required=False,
        max_length=200,
        widget=forms.FileInput({"accept": ".xml,application/samlmetadata+xml,application/xml,text/xml"}),
    )
    address = forms.CharField(
        label=_("Ou adresse des métadonnées"),
        max_length=500,
        required=False,
        widget=forms.URLInput({"inputmode": "url"}),
        help_text=_("Avec https://. Le portail la lit maintenant, une fois."),
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id="metadonnees_%s")

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(values.get("metadata")) == bool(values.get("address")):
            raise forms.ValidationError(_("Choisissez un fichier, ou donnez une adresse."))
        return values


class ClientForm(forms.Form):
    """What kind of software the vendor's OpenID Connect client is."""

    kind = forms.ChoiceField(
        label=_("Le logiciel du fournisseur"),
        choices=[
            (CONFIDENTIAL, _("un site : son serveur garde un secret (le plus courant)")),
            (PUBLIC, _("une application installée, qui ne peut pas garder de secret")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, access: VendorAccess) -> None:
        is_public = bool(access.client_id and not access.key)
        super().__init__(data, initial={"kind": PUBLIC if is_public else CONFIDENTIAL}, auto_id="client_%s")

    def is_confidential(self) -> bool:
        """Say whether the vendor gets a secret."""
        return bool(self.cleaned_data["kind"] == CONFIDENTIAL)
