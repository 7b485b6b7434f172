"""A reader accepts the terms that are in force: at the first login, or when a new version appears (SUB-10, SUB-13)."""

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor
from navette.core.errors import NotAllowed
from navette.core.models import audit
from navette.subscriptions.actions.grants import accept_resource_terms, accept_site_terms
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resources, site_terms_due


@transaction.atomic
def accept_terms(subscription: Subscription, *, acting_user: Actor) -> None:
    """Note that the reader accepts the site's terms in force, and those of the resources that they ask for.

    A second time changes nothing. Raises NotAllowed for another person: nobody ticks them for somebody else.
    """
    if acting_user.pk != subscription.reader.user_id:
        raise NotAllowed(_("Chacun n’accepte les conditions que pour soi."))
    due = site_terms_due(subscription.reader)
    accept_site_terms(subscription.reader)
    accept_resource_terms(subscription.reader, asked_resources(subscription))
    if due is not None:
        audit(acting_user, "subscriptions.accept_terms", subscription, version=due.version)
