"""What may not be done to the portal's settings."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class SettingsOvertaken(Refusal):
    """Somebody saved other settings after this person's page was drawn."""

    def __init__(self, who: str) -> None:
        super().__init__(
            _(
                "%(who)s a changé les réglages entre-temps : rien n’a été enregistré. "
                "Voici les réglages tels qu’ils sont maintenant."
            )
            % {"who": who or _("Une autre personne")}
        )


class SiteTermsOvertaken(Refusal):
    """Somebody published another version while this one was being written."""

    def __init__(self, version: int) -> None:
        super().__init__(
            _("La version %(version)d a été publiée entre-temps. Relisez-la avant de publier la vôtre.")
            % {"version": version}
        )
