"""Refusals about subscriptions, in the words that the person reads."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from navette.core.errors import Refusal
from navette.core.french import of_name


class Overtaken(Refusal):
    """Somebody else changed the subscription first, or it is not in a state that allows the move (SUB-01, SUB-02)."""

    @classmethod
    def by(cls, *, name: str, move: str, who: str, at: dt.datetime) -> "Overtaken":
        """Return the refusal that tells what happened to the subscription of `name`, by whom and when."""
        at = timezone.localtime(at)
        return cls(
            _("La fiche %(of_name)s a changé entre-temps : « %(move)s », par %(who)s, le %(day)s à %(hour)s.")
            % {
                "of_name": of_name(name),
                "move": move,
                "who": who,
                "day": date_format(at, "d/m/Y"),
                "hour": date_format(at, "H:i"),
            }
        )

    @classmethod
    def wrong_state(cls, status: str, name: str) -> "Overtaken":
        """Return the refusal of a move that the present state does not allow."""
        return cls(
            _("L’abonnement %(of_name)s est à l’état « %(status)s » : cette opération n’est pas possible.")
            % {"of_name": of_name(name), "status": status}
        )
