"""The four reference portals as settings (docs/profiles.md): each is data for the `Portal` record, never a branch."""

from typing import Any

from navette.portal.models import DecisionScreen, Duration, Portal, ProIdentifier, StartRule, StatusColours

_NAME_FIRST = ["first_name", "last_name", "status", "ends_on", "library", "operations"]
_STATUS_FIRST = ["status", "last_name", "first_name", "requested_on", "resources"]

PROFILES: dict[str, dict[str, Any]] = {
    "gironde": {
        "name": "biblio.gironde",
        "owner": "Département de la Gironde",
        "department_code": "33",
        "readers_register_themselves": True,
        "librarians_register_readers": False,
        "password_min_length": 12,
        "pro_identifier": ProIdentifier.COMMUNE,
        "decision_screen": DecisionScreen.ACCEPT_REFUSE,
        "decides_each_resource": False,
        "decision_days": 4,
        "staff_decides_late": False,
        "start_rule": StartRule.CHOSEN,
        "duration": Duration.ONE_YEAR,
        "tells_unknown_mail": True,
        "status_colours": StatusColours.NEUTRAL,
        "subscriber_columns": _NAME_FIRST,
    },
    "valdoise": {
        "name": "biblio.valdoise",
        "owner": "Département du Val-d’Oise",
        "department_code": "95",
        "readers_register_themselves": True,
        "librarians_register_readers": False,
        "password_min_length": 12,
        "pro_identifier": ProIdentifier.INDIVIDUAL,
        "decision_screen": DecisionScreen.ACCEPT_REFUSE,
        "decides_each_resource": False,
        "decision_days": 4,
        "staff_decides_late": False,
        "start_rule": StartRule.CHOSEN,
        "duration": Duration.ONE_YEAR,
        "tells_unknown_mail": False,
        "status_colours": StatusColours.NEUTRAL,
        "subscriber_columns": _NAME_FIRST,
    },
    "oise": {
        "name": "mediatheque.oise",
        "owner": "Département de l’Oise",
        "department_code": "60",
        "readers_register_themselves": False,
        "librarians_register_readers": True,
        "password_min_length": 8,
        "pro_identifier": ProIdentifier.EITHER,
        "decision_screen": DecisionScreen.TABS,
        "decides_each_resource": True,
        "decision_days": 7,
        "staff_decides_late": True,
        "start_rule": StartRule.REGISTRATION,
        "duration": Duration.DAYS_365,
        "tells_unknown_mail": False,
        "status_colours": StatusColours.YELLOW_GREEN,
        "subscriber_columns": _STATUS_FIRST,
    },
    "loiret": {
        "name": "mediatheque.loiret",
        "owner": "Département du Loiret",
        "department_code": "45",
        "readers_register_themselves": True,
        "librarians_register_readers": False,
        "password_min_length": 12,
        "pro_identifier": ProIdentifier.CARD,
        "decision_screen": DecisionScreen.TABS,
        "decides_each_resource": True,
        "decision_days": 4,
        "staff_decides_late": False,
        "start_rule": StartRule.DECISION,
        "duration": Duration.ONE_YEAR,
        "tells_unknown_mail": False,
        "status_colours": StatusColours.ORANGE_GREEN,
        "subscriber_columns": _STATUS_FIRST,
    },
}


def load_profile(name: str, **details: Any) -> Portal:
    """Write the portal's record from the profile `name` and return it; KeyError for an unknown name."""
    portal = Portal(profile=name, **(PROFILES[name] | details))
    portal.full_clean(exclude=["id"], validate_unique=False)
    portal.save()
    return portal
