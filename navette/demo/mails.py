"""The demo's mails: some to be sent at the first start, so that there is something to read; some of days past."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from navette.accounts.mails import confirmation_url
from navette.core import clock
from navette.demo.accounts import FIRST_LIBRARY
from navette.demo.plan import Calendar, Plan
from navette.mail.models import MailState, OutgoingMail
from navette.mail.outbox import Letter, queue_mails
from navette.portal.models import Portal
from navette.subscriptions.actions.remind import warning_letter
from navette.subscriptions.mails import french_day, to_library, to_reader
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet
from navette.subscriptions.states import Status

SENT, UNCERTAIN, FAILED = 40, 2, 1
WARNED = dt.timedelta(days=3)


@transaction.atomic
def make_mails(plan: Plan, portal: Portal) -> None:
    """Queue the mails of the first library's newest requests, and write those of decisions of the last days."""
    subscriptions = SubscriptionQuerySet(Subscription).select_related("reader__user", "library")
    newest = subscriptions.waiting().filter(library__name=FIRST_LIBRARY[plan.profile]).order_by("-requested_at")[:6]
    queue_mails(letter for subscription in newest for letter in _of_request(subscription, portal))
    _write_past(plan, portal, subscriptions)
    if portal.staff_decides_late:
        _write_warning(plan, subscriptions)


def _of_request(subscription: Subscription, portal: Portal) -> list[Letter]:
    received = to_reader("request_received", subscription, portal)
    names = ", ".join(grant.resource.name for grant in subscription.grants.select_related("resource"))
    return [
        replace(received, button_url=confirmation_url(subscription.reader.user)),
        to_library("library_request", subscription, portal, ressources=names),
    ]


def _write_warning(plan: Plan, subscriptions: SubscriptionQuerySet) -> None:
    """Write that the first library was warned, some days ago, of what it had left: staff may decide today."""
    day = plan.today - WARNED
    late = subscriptions.late(day).filter(library__name=FIRST_LIBRARY[plan.profile]).order_by("deadline")
    oldest = late[0]
    letter = warning_letter(oldest.library, day, late.count(), french_day(oldest.deadline))
    queue_mails([letter])
    at = clock.now() - WARNED
    mail = OutgoingMail.objects.filter(key=letter.key)
    mail.update(created_at=at, next_attempt_at=at, state=MailState.SENT, attempts=1, sent_at=at)
    Subscription.objects.filter(pk__in=[row.pk for row in late]).update(warning=mail.get())


def _write_past(plan: Plan, portal: Portal, subscriptions: SubscriptionQuerySet) -> None:
    valid = subscriptions.filter(status=Status.ACTIVE, deadline=None).order_by("-requested_at", "id")
    chosen = valid[: SENT + UNCERTAIN + FAILED]
    letters = [replace(to_reader("accepted", s, portal), key=f"demo:{n}") for n, s in enumerate(chosen)]
    queue_mails(letters)
    rng, cal = plan.rng("mails"), Calendar(plan.today, portal)
    for number, letter in enumerate(letters):
        at = cal.moment(rng, cal.day(1 + number // 8))
        OutgoingMail.objects.filter(key=letter.key).update(created_at=at, next_attempt_at=at, **_outcome(number, at))


def _outcome(number: int, at: dt.datetime) -> dict[str, object]:
    """Return what became of a past mail: nearly all were sent."""
    if number < UNCERTAIN:
        return {"state": MailState.UNCERTAIN, "attempts": 1, "claimed_at": at}
    if number < UNCERTAIN + FAILED:
        return {"state": MailState.FAILED, "attempts": 1, "last_error": "550 5.1.1 mailbox unavailable"}
    return {"state": MailState.SENT, "attempts": 1, "sent_at": at + dt.timedelta(seconds=3)}
