"""Refusals about what libraries write, in the words that the person reads."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal


class Overtaken(Refusal):
    """The pick or the suggestion is no longer in the state, or in the words, that the person saw."""

    @classmethod
    def now(cls, title: str, state: str) -> "Overtaken":
        """Return the refusal that tells in which state the text called `title` is now."""
        return cls(
            _("« %(title)s » a changé entre-temps : son état est maintenant « %(state)s ».")
            % {"title": title, "state": state}
        )

    @classmethod
    def reworded(cls, title: str) -> "Overtaken":
        """Return the refusal that tells that the text, called `title` by now, has other words."""
        return cls(_("« %(title)s » a été réécrit entre-temps : relisez-le avant de décider.") % {"title": title})
