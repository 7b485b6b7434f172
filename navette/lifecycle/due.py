"""What has had its time on a day (DATA-01). Only questions: `retention` acts on the answers.

Something kept for some months is kept on the last of them still, and gone on the next day.
"""

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from navette.accounts.models import PROFESSIONAL_KINDS, User
from navette.core.models import AuditRow
from navette.core.months import months_before
from navette.libraries.models import ContactMessage, MessageState
from navette.mail import forgetting
from navette.mail.models import MailState, OutgoingMail
from navette.portal.queries import current_portal
from navette.signon.models import ActiveYear, Opening, SignonEvent, Ticket
from navette.subscriptions.models import Subscription, SubscriptionEvent
from navette.subscriptions.states import Move, Status

WARNING = dt.timedelta(days=30)  # between the mail that tells of it and the erasure
KEEP_MESSAGES_MONTHS = 12  # questions that were answered, or filed
KEEP_CLOSED_MONTHS = 12  # accounts of professionals, once closed
KEEP_STEPS_MONTHS = 12  # steps of signing on, once they name nobody: a vendor's faults are compared over a year
KEEP_TICKETS = dt.timedelta(days=1)  # once over: they still explain what failed yesterday
UNSENT = dt.timedelta(days=7)  # how long a farewell that did not go can still be sent by hand


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _with_closing() -> QuerySet[Subscription]:
    """Return the subscriptions with `closed_at`: when they were last refused or ended, or else asked for."""
    closing = SubscriptionEvent.objects.filter(subscription=OuterRef("pk"), move__in=(Move.REFUSE, Move.END))
    last = Subquery(closing.order_by("-at").values("at")[:1])
    return Subscription.objects.annotate(closed_at=Coalesce(last, "requested_at"))


def requests(day: dt.date) -> QuerySet[Subscription]:
    """Return the requests that were refused, or never decided, too long ago."""
    limit = _midnight(months_before(day, current_portal().keep_requests_months))
    undecided = Q(status__in=(Status.PENDING, Status.UNCONFIRMED), requested_at__lt=limit)
    refused = Q(status=Status.REFUSED, closed_at__lt=limit)
    return _with_closing().filter(undecided | refused, ends_on__isnull=True)


def _ended(day: dt.date) -> QuerySet[Subscription]:
    """Return the subscriptions that ended so long before `day` that their accounts go; none whose renewal waits.

    A renewal that was asked for is kept as long as a first request.
    """
    portal = current_portal()
    limit = months_before(day, portal.keep_accounts_months)
    asked = _midnight(months_before(day, portal.keep_requests_months))
    return _with_closing().filter(
        Q(status=Status.EXPIRED, ends_on__lt=limit)
        | Q(status=Status.PENDING, ends_on__lt=limit, requested_at__lt=asked)
        | Q(Q(ends_on__lt=limit) | Q(closed_at__lt=_midnight(limit)), status=Status.REFUSED, ends_on__isnull=False)
    )


def to_warn(day: dt.date) -> QuerySet[Subscription]:
    """Return the subscriptions whose accounts go in 30 days or sooner, and whose readers were not told."""
    return _ended(day + WARNING).filter(erasure_told_on__isnull=True)


def accounts(day: dt.date) -> QuerySet[Subscription]:
    """Return the subscriptions whose accounts go: their time is over, and their readers were told 30 days ago."""
    return _ended(day).filter(erasure_told_on__lte=day - WARNING)


def closed_accounts(day: dt.date) -> QuerySet[User]:
    """Return the professionals' accounts that have been closed for so long that they go."""
    limit = _midnight(months_before(day, KEEP_CLOSED_MONTHS))
    touched = AuditRow.objects.filter(object_type=User._meta.label, object_id=OuterRef("pk"), at__gte=limit)
    return User.objects.filter(
        ~Exists(touched),
        Q(last_login__isnull=True) | Q(last_login__lt=limit),
        kind__in=PROFESSIONAL_KINDS,
        is_active=False,
        created_at__lt=limit,
    )


def openings(day: dt.date) -> QuerySet[Opening]:
    """Return the openings that lose person and hour."""
    limit = months_before(day, current_portal().keep_openings_months)
    return Opening.objects.filter(opened_at__isnull=False, day__lt=limit)


def active_years(day: dt.date) -> QuerySet[ActiveYear]:
    """Return the yearly marks that lose the person: those of years whose last opening does."""
    limit = months_before(day, current_portal().keep_openings_months)
    return ActiveYear.objects.filter(reader__isnull=False, year__lt=limit.year)


def named_steps(day: dt.date) -> QuerySet[SignonEvent]:
    """Return the steps of signing on that lose the person, with the openings of their time."""
    limit = _midnight(months_before(day, current_portal().keep_openings_months))
    return SignonEvent.objects.filter(at__lt=limit, reader__isnull=False)


def old_steps(day: dt.date) -> QuerySet[SignonEvent]:
    """Return the steps of signing on that go, a year after they have lost the person."""
    months = current_portal().keep_openings_months + KEEP_STEPS_MONTHS
    return SignonEvent.objects.filter(at__lt=_midnight(months_before(day, months)))


def tickets(day: dt.date) -> QuerySet[Ticket]:
    """Return the tickets that have been over for a day."""
    return Ticket.objects.filter(expires_at__lt=_midnight(day) - KEEP_TICKETS)


def mails(day: dt.date) -> QuerySet[OutgoingMail]:
    """Return the mails whose text goes."""
    return forgetting.sent_before(_midnight(months_before(day, current_portal().keep_mails_months)))


def mails_of_nobody(day: dt.date) -> QuerySet[OutgoingMail]:
    """Return the mails about accounts that are erased: a farewell that went, what was being sent at that moment."""
    gone = forgetting.full().filter(~Exists(User.objects.filter(pk=OuterRef("about_account"))), about_account__gte=0)
    over = Q(state=MailState.SENT) | Q(
        state__in=(MailState.FAILED, MailState.UNCERTAIN), created_at__lt=_midnight(day) - UNSENT
    )
    return gone.filter(over)


def messages(day: dt.date) -> QuerySet[ContactMessage]:
    """Return the questions that were answered or filed, and came long ago."""
    limit = _midnight(months_before(day, KEEP_MESSAGES_MONTHS))
    return ContactMessage.objects.filter(received_at__lt=limit).exclude(state=MessageState.NEW)


def audit_rows(day: dt.date) -> QuerySet[AuditRow]:
    """Return the rows of the audit log that go."""
    return AuditRow.objects.filter(at__lt=_midnight(months_before(day, current_portal().keep_audit_months)))
