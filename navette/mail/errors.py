"""What may not be done to a mail."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class TextOvertaken(Refusal):
    """Somebody saved another text after this person's page was drawn."""

    def __init__(self, who: str, now: str) -> None:
        self.now = now  # the fingerprint of what is there by now
        super().__init__(
            _(
                "%(who)s a changé ce texte entre-temps : rien n’a été enregistré. Ce que vous avez saisi est gardé ; "
                "enregistrez de nouveau pour remplacer le sien."
            )
            % {"who": who or _("Une autre personne")}
        )


class AlreadySettled(Refusal):
    """Somebody else settled the mail, or it went after all."""

    def __init__(self, state: str) -> None:
        super().__init__(_("Ce mail a changé d’état entre-temps : %(state)s.") % {"state": state})
