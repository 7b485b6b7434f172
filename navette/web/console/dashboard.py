"""The console's first page: what waits for the staff, each one click from the work, and how the portal goes.

A part of the console adds itself by one row of `TO_DO` (work that waits; it stands out while there is some) or of
`FIGURES`: the permission by which a person is shown it, and a function that counts it for them in one query.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from navette.accounts.models import User
from navette.core import clock
from navette.editorial.models import Pick, PickState, PurchaseSuggestion, SuggestionState
from navette.libraries.models import MessageState
from navette.libraries.queries import messages_seen_by
from navette.mail.models import MailState, OutgoingMail
from navette.subscriptions.queries import subscriptions_seen_by
from navette.subscriptions.states import Status
from navette.web.console.access import staff_with, user_of


@dataclass(frozen=True)
class Figure:
    """A count with its words (without the number), and the page where one sees it."""

    count: int
    label: str
    href: str


def late_requests(user: User) -> Figure:
    """Count the requests that libraries have left over their deadline (SUB-05)."""
    count = subscriptions_seen_by(user).late(clock.today()).count()
    return Figure(count, ngettext("demande en retard", "demandes en retard", count), reverse("console:late"))


def mails_to_settle(user: User) -> Figure:
    """Count the mails of which nobody knows whether they went out (SUB-06)."""
    count = OutgoingMail.objects.filter(state=MailState.UNCERTAIN).count()
    return Figure(count, ngettext("mail incertain", "mails incertains", count), _mails(MailState.UNCERTAIN))


def mails_refused(user: User) -> Figure:
    """Count the mails that their receiver's server did not take."""
    count = OutgoingMail.objects.filter(state=MailState.FAILED).count()
    label = ngettext("mail refusé par le destinataire", "mails refusés par leur destinataire", count)
    return Figure(count, label, _mails(MailState.FAILED))


def messages_to_answer(user: User) -> Figure:
    """Count the questions asked by the contact forms that nobody has dealt with (R8)."""
    count = messages_seen_by(user).filter(state=MessageState.NEW).count()
    return Figure(count, ngettext("message à traiter", "messages à traiter", count), reverse("console:messages"))


def waiting_requests(user: User) -> Figure:
    """Count the requests that their library has still to decide."""
    count = subscriptions_seen_by(user).waiting().count()
    label = ngettext("demande en attente de sa bibliothèque", "demandes en attente de leur bibliothèque", count)
    return Figure(count, label, f"{reverse('pro:subscribers')}?attente=1")


def active_subscriptions(user: User) -> Figure:
    """Count the subscriptions that are valid today."""
    count = subscriptions_seen_by(user).with_status(Status.ACTIVE).count()
    label = ngettext("abonné validé", "abonnés validés", count)
    return Figure(count, label, f"{reverse('pro:subscribers')}?statut={Status.ACTIVE.value}")


def mails_queued(user: User) -> Figure:
    """Count the mails that the worker has still to send."""
    count = OutgoingMail.objects.filter(state=MailState.QUEUED).count()
    return Figure(count, ngettext("mail à envoyer", "mails à envoyer", count), _mails(MailState.QUEUED))


def suggestions_to_read(user: User) -> Figure:
    """Count the purchase suggestions that nobody has answered."""
    count = PurchaseSuggestion.objects.filter(state=SuggestionState.RECEIVED).count()
    label = ngettext("suggestion d’achat sans réponse", "suggestions d’achat sans réponse", count)
    return Figure(count, label, reverse("console:suggestions"))


def picks_to_read(user: User) -> Figure:
    """Count the picks that libraries propose."""
    count = Pick.objects.filter(state=PickState.PROPOSED).count()
    return Figure(count, ngettext("coup de cœur à relire", "coups de cœur à relire", count), reverse("console:picks"))


def _mails(state: MailState) -> str:
    return f"{reverse('console:mails')}?etat={state.value}"


Rows = Sequence[tuple[str, Callable[[User], Figure]]]
TO_DO: Rows = (
    ("subscriptions.remind_library", late_requests),
    ("contact.answer", messages_to_answer),
    ("mail.settle", mails_to_settle),
    ("mail.settle", mails_refused),
    ("editorial.moderate", suggestions_to_read),
    ("editorial.moderate", picks_to_read),
)
FIGURES: Rows = (
    ("subscriptions.view", waiting_requests),
    ("subscriptions.view", active_subscriptions),
    ("mail.view", mails_queued),
)


@require_safe
@staff_with("subscriptions.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, then how the portal goes."""
    user = user_of(request)
    to_do = _figures(TO_DO, user)
    context = {"to_do": to_do, "figures": _figures(FIGURES, user), "is_done": not any(row.count for row in to_do)}
    return render(request, "console/dashboard.html", context)


def _figures(rows: Rows, user: User) -> list[Figure]:
    return [count(user) for perm, count in rows if user.has_perm(perm)]
