"""The form of the window « Abonné »: three tabs, one save (L7)."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core.actors import Actor
from navette.portal.models import Portal, StartRule
from navette.subscriptions.actions import Changes, Sheet, default_start
from navette.subscriptions.models import GrantState, ResourceGrant, Subscription
from navette.subscriptions.queries import asked_resources, may_decide_in_place
from navette.subscriptions.states import Move, Status
from navette.web.pro.forms import PERSON, PersonForm, person_of
from navette.web.pro.wording import END_REASONS, REFUSAL_REASONS, DayField, MessageField

# A valid subscription whose renewal is asked for: it waits for a decision, though its access lasts.
ASKED = "asked"
MOVES: dict[tuple[str, str], Move] = {
    (Status.PENDING, Status.ACTIVE): Move.ACCEPT,
    (Status.PENDING, Status.REFUSED): Move.REFUSE,
    (ASKED, Status.ACTIVE): Move.ACCEPT,
    (ASKED, Status.REFUSED): Move.REFUSE,
    (Status.REFUSED, Status.ACTIVE): Move.ACCEPT,
    (Status.EXPIRED, Status.ACTIVE): Move.RENEW,
    (Status.ACTIVE, Status.REFUSED): Move.END,
}
REASONS = {Move.REFUSE: REFUSAL_REASONS, Move.END: END_REASONS}
STATE_WORDS: dict[str, str | Promise] = {
    GrantState.REQUESTED: gettext_lazy("En attente"),
    GrantState.WAITING: gettext_lazy("En liste d’attente"),
    GrantState.GRANTED: gettext_lazy("Validé"),
    GrantState.REFUSED: gettext_lazy("Refusé"),
}
DECIDED: tuple[tuple[str, str | Promise], ...] = (
    (GrantState.GRANTED, gettext_lazy("Validé")),
    (GrantState.REFUSED, gettext_lazy("Refusé")),
    (GrantState.REMOVED, gettext_lazy("Supprimer")),
)
TABS = {
    "informations": frozenset(PERSON),
    "statut": frozenset({"status", "starts_on", "reason", "message"}),
    "ressources": frozenset[str](),  # the resources' own fields: all others
}


@dataclass(frozen=True)
class Rights:
    """What one person may do in the window: the person's details, the mail and library, the decision, each resource."""

    edits: bool
    moves: bool
    decides: bool
    in_place: bool  # for the département, in the library's place
    each_resource: bool

    @classmethod
    def of(cls, user: Actor, subscription: Subscription, portal: Portal) -> "Rights":
        """Return the rights of `user` on `subscription`."""
        library = subscription.library
        own = user.has_perm("subscriptions.decide", library)
        in_place = not own and may_decide_in_place(subscription, user)
        return cls(
            edits=user.has_perm("subscriptions.edit", library),
            moves=user.has_perm("subscriptions.move", library),
            decides=own or in_place,
            in_place=in_place,
            each_resource=portal.decides_each_resource and (own or in_place),
        )

    @property
    def any(self) -> bool:
        """Say whether there is anything to save."""
        return self.edits or self.decides


def present_of(subscription: Subscription) -> str:
    """Return what the status is now, a renewal asked for told apart."""
    status = subscription.current_status
    return ASKED if status == Status.ACTIVE and subscription.waits else status.value


def held_grants(subscription: Subscription) -> list[ResourceGrant]:
    """Return the resources that the third tab lists, by name: those removed are gone."""
    rows = subscription.grants.exclude(state=GrantState.REMOVED).select_related("resource")
    return list(rows.order_by("resource__name"))


class TabsForm(PersonForm):
    """The three tabs. What the person may not change has no field."""

    status = forms.ChoiceField(label=gettext_lazy("Statut de l'abonné"))
    starts_on = DayField(label=gettext_lazy("Date de l'abonnement"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Raison du refus"), required=False)
    message = MessageField(
        required=False, help_text=gettext_lazy("Envoi par mail. Laissé vide, le texte habituel part."), rows=6
    )

    def __init__(
        self,
        data: Any = None,
        *,
        subscription: Subscription,
        rights: Rights,
        portal: Portal,
        grants: list[ResourceGrant],
    ) -> None:
        """Fill the form from `subscription` and its `grants`, for a person with `rights`."""
        self.subscription, self.rights, self.portal = subscription, rights, portal
        self.present = present_of(subscription)
        self.grants = {f"ressource-{grant.resource_id}": grant for grant in grants}
        super().__init__(data, initial=self._initial())
        self.offer_libraries(subscription, moves=rights.moves)
        if not rights.edits:
            self._drop(*PERSON)
        self._offer_statuses()
        if rights.each_resource:
            self.fields |= {name: _resource_field(grant) for name, grant in self.grants.items()}

    def _initial(self) -> dict[str, Any]:
        start = {"status": self.present, "starts_on": default_start(self.subscription, self.portal)}
        return person_of(self.subscription) | start | {name: grant.state for name, grant in self.grants.items()}

    def _offer_statuses(self) -> None:
        self.reachable = {to: move for (source, to), move in MOVES.items() if source == self.present}
        if not self.rights.decides or not self.reachable:
            self.reachable = {}
            self._drop("status", "starts_on", "reason", "message")
            return
        now = _("En attente (renouvellement demandé)") if self.present == ASKED else str(Status(self.present).label)
        offered = [(self.present, now), *((to, Status(to).label) for to in self.reachable)]
        self.fields["status"].choices = offered  # type: ignore[attr-defined]
        self.fields["status"].widget.attrs["data-usual"] = "id_message"
        closing = REASONS.get(self.reachable.get(Status.REFUSED, Move.ACCEPT))
        if closing is None:
            self._drop("reason")
        else:
            self.fields["reason"].choices = closing  # type: ignore[attr-defined]
            self.fields["reason"].widget.attrs["data-usual"] = "id_message"
        if self.portal.start_rule != StartRule.CHOSEN or Status.ACTIVE not in self.reachable:
            self._drop("starts_on")

    def _drop(self, *names: str) -> None:
        for name in names:
            self.fields.pop(name, None)

    @property
    def resource_fields(self) -> list[BoundField]:
        """Return the choices of the third tab."""
        return [self[name] for name in self.grants if name in self.fields]

    def bring_up_to_date(self, typed: QueryDict) -> None:
        """Put what now is in the place of what can no longer be chosen in `typed`."""
        typed["version"] = str(self.subscription.version)
        if typed.get("status") not in self.reachable:
            typed["status"] = self.present
        for name, grant in self.grants.items():
            if typed.get(name) not in {grant.state, *dict(DECIDED)}:
                typed[name] = grant.state

    @property
    def moving_statuses(self) -> str:
        """Return the statuses that change something, for the page to show the message with them."""
        return "|".join(self.reachable)

    @property
    def asked_move(self) -> Move | None:
        """Return the move that the status chosen asks for; None where it stays."""
        return self.reachable.get(self.cleaned_data.get("status", ""))

    @property
    def wrong_tabs(self) -> list[str]:
        """Return the tabs that hold an error, in their order."""
        wrong = set(self.errors)
        rest = wrong & set(self.grants)
        return [tab for tab, names in TABS.items() if wrong & names or (tab == "ressources" and rest)]

    def clean(self) -> dict[str, Any]:
        """Ask for the reason that a refusal needs; staff in a library's place decide resources with the person."""
        values = super().clean() or {}
        move = self.asked_move
        if move in REASONS and not values.get("reason"):
            self.add_error("reason", _("Choisissez la raison."))
        if self.rights.in_place and move is None and self._decided():
            self.add_error("status", _("À la place de la bibliothèque, décidez d’abord de la demande elle-même."))
        return values

    def sheet(self) -> Sheet:
        """Return what was changed, as the action takes it."""
        values, move = self.cleaned_data, self.asked_move
        return Sheet(
            changes=self._changes() if {*self.changed_data} & {*PERSON} else None,
            what=move,
            starts_on=values.get("starts_on") if move in {Move.ACCEPT, Move.RENEW} else None,
            reason=values.get("reason", ""),
            message=values.get("message") or None,
            resources=self._decided(),
        )

    def _changes(self) -> Changes:
        values = self.cleaned_data
        return Changes(
            first_name=values["first_name"],
            last_name=values["last_name"],
            birth_date=values["birth_date"],
            resources=list(asked_resources(self.subscription)),
            email=values.get("email"),
            library=values.get("library"),
        )

    def _decided(self) -> dict[int, str]:
        chosen = {name: self.cleaned_data.get(name) or grant.state for name, grant in self.grants.items()}
        return {row.resource_id: chosen[name] for name, row in self.grants.items() if chosen[name] != row.state}


def _resource_field(grant: ResourceGrant) -> forms.ChoiceField:
    """Return the choice of one resource: the state it is in, and what can be decided."""
    now = [(grant.state, STATE_WORDS[grant.state])]
    others = [(state, word) for state, word in DECIDED if state != grant.state]
    return forms.ChoiceField(label=grant.resource.name, choices=[*now, *others])
