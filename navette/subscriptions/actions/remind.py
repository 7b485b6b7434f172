"""The département reminds a library of the requests that it has left over their deadline (SUB-05)."""

from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Refusal
from navette.core.models import audit
from navette.libraries.models import Library
from navette.mail.models import OutgoingMail
from navette.mail.outbox import Letter, queue_mail
from navette.portal.queries import current_portal
from navette.subscriptions.mails import french_day, site_url
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet


@transaction.atomic
def remind_library(library: Library, *, acting_user: Actor) -> int:
    """Mail `library` about its late requests, once a day at most, and return how many there are.

    Raises NotAllowed, or Refusal where nothing is late or the library has been reminded today.
    """
    require(acting_user, "subscriptions.remind_library", library)
    late = SubscriptionQuerySet(Subscription).filter(library=library).late(clock.today())
    figures = late.aggregate(count=Count("pk"), oldest=Min("deadline"))
    if not figures["count"]:
        raise Refusal(_("Cette bibliothèque n’a plus de demande en retard."))
    key = f"library_late:{library.pk}:{clock.today():%Y-%m-%d}"
    if OutgoingMail.objects.filter(key=key).exists():
        raise Refusal(_("La bibliothèque de %(name)s a déjà été relancée aujourd’hui.") % {"name": library.name})
    queue_mail(_letter(library, key, figures["count"], french_day(figures["oldest"])))
    audit(acting_user, "subscriptions.remind_library", library, late=figures["count"])
    return int(figures["count"])


def _letter(library: Library, key: str, count: int, oldest: str) -> Letter:
    portal = current_portal()
    values = {
        "bibliotheque": library.name,
        "portail": portal.name,
        "nombre": count,
        "limite": oldest,
        "contact": portal.contact_email,
    }
    url = site_url("pro:subscribers") + "?attente=1"
    return Letter("library_late", library.email, values, key=key, button_url=url, signed_by=portal.name)
