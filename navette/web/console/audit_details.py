"""What a row of the audit log tells beside its action, in French: the fields changed, from what to what."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Field, Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.roles import StaffRoleName
from navette.editorial.models import PickState, SuggestionState
from navette.libraries.models import ContactMessage, Library, MailRhythm, Profile
from navette.mail.models import MailState
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.signon.models import AddressUse, Attribute, KeyUse, WayName
from navette.subscriptions.states import Status
from navette.web.components.subscriber_columns import COLUMN_TITLES
from navette.web.console.settings_form import LABELS

LONGEST = 80  # characters of a value
# What a detail is about; a key that is not here is shown as it is.
_DETAILS: dict[str, str | Promise] = {
    "accounts": gettext_lazy("comptes"),
    "address": gettext_lazy("adresse"),
    "before": gettext_lazy("avant"),
    "changed": gettext_lazy("champs"),
    "dry_run": gettext_lazy("pour essai"),
    "erased": gettext_lazy("effacées"),
    "factor": gettext_lazy("moyen"),
    "fields": gettext_lazy("champs"),
    "former_officer": gettext_lazy("référent(e) avant, n°"),
    "into": gettext_lazy("vers la bibliothèque n°"),
    "invited": gettext_lazy("invitations"),
    "kept": gettext_lazy("gardées"),
    "key_replaced": gettext_lazy("clé remplacée"),
    "kid": gettext_lazy("clé n°"),
    "kind": gettext_lazy("sorte"),
    "late": gettext_lazy("en retard"),
    "left": gettext_lazy("lignes à corriger"),
    "library": gettext_lazy("bibliothèque n°"),
    "moved": gettext_lazy("abonnements"),
    "name": gettext_lazy("nom"),
    "officer": gettext_lazy("référent(e) n°"),
    "profile": gettext_lazy("profil"),
    "registered": gettext_lazy("usagers inscrits"),
    "resend": gettext_lazy("renvoyé"),
    "resource": gettext_lazy("ressource n°"),
    "rhythm": gettext_lazy("rythme"),
    "roles": gettext_lazy("rôles"),
    "rows": gettext_lazy("lignes"),
    "slug": gettext_lazy("adresse"),
    "source": gettext_lazy("de"),
    "state": gettext_lazy("état"),
    "theme": gettext_lazy("sujet"),
    "to": gettext_lazy("à"),
    "use": gettext_lazy("usage"),
    "version": gettext_lazy("version"),
    "waiting": gettext_lazy("en attente"),
    "way": gettext_lazy("connexion"),
}
# What changed fields are called where neither the settings' page nor the model says.
_FIELDS: dict[str, str | Promise] = {
    "attributes": gettext_lazy("renseignements"),
    "audience": gettext_lazy("public"),
    "category": gettext_lazy("catégorie n°"),
    "description": gettext_lazy("longueur de la description"),
    "email": gettext_lazy("adresse mail"),
    "hours": gettext_lazy("horaires"),
    "name": gettext_lazy("nom"),
    "offers": gettext_lazy("offres"),
    "tint": gettext_lazy("couleur"),
}
_NAMED = (
    *(Attribute, AddressUse, KeyUse),
    *(MailState, WayName, Status, Profile, StaffRoleName, MailRhythm),
)
# Words of the code that stand in details; the states that come last win over those of the same name.
_VALUES: dict[str, str | Promise] = {
    **{value.value: value.label for kind in _NAMED for value in kind},
    **{str(value): label for value, label in ContactMessage._meta.get_field("theme").flatchoices},
    "totp": gettext_lazy("Application"),
    "webauthn": gettext_lazy("Clé d’accès"),
}
# What stands for something else in the rows of one kind of object: a pick « declined » is not a suggestion's.
_VALUES_OF: dict[str, dict[str, str | Promise]] = {
    "editorial.Pick": {value.value: value.label for value in PickState},
    "editorial.PurchaseSuggestion": {value.value: value.label for value in SuggestionState},
}


def detail_words(detail: Mapping[str, Any], object_type: str = "") -> str:
    """Return the detail of a row about an `object_type` (`app.Model`) as one line of words."""
    return " · ".join(_parts(detail, _VALUES | _VALUES_OF.get(object_type, {})))


def _parts(detail: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    for name, value in detail.items():
        if isinstance(value, dict):
            yield from (_change(field, change) for field, change in value.items())
        elif name in {"changed", "fields"} and isinstance(value, list):
            yield f"{_DETAILS[name]} : {', '.join(_field_label(field) for field in value) or '–'}"
        else:
            yield f"{_DETAILS.get(name, name)} : {_words(value, values)}"


def _change(name: str, change: Any) -> str:
    """Return what one field was and what it has become."""
    label, choices = _field_label(name), _choices(name)
    if isinstance(change, list) and len(change) == 2:
        before, after = (_words(value, choices) for value in change)
        return f"{label} : {before} → {after}"
    return f"{label} : {_words(change, choices)}"


def _field_label(name: str) -> str:
    label, _help = LABELS.get(name, ("", ""))
    if label or name in _FIELDS:
        return str(label if label and name not in _FIELDS else _FIELDS[name])
    return str(next((field.verbose_name for field in _fields(name)), name))


def _choices(name: str) -> dict[str, Any]:
    if name == "subscriber_columns":
        return dict(COLUMN_TITLES)
    return {str(value): label for field in _fields(name) for value, label in field.flatchoices}


def _fields(name: str) -> Iterator["Field[Any, Any]"]:
    """Return the fields of that name, of whatever the log tells changes of."""
    kinds: tuple[type[Model], ...] = (Portal, DigitalResource, Library)
    for kind in kinds:
        yield from (field for field in kind._meta.fields if field.name == name)


def _words(value: Any, choices: Mapping[str, Any] | None = None) -> str:
    if isinstance(value, list):
        return ", ".join(_words(item, choices) for item in value) or "–"
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if value in (None, ""):
        return "–"
    words = str((choices or _VALUES).get(str(value), value))
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
