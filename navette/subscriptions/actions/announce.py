"""Telling a library of what waits for it (SUB-05)."""

from navette.core import clock
from navette.libraries.models import MailRhythm
from navette.mail.outbox import queue_mail
from navette.portal.models import Portal
from navette.subscriptions.mails import to_library
from navette.subscriptions.models import Subscription


def announce(subscription: Subscription, kind: str, portal: Portal) -> None:
    """Mail the library of a request, unless it chose one mail a day: then the nightly work does (SUB-05)."""
    if subscription.library.mail_rhythm == MailRhythm.DAILY:
        return
    Subscription.objects.filter(pk=subscription.pk).update(announced_at=clock.now())
    queue_mail(to_library(kind, subscription, portal, ressources=_names(subscription)))


def _names(subscription: Subscription) -> str:
    return ", ".join(grant.resource.name for grant in subscription.grants.select_related("resource"))
