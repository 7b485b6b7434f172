"""What the list of subscribers is called, and how it is searched, as the portal's settings have it.

Each row is what the librarians of such a portal were taught to look for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from navette.portal.models import DecisionScreen, Portal
from navette.subscriptions.states import Status

Word = str | Promise
PLAIN = tuple((s.value, s.label) for s in (Status.PENDING, Status.ACTIVE, Status.REFUSED, Status.EXPIRED))


@dataclass(frozen=True)
class ListWords:
    """The words of the list: of the menu, of its head, of its filters."""

    menu: Word
    title: Word
    search: Word
    search_hint: Word
    button: Word
    any_status: Word
    statuses: Sequence[tuple[str, Word]] = PLAIN


_SEARCH: dict[str, Any] = {
    "search": _("Rechercher"),
    "search_hint": _("Nom ou mail"),
    "button": _("Rechercher"),
    "any_status": _("- Sélectionner un statut -"),
}
# By the screen on which requests are decided, and whether libraries register their readers.
WORDS: dict[tuple[str, bool], ListWords] = {
    (DecisionScreen.TABS, True): ListWords(
        menu=_("Mes abonnés numériques"),
        title=_("Mes abonnés numériques"),
        statuses=(
            (Status.PENDING, _("usagers en attente")),
            (Status.ACTIVE, _("usagers validés")),
            (Status.REFUSED, _("usagers refusés")),
            (Status.EXPIRED, _("usagers expirés")),
        ),
        **_SEARCH,
    ),
    (DecisionScreen.TABS, False): ListWords(
        menu=_("Mes abonnés ressources numériques"),
        title=_("Mes abonnés ressources numériques"),
        **_SEARCH,
    ),
}
USUAL = ListWords(
    menu=_("Mes abonnés"),
    title=_("Abonnés"),
    search=_("Nom ou mail contenant"),
    search_hint="",
    button=_("Filtrer"),
    any_status=_("- Tout -"),
)


def words_of(portal: Portal) -> ListWords:
    """Return the words of the list at `portal`."""
    return WORDS.get((portal.decision_screen, portal.librarians_register_readers), USUAL)
