"""The département warns a library of the requests that it has left over their deadline (SUB-05)."""

import datetime as dt

from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Refusal
from navette.core.french import library_called
from navette.core.models import audit
from navette.libraries.models import Library
from navette.mail.models import MailState, OutgoingMail
from navette.mail.outbox import Letter, queue_mail
from navette.portal.queries import current_portal
from navette.subscriptions.mails import french_day, site_url
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet

_ON_ITS_WAY = (MailState.QUEUED, MailState.SENDING, MailState.SENT)


@transaction.atomic
def remind_library(library: Library, *, acting_user: Actor) -> int:
    """Mail `library` about its late requests, once a day at most, and return how many there are.

    Each remembers the mail that warned of it: the first that left, so that a second one puts nothing off. Raises
    NotAllowed, or Refusal where nothing is late or the library has been reminded today.
    """
    require(acting_user, "subscriptions.remind_library", library)
    late = SubscriptionQuerySet(Subscription).filter(library=library).late(clock.today())
    figures = late.aggregate(count=Count("pk"), oldest=Min("deadline"))
    if not figures["count"]:
        raise Refusal(_("Cette bibliothèque n’a plus de demande en retard."))
    letter = warning_letter(library, clock.today(), figures["count"], french_day(figures["oldest"]))
    if OutgoingMail.objects.filter(key=letter.key).exists():
        raise Refusal(_("La %(library)s a déjà été relancée aujourd’hui.") % {"library": library_called(library.name)})
    queue_mail(letter)
    late.exclude(warning__state__in=_ON_ITS_WAY).update(warning=OutgoingMail.objects.get(key=letter.key))
    audit(acting_user, "subscriptions.remind_library", library, late=figures["count"])
    return int(figures["count"])


def warning_letter(library: Library, day: dt.date, count: int, oldest: str) -> Letter:
    """Return the letter that warns `library` on `day` of `count` late requests, the first due before `oldest`."""
    portal = current_portal()
    values = {
        "bibliotheque": library.name,
        "portail": portal.name,
        "nombre": count,
        "limite": oldest,
        "contact": portal.contact_email,
    }
    url = site_url("pro:subscribers") + "?attente=1"
    key = f"library_late:{library.pk}:{day:%Y-%m-%d}"
    return Letter("library_late", library.email, values, key=key, button_url=url, signed_by=portal.name)
