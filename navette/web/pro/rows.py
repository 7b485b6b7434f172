"""One line of a list of subscribers: what it tells and what can be done with it."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from navette.core import clock
from navette.portal.models import Portal
from navette.subscriptions.actions import default_start
from navette.subscriptions.dates import end_of
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status
from navette.web.pro.access import Workspace


@dataclass(frozen=True)
class Row:
    """A subscription as a list shows it to one person, on one day."""

    subscription: Subscription
    portal: Portal
    today: dt.date
    decides: bool
    edits: bool

    @property
    def is_late(self) -> bool:
        """Say whether the deadline of what waits is past."""
        deadline = self.subscription.deadline
        return deadline is not None and deadline < self.today

    @property
    def note(self) -> str:
        """Return what is said under the status while something waits: until when, and whether it is a renewal."""
        deadline = self.subscription.deadline
        if deadline is None:
            return ""
        words = _("en retard depuis le %(day)s") if self.is_late else _("avant le %(day)s")
        until = words % {"day": f"{deadline:%d/%m/%Y}"}
        return _("renouvellement demandé, %(until)s") % {"until": until} if self.subscription.is_renewal else until

    @property
    def expected_end(self) -> dt.date | None:
        """Return the day until which a first request would run if it were accepted by the usual rule."""
        if self.subscription.ends_on or self.subscription.status != Status.PENDING:
            return None
        return end_of(default_start(self.subscription, self.portal), self.portal.duration)

    @property
    def can_decide(self) -> bool:
        """Say whether « Valider / Refuser » is offered."""
        return self.decides and self.subscription.waits

    @property
    def can_renew(self) -> bool:
        """Say whether « Renouveler » is offered."""
        return self.decides and self.subscription.current_status == Status.EXPIRED


def rows_of(workspace: Workspace, portal: Portal, subscriptions: list[Subscription]) -> list[Row]:
    """Return the lines that show `subscriptions`."""
    edits_all = workspace.user.is_staff and workspace.user.has_perm("subscriptions.edit")
    today, own = clock.today(), workspace.decides_for
    return [
        Row(row, portal, today, decides=row.library_id in own, edits=edits_all or row.library_id in own)
        for row in subscriptions
    ]
