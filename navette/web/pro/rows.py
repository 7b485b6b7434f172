"""One line of a list of subscribers: what it tells and what can be done with it.

Everything is worked out here once, so that drawing 25 lines costs the template little.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from navette.core import clock
from navette.portal.models import Portal
from navette.subscriptions.actions import default_start
from navette.subscriptions.dates import end_of
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.queries import ASKED_STATES
from navette.subscriptions.states import Status
from navette.web.components.templatetags.navette import badge
from navette.web.pro.access import Workspace


@dataclass(slots=True)
class Row:
    """A subscription as a list shows it to one person, on one day."""

    subscription: Subscription
    status: str
    badge: SafeString
    note: str
    is_late: bool
    ends_on: str
    is_expected: bool  # the end is what acceptance by the usual rule would give
    can_decide: bool
    can_renew: bool
    edits: bool

    @property
    def name(self) -> str:
        """Return the person's name."""
        return str(self.subscription.reader)

    @property
    def requested_on(self) -> str:
        """Return the day of the request."""
        return _day(clock.day_of(self.subscription.requested_at))

    @property
    def resources(self) -> list[str]:
        """Return the names of the resources granted, asked for or waited for, which is said."""
        held = [grant for grant in self.subscription.grants.all() if grant.state in ASKED_STATES]
        return [_awaited(row.resource.name) if row.state == GrantState.WAITING else row.resource.name for row in held]


@dataclass
class RowMaker:
    """Makes the lines that one person sees today."""

    workspace: Workspace
    portal: Portal
    today: dt.date = field(default_factory=clock.today)
    badges: dict[str, SafeString] = field(default_factory=dict)

    @cached_property
    def edits_all(self) -> bool:
        """Say whether the person edits whatever the library."""
        return self.workspace.user.is_staff and self.workspace.user.has_perm("subscriptions.edit")

    def row(self, subscription: Subscription) -> Row:
        """Return the line of `subscription`."""
        status = subscription.status_on(self.today)
        deadline = subscription.deadline
        late = deadline is not None and deadline < self.today
        expected = status == Status.PENDING and subscription.ends_on is None
        ends_on = self._expected_end(subscription) if expected else subscription.ends_on
        decides = subscription.library_id in self.workspace.decides_for
        return Row(
            subscription=subscription,
            status=status.value,
            badge=self._badge(status),
            note=_note(deadline, late=late, renewal=subscription.is_renewal),
            is_late=late,
            ends_on=_day(ends_on) if ends_on else "–",
            is_expected=expected,
            can_decide=decides and subscription.waits,
            can_renew=decides and status == Status.EXPIRED,
            edits=decides or self.edits_all,
        )

    def _expected_end(self, subscription: Subscription) -> dt.date:
        return end_of(default_start(subscription, self.portal), self.portal.duration)

    def _badge(self, status: Status) -> SafeString:
        if status not in self.badges:
            self.badges[status] = badge(status, self.portal.status_colours)
        return self.badges[status]


def rows_of(workspace: Workspace, portal: Portal, subscriptions: Sequence[Subscription]) -> list[Row]:
    """Return the lines that show `subscriptions`."""
    maker = RowMaker(workspace, portal)
    return [maker.row(subscription) for subscription in subscriptions]


def _awaited(name: str) -> str:
    return _("%(name)s (en liste d’attente)") % {"name": name}


def _day(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


def _note(deadline: dt.date | None, *, late: bool, renewal: bool) -> str:
    """Return what is said under the status while something waits: until when, and whether it is a renewal."""
    if deadline is None:
        return ""
    words = _("en retard depuis le %(day)s") if late else _("avant le %(day)s")
    until = words % {"day": _day(deadline)}
    return _("renouvellement demandé, %(until)s") % {"until": until} if renewal else until
