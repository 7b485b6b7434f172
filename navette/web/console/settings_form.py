"""The form of the portal's settings: every one, in groups, in French, with a word of help under each."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.portal.models import Portal
from navette.portal.profiles import PROFILES
from navette.web.components.subscriber_columns import COLUMN_TITLES

LABELS: dict[str, tuple[Any, Any]] = {
    "name": (gettext_lazy("Nom du portail"), gettext_lazy("Sur toutes les pages et dans tous les mails.")),
    "owner": (gettext_lazy("Collectivité"), gettext_lazy("Celle qui publie le site : « Département de… ».")),
    "department_code": (gettext_lazy("Code du département"), gettext_lazy("Deux ou trois caractères : 33, 2A, 974.")),
    "contact_email": (
        gettext_lazy("Adresse de contact"),
        gettext_lazy("Affichée sur le site ; elle reçoit les questions du formulaire de contact."),
    ),
    "contact_phone": (
        gettext_lazy("Téléphone"),
        gettext_lazy("Affiché sur le site. Laissez vide pour n’en montrer aucun."),
    ),
    "readers_register_themselves": (
        gettext_lazy("Les usagers s’inscrivent eux-mêmes"),
        gettext_lazy("Sinon, la page d’inscription invite à s’adresser à sa bibliothèque."),
    ),
    "librarians_register_readers": (
        gettext_lazy("Les bibliothèques inscrivent leurs usagers"),
        gettext_lazy("Sans mot de passe : la personne choisit le sien à la première connexion."),
    ),
    "parental_age": (
        gettext_lazy("Âge en dessous duquel un parent confirme"),
        gettext_lazy("En années ; 0 pour ne jamais le demander."),
    ),
    "password_min_length": (
        gettext_lazy("Longueur minimale des mots de passe"),
        gettext_lazy(
            "De 8 à 64 caractères ; majuscule, minuscule, chiffre et caractère spécial toujours. "
            "La CNIL recommande 12 : 8 caractères sont admis parce que les essais sont ralentis puis bloqués."
        ),
    ),
    "pro_identifier": (
        gettext_lazy("Identifiant des professionnels"),
        gettext_lazy("Ce qu’ils tapent pour se connecter."),
    ),
    "tells_unknown_mail": (
        gettext_lazy("Dire quand une adresse mail est inconnue"),
        gettext_lazy(
            "À la connexion et pour un mot de passe oublié. Plus commode, mais chacun peut savoir qui est inscrit."
        ),
    ),
    "decision_screen": (gettext_lazy("Écran de décision"), gettext_lazy("Celui que les bibliothèques connaissent.")),
    "decides_each_resource": (
        gettext_lazy("Une décision pour chaque ressource"),
        gettext_lazy("Sinon, accepter une personne lui ouvre tout ce qu’elle a demandé."),
    ),
    "decision_days": (gettext_lazy("Délai de décision"), gettext_lazy("En jours : de 1 à 60.")),
    "staff_decides_late": (
        gettext_lazy("L’équipe départementale peut décider des demandes en retard"),
        gettext_lazy("Après avoir averti la bibliothèque, deux jours plus tard au plus tôt."),
    ),
    "start_rule": (gettext_lazy("Un abonnement commence"), ""),
    "duration": (gettext_lazy("Un abonnement dure"), ""),
    "status_colours": (gettext_lazy("Couleurs des statuts"), ""),
    "subscriber_columns": (gettext_lazy("Colonnes de la liste des abonnés"), ""),
    "postal_address": (
        gettext_lazy("Adresse postale"),
        gettext_lazy("Dans les mentions légales et sur la page de contact."),
    ),
    "privacy_email": (gettext_lazy("Adresse de la personne déléguée à la protection des données"), ""),
    "accessibility": (gettext_lazy("Le site est, au sens du RGAA,"), gettext_lazy("Affiché au pied de chaque page.")),
    "accessibility_checked_on": (
        gettext_lazy("Date de l’évaluation d’accessibilité"),
        gettext_lazy("Laissez vide si aucune évaluation n’a été faite."),
    ),
    "keep_requests_months": (
        gettext_lazy("Demandes refusées ou restées sans réponse"),
        gettext_lazy("En mois, de 1 à 120."),
    ),
    "keep_accounts_months": (gettext_lazy("Comptes, après la fin de l’abonnement"), gettext_lazy("En mois.")),
    "keep_openings_months": (gettext_lazy("Ouvertures de ressources, avec la personne"), gettext_lazy("En mois.")),
    "keep_mails_months": (gettext_lazy("Textes des mails envoyés"), gettext_lazy("En mois.")),
    "keep_audit_months": (gettext_lazy("Journal des opérations"), gettext_lazy("En mois.")),
    "extranet": (
        gettext_lazy("Extranet ouvert"),
        gettext_lazy("Catalogue, prêts, réservations : sans effet tant que ces pages n’existent pas."),
    ),
}
GROUPS: list[tuple[str, Any, tuple[str, ...]]] = [
    ("identite", gettext_lazy("Identité"), ("name", "owner", "department_code", "contact_email", "contact_phone")),
    (
        "inscription",
        gettext_lazy("Inscription"),
        ("readers_register_themselves", "librarians_register_readers", "parental_age"),
    ),
    (
        "connexion",
        gettext_lazy("Mots de passe et connexion"),
        ("password_min_length", "pro_identifier", "tells_unknown_mail"),
    ),
    (
        "decision",
        gettext_lazy("Décision"),
        ("decision_screen", "decides_each_resource", "decision_days", "staff_decides_late"),
    ),
    ("dates", gettext_lazy("Dates"), ("start_rule", "duration")),
    ("listes", gettext_lazy("Listes"), ("status_colours", "subscriber_columns")),
    (
        "legal",
        gettext_lazy("Pages légales"),
        ("postal_address", "privacy_email", "accessibility", "accessibility_checked_on"),
    ),
    (
        "conservation",
        gettext_lazy("Durées de conservation"),
        (
            "keep_requests_months",
            "keep_accounts_months",
            "keep_openings_months",
            "keep_mails_months",
            "keep_audit_months",
        ),
    ),
    ("extranet", gettext_lazy("Extranet"), ("extranet",)),
]
FIELDS = [name for _anchor, _title, names in GROUPS for name in names]
BETWEEN = ","  # the columns of a list, as one value of the form


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every setting but the look; `profile` is the one that was loaded last, `seen` the settings that one looks at."""

    profile = forms.ChoiceField(choices=[(name, name) for name in PROFILES], widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    subscriber_columns = forms.ChoiceField()

    class Meta:
        model = Portal
        fields = ["profile", *FIELDS]
        widgets = {"accessibility_checked_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}

    def __init__(self, data: Any = None, *, instance: Portal, initial: dict[str, Any] | None = None) -> None:
        present = {"subscriber_columns": BETWEEN.join(instance.subscriber_columns)}
        super().__init__(data, instance=instance, initial=present | (initial or {}))
        for name, (label, words) in LABELS.items():
            self.fields[name].label, self.fields[name].help_text = label, words
        self.fields["contact_phone"].required = False
        columns = self.fields["subscriber_columns"]
        assert isinstance(columns, forms.ChoiceField)  # noqa: S101 - tells mypy what is declared above
        columns.choices = _column_choices(instance)

    def clean_subscriber_columns(self) -> list[str]:
        """Return the names of the columns."""
        return str(self.cleaned_data["subscriber_columns"]).split(BETWEEN)

    def clean(self) -> dict[str, Any]:
        """Refuse settings by which nobody could register."""
        values = super().clean() or {}
        if not values.get("readers_register_themselves") and not values.get("librarians_register_readers"):
            message = _("Personne ne pourrait plus s’inscrire : laissez au moins une des deux façons.")
            self.add_error("readers_register_themselves", message)
        return values

    def values(self) -> dict[str, Any]:
        """Return the settings to save."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Return the fields in their groups, as the page shows them."""
        return [
            {"anchor": key, "title": title, "fields": [self[name] for name in names]} for key, title, names in GROUPS
        ]


def _column_choices(portal: Portal) -> list[tuple[str, str]]:
    """Return the orders of columns known from the four profiles, and the present one where it is another."""
    known = [settings["subscriber_columns"] for settings in PROFILES.values()]
    orders = {BETWEEN.join(names): in_words(names) for names in [*known, portal.subscriber_columns]}
    return list(orders.items())


def in_words(columns: list[str]) -> str:
    """Return the titles of a list's columns."""
    return ", ".join(str(COLUMN_TITLES.get(name, name)) for name in columns)


def proposed(instance: Portal, profile: str) -> dict[str, Any]:
    """Return the form's values for the profile `profile`: the site keeps its name, its owner and its contacts."""
    own = {"name", "owner", "department_code"}
    values = {key: value for key, value in PROFILES[profile].items() if key not in own}
    return values | {"profile": profile, "subscriber_columns": BETWEEN.join(values["subscriber_columns"])}


def shown(name: str, value: Any) -> str:
    """Return a setting's value in words."""
    choices: Any = getattr(Portal._meta.get_field(name), "flatchoices", ())
    if name == "subscriber_columns":
        return in_words(value)
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if value in {None, ""}:
        return _("(rien)")
    return str(dict(choices).get(value, value))


def label_of(name: str) -> str:
    """Return what the form calls a setting."""
    return str(LABELS[name][0]) if name in LABELS else _("Profil")
