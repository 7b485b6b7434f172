"""Refusals about what libraries write, in the words that the person reads."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class Overtaken(Refusal):
    """The pick or the suggestion is no longer in the state that the person saw."""

    @classmethod
    def now(cls, title: str, state: str) -> "Overtaken":
        """Return the refusal that tells in which state the text called `title` is now."""
        return cls(
            _("« %(title)s » a changé entre-temps : son état est maintenant « %(state)s ».")
            % {"title": title, "state": state}
        )
