"""What may not be done to a mail."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class AlreadySettled(Refusal):
    """Somebody else settled the mail, or it went after all."""

    def __init__(self, state: str) -> None:
        super().__init__(_("Ce mail a changé d’état entre-temps : %(state)s.") % {"state": state})
