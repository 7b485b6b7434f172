"""How each column of the list of subscribers draws a row.

In Python, with plain strings: drawn by template nodes, 25 rows took three times as long as all the rest of the page,
and drawn by `format_html` as long as it. So each text that comes from people is escaped here, where it is put.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from navette.web.components.templatetags.navette import icon
from navette.web.pro.access import Pencil
from navette.web.pro.rows import Row


class Link:
    """The addresses of one page about one subscriber, resolved once for all rows."""

    def __init__(self, page: str) -> None:
        self.before, _zero, self.after = reverse(page, args=(0,)).rpartition("0")

    def to(self, key: int) -> str:
        """Return the address for the subscriber `key`."""
        return f"{self.before}{key}{self.after}"


@dataclass(frozen=True)
class Words:
    """The labels of what can be done with a row."""

    decide: str = field(default_factory=lambda: _("Valider / Refuser"))
    renew: str = field(default_factory=lambda: _("Renouveler"))
    edit: str = field(default_factory=lambda: _("Editer"))
    see: str = field(default_factory=lambda: _("Consulter"))
    if_accepted: str = field(default_factory=lambda: _("si validé"))
    pencil: str = field(default_factory=lambda: _("éditer cet abonné"))
    look: str = field(default_factory=lambda: _("consulter cet abonné"))


class Drawing:
    """Draws the rows of one page."""

    def __init__(
        self, columns: Iterable[tuple[str, str]], scheme: str, way_back: str, *, pencil: Pencil = Pencil.NONE
    ) -> None:
        """Take the columns' names and titles, the portal's colours, the query that carries the list's state."""
        self.columns = [(CELLS[name], f'<td role="cell" data-label="{escape(title)}">') for name, title in columns]
        self.scheme, self.way_back = escape(scheme), escape(way_back)
        self.words, self.pencil = Words(), pencil
        self.decision, self.sheet, self.renewal = Link("pro:decide"), Link("pro:subscriber"), Link("pro:renew")
        self.tabs = Link("pro:tabs")

    def draw(self, rows: Iterable[Row], *, swapped: bool = False) -> SafeString:
        """Return the rows, each a `<tr>`; `swapped` ones take the place of those that the page has."""
        swap = ' hx-swap-oob="true"' if swapped else ""
        return mark_safe("".join([self._line(row, swap) for row in rows]))  # noqa: S308 - escaped piece by piece

    def _line(self, row: Row, swap: str) -> str:
        key = row.subscription.pk
        cells = "".join([draw(self, row, opening) for draw, opening in self.columns])
        return (
            f'<tr role="row" id="ligne-{key}" class="row-{row.status} scheme-{self.scheme}"{swap}>'
            f'<td role="cell" class="tick-cell"><input class="tick" type="checkbox" id="nom-{key}" name="choix" '
            f'value="{key}" data-group="abonnes" '
            f'aria-label="{escape(row.name)}" /></td>{cells}</tr>'
        )

    def first_name(self, row: Row, opening: str) -> str:
        """Draw the first name."""
        return f"{opening}{escape(row.subscription.reader.first_name)}</td>"

    def last_name(self, row: Row, opening: str) -> str:
        """Draw the name."""
        return f"{opening}<strong>{escape(row.subscription.reader.last_name)}</strong></td>"

    def status(self, row: Row, opening: str) -> str:
        """Draw the badge, and under it until when and what is to decide."""
        late = " note-late" if row.is_late else ""
        note = f'<span class="note{late}">{escape(row.note)}</span>' if row.note else ""
        return f"{opening}<div>{row.badge}{note}</div></td>"

    def ends_on(self, row: Row, opening: str) -> str:
        """Draw the last day of access, or that which acceptance would give."""
        if not row.is_expected:
            return f"{opening}{row.ends_on}</td>"
        condition = f'<span class="note">{self.words.if_accepted}</span>'
        return f'{opening}<span class="muted">{row.ends_on} {condition}</span></td>'

    def requested_on(self, row: Row, opening: str) -> str:
        """Draw the day of the request."""
        return f"{opening}{row.requested_on}</td>"

    def library(self, row: Row, opening: str) -> str:
        """Draw the library's name."""
        return f"{opening}{escape(row.subscription.library.name)}</td>"

    def resources(self, row: Row, opening: str) -> str:
        """Draw the resources granted or asked for."""
        tags = " ".join([f'<span class="tag">{escape(name)}</span>' for name in row.resources])
        return f"{opening}<div>{tags}</div></td>"

    def operations(self, row: Row, opening: str) -> str:
        """Draw what can be done: decide, or renew and open the sheet. The column has no label on a phone."""
        key = row.subscription.pk
        if self.pencil is not Pencil.NONE:
            buttons = f"{self._renewal(row)} {self._pencil(row)}" if row.can_renew else self._pencil(row)
        elif row.can_decide:
            buttons = self._link(self.decision, key, "btn-pro", self.words.decide)
        else:
            sheet = self._link(self.sheet, key, "btn-ghost", self.words.edit if row.edits else self.words.see)
            buttons = f"{self._renewal(row)} {sheet}" if row.can_renew else sheet
        return f'<td role="cell" class="ops">{buttons}</td>'

    def _link(self, link: Link, key: int, look: str, label: str) -> str:
        href = f"{link.to(key)}{self.way_back}"
        return f'<a class="btn {look} btn-small" aria-describedby="nom-{key}" href="{href}">{label}</a>'

    def _pencil(self, row: Row) -> str:
        """Draw the icon that opens the tabs, in a window where a script can."""
        key = row.subscription.pk
        edits = row.edits or row.can_decide
        label, drawing = (self.words.pencil, icon("pencil")) if edits else (self.words.look, icon("eye"))
        href = f"{self.tabs.to(key)}{self.way_back}"
        opens = f' hx-get="{href}"' if self.pencil is Pencil.WINDOW else ""
        return (
            f'<a class="btn btn-ghost btn-icon" aria-describedby="nom-{key}" href="{href}"{opens} '
            f'aria-label="{label}" title="{label}">{drawing}</a>'
        )

    def _renewal(self, row: Row) -> str:
        key = row.subscription.pk
        return (
            f'<button class="btn btn-ghost btn-small" type="submit" form="row-action" name="version" '
            f'value="{row.subscription.version}" formaction="{self.renewal.to(key)}" '
            f'aria-describedby="nom-{key}">{self.words.renew}</button>'
        )


CELLS: dict[str, Callable[[Drawing, Row, str], str]] = {
    "first_name": Drawing.first_name,
    "last_name": Drawing.last_name,
    "status": Drawing.status,
    "ends_on": Drawing.ends_on,
    "requested_on": Drawing.requested_on,
    "library": Drawing.library,
    "resources": Drawing.resources,
    "operations": Drawing.operations,
}
