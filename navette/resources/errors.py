"""What may not be done to what the portal offers."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class TermsOvertaken(Refusal):
    """Somebody published another version while this one was being written."""

    def __init__(self, version: int) -> None:
        super().__init__(
            _("La version %(version)d a été publiée entre-temps. Relisez-la avant de publier la vôtre.")
            % {"version": version}
        )


class ResourceOvertaken(Refusal):
    """Somebody saved other words about the resource after this person's page was drawn."""

    def __init__(self, who: str, now: str) -> None:
        self.now = now  # the fingerprint of what is there by now
        super().__init__(
            _(
                "%(who)s a changé cette ressource entre-temps : rien n’a été enregistré. Ce que vous avez saisi est "
                "gardé ; enregistrez de nouveau pour remplacer ses changements."
            )
            % {"who": who or _("Une autre personne")}
        )


class AlreadySo(Refusal):
    """The resource is open, or closed, already."""

    def __init__(self, *, is_open: bool) -> None:
        super().__init__(_("Cette ressource est déjà ouverte.") if is_open else _("Cette ressource est déjà fermée."))
