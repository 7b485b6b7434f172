"""The lines of « Mes ressources »: what opens, what waits and for what, what was refused."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from navette.core.text import ordinal
from navette.portal.models import Portal
from navette.resources.models import DigitalResource
from navette.subscriptions.models import GrantState, Subscription
from navette.subscriptions.queries import full_resource_ids, places_of, resource_terms_due
from navette.subscriptions.states import Status


@dataclass(frozen=True)
class ResourceLine:
    """One resource as its reader sees it: whether it opens, is held or asked for, what is said of it, and how it looks.

    `tone` is the look of `note` as a tag: ok, wait, no, or nothing for plain words.
    """

    resource: DigitalResource
    opens: bool
    is_held: bool
    note: str
    tone: str
    has_new_terms: bool


class LineMaker:
    """Makes the lines of one subscription today, in a constant number of queries."""

    def __init__(self, subscription: Subscription, portal: Portal) -> None:
        self.portal = portal
        self.status = subscription.current_status
        self.states = dict(subscription.grants.values_list("resource_id", "state"))
        self.places = places_of(subscription) if GrantState.WAITING in self.states.values() else {}
        self.full = full_resource_ids()
        self.new_terms = resource_terms_due(subscription)

    def line(self, resource: DigitalResource) -> ResourceLine:
        """Return the line of `resource`."""
        state = self.states.get(resource.pk)
        opens = self.status == Status.ACTIVE and state == GrantState.GRANTED and resource.is_open
        note, tone = self._said(resource, state)
        return ResourceLine(
            resource=resource,
            opens=opens,
            is_held=state in {GrantState.GRANTED, GrantState.REQUESTED, GrantState.WAITING},
            note=note,
            tone=tone,
            has_new_terms=resource.pk in self.new_terms,
        )

    def _said(self, resource: DigitalResource, state: str | None) -> tuple[str, str]:
        if not resource.is_open:
            return _("Fermée pour le moment"), ""
        if state == GrantState.WAITING:
            return self._queue(resource), "wait"
        if state == GrantState.REQUESTED:
            return self._asked(), "wait" if self.portal.decides_each_resource else ""
        if state == GrantState.REFUSED:
            return _("Refusée par votre bibliothèque"), "no"
        if state == GrantState.GRANTED:
            return self._granted()
        return (_("Non demandée, complet pour le moment") if resource.pk in self.full else _("Non demandée")), ""

    def _queue(self, resource: DigitalResource) -> str:
        if self.status != Status.ACTIVE:
            return _("En liste d’attente, en pause : votre abonnement n’est pas valide")
        return _("En liste d’attente, %(place)s place") % {"place": ordinal(self.places.get(resource.pk, 1))}

    def _asked(self) -> str:
        if self.status == Status.UNCONFIRMED:
            return _("Demandée")
        return _("Demandée, attend la réponse de votre bibliothèque")

    def _granted(self) -> tuple[str, str]:
        if self.status == Status.ACTIVE:
            return (_("Validée"), "ok") if self.portal.decides_each_resource else ("", "")
        if self.status == Status.EXPIRED:
            return _("Abonnement terminé"), ""
        return _("Fermée avec votre abonnement"), ""
