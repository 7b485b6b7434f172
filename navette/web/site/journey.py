"""The line with stops of a subscription: where it stands, for its reader."""

import datetime as dt
from typing import TypedDict

from django.utils.translation import gettext as _

from navette.core import clock
from navette.portal.models import Portal
from navette.subscriptions.mails import french_day
from navette.subscriptions.models import Subscription
from navette.subscriptions.states import Status


class Stop(TypedDict):
    """A stop of the line: its label, whether it is done, now or to come, and a line beneath."""

    label: str
    state: str
    note: str


def stops_of(subscription: Subscription, portal: Portal, today: dt.date) -> list[Stop]:
    """Return the stops of a subscription: asked, where a parent has to agree their answer, decided, open for a year."""
    status = subscription.status_on(today)
    if status == Status.UNCONFIRMED:
        return [_asked(subscription), _parent(), _answer_to_come(subscription), _open(subscription, status)]
    return [_asked(subscription), _decided(subscription, status), _open(subscription, status)]


def _asked(subscription: Subscription) -> Stop:
    day = french_day(clock.day_of(subscription.requested_at))
    return Stop(label=_("Demande envoyée"), state="done", note=_("le %(day)s") % {"day": day})


def _parent() -> Stop:
    return Stop(label=_("Accord d’un parent"), state="now", note=_("attendu par mail"))


def _answer_to_come(subscription: Subscription) -> Stop:
    return Stop(label=_("Réponse de ma bibliothèque"), state="todo", note=subscription.library.name)


def _decided(subscription: Subscription, status: Status) -> Stop:
    library = subscription.library.name
    if status == Status.PENDING:
        note = _("%(library)s, avant le %(day)s") % {"library": library, "day": french_day(subscription.deadline)}
        return Stop(label=_("Réponse de ma bibliothèque"), state="now", note=note)
    if status == Status.REFUSED:
        return Stop(label=_("Refusée par ma bibliothèque"), state="now", note=library)
    return Stop(label=_("Validée par ma bibliothèque"), state="done", note=library)


def _open(subscription: Subscription, status: Status) -> Stop:
    day = french_day(subscription.ends_on)
    if status == Status.ACTIVE:
        return Stop(label=_("Ressources ouvertes"), state="now", note=_("jusqu’au %(day)s inclus") % {"day": day})
    if status == Status.EXPIRED:
        return Stop(label=_("Abonnement terminé"), state="now", note=_("depuis le %(day)s") % {"day": day})
    return Stop(label=_("Ressources ouvertes"), state="todo", note=_("pendant 1 an"))
