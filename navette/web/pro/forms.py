"""The form of one subscriber, and that which ends a subscription."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundWidget
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.libraries.models import Library
from navette.libraries.queries import open_libraries
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource
from navette.subscriptions.actions import Changes, default_start
from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import asked_resource_ids
from navette.subscriptions.states import RefusalReason, Status
from navette.web.components.fields import ManyChoices
from navette.web.pro.wording import END_REASONS, REFUSAL_REASONS, BirthDateField, DayField, MessageField, SeenForm

# What choosing a status does, from the status that holds today; what is not here is not offered (SUB-01).
MOVES: dict[tuple[str, str], str] = {
    (Status.PENDING, Status.ACTIVE): "accept",
    (Status.PENDING, Status.REFUSED): "refuse",
    (Status.REFUSED, Status.ACTIVE): "accept",
    (Status.EXPIRED, Status.ACTIVE): "renew",
    (Status.ACTIVE, Status.REFUSED): "end",
}
_ASK_REASON = {"refuse": REFUSAL_REASONS, "end": END_REASONS}
PERSON = ("first_name", "last_name", "birth_date", "email", "library")


class PersonForm(SeenForm):
    """Who a subscriber is; mail and library are for the staff only (SUB-07)."""

    first_name = forms.CharField(label=gettext_lazy("Prénom"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Nom"), max_length=80)
    birth_date = BirthDateField()
    email = forms.EmailField(label=gettext_lazy("Adresse mail"), max_length=254)
    library = forms.ModelChoiceField(
        label=gettext_lazy("Bibliothèque"),
        queryset=Library.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"data-typeahead": True}),
    )

    def offer_libraries(self, subscription: Subscription, *, moves: bool) -> None:
        """Offer the libraries that somebody who `moves` subscribers may choose from; to others neither mail nor any."""
        if moves:
            self.fields["library"].queryset = _joinable(subscription)  # type: ignore[attr-defined]
        else:
            del self.fields["email"], self.fields["library"]


def person_of(subscription: Subscription) -> dict[str, Any]:
    """Return what a `PersonForm` is filled with."""
    reader = subscription.reader
    return {
        "version": subscription.version,
        "first_name": reader.first_name,
        "last_name": reader.last_name,
        "birth_date": reader.birth_date,
        "email": reader.user.email,
        "library": subscription.library_id,
    }


class SubscriberForm(PersonForm):
    """A subscriber's details, resources, dates and status."""

    field_order = ("resources",)

    resources = ManyChoices(
        label=gettext_lazy("Abonné aux ressources"),
        queryset=DigitalResource.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = DayField(label=gettext_lazy("Date de début d'abonnement"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Statut abonné"))
    reason = forms.ChoiceField(label=gettext_lazy("Raison du refus"), required=False)
    message = MessageField(
        required=False, help_text=gettext_lazy("Laissez vide pour envoyer le texte habituel."), rows=6
    )

    def __init__(self, data: Any = None, *, subscription: Subscription, decides: bool, moves: bool) -> None:
        """Fill the form from `subscription`, for a person who `decides` for its library or `moves` subscribers."""
        self.subscription = subscription
        self.held = asked_resource_ids(subscription)
        super().__init__(data, initial=self._initial())
        self.fields["resources"].queryset = _choosable(self.held)  # type: ignore[attr-defined]
        self._offer_statuses(decides=decides)
        self.offer_libraries(subscription, moves=moves)

    def _initial(self) -> dict[str, Any]:
        subscription = self.subscription
        return person_of(subscription) | {
            "resources": sorted(self.held),
            "starts_on": subscription.starts_on or default_start(subscription, current_portal()),
            "status": subscription.current_status,
        }

    def _offer_statuses(self, *, decides: bool) -> None:
        now = self.subscription.current_status
        reachable = [to for (source, to), _move in MOVES.items() if source == now and decides]
        offered = [now, *(Status(to) for to in reachable)]
        self.fields["status"].choices = [(s.value, s.label) for s in offered]  # type: ignore[attr-defined]
        closing = MOVES.get((now, Status.REFUSED), "refuse")
        if closing == "end" and self.subscription.waits:
            closing = "refuse"
        self.closing_move = closing
        self.fields["reason"].choices = _ASK_REASON[closing]  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs["data-usual"] = "id_message"
        if len(offered) == 1:
            del self.fields["reason"], self.fields["message"]

    @property
    def held_boxes(self) -> list[BoundWidget]:
        """Return the boxes of the resources that the subscriber has."""
        return [box for box in self["resources"] if _key(box) in self.held]

    @property
    def other_boxes(self) -> list[BoundWidget]:
        """Return the boxes of the resources that can be added."""
        return [box for box in self["resources"] if _key(box) not in self.held]

    @property
    def has_added(self) -> bool:
        """Say whether one of those is ticked, so that it isn't folded away."""
        return any(box.data["selected"] for box in self.other_boxes)

    @property
    def closes(self) -> bool:
        """Say whether « Refusé » can be chosen, which asks for a reason."""
        return (self.subscription.current_status, Status.REFUSED) in MOVES

    @property
    def moving_statuses(self) -> str:
        """Return the statuses that change something, for the page to show the message with them."""
        now = self.subscription.current_status
        return "|".join(to for source, to in MOVES if source == now)

    @property
    def asked_move(self) -> str:
        """Return the move that the status chosen asks for; an empty text where it stays."""
        asked = self.cleaned_data.get("status", "")
        move = MOVES.get((self.subscription.current_status, asked), "")
        return self.closing_move if asked == Status.REFUSED and move else move

    @property
    def changes_details(self) -> bool:
        """Say whether anything but the status changes."""
        names = {*self.changed_data} & {*PERSON}
        return bool(names) or self._new_resources() or self._new_start() is not None

    def changes(self) -> Changes:
        """Return what changes, as the action takes it."""
        values = self.cleaned_data
        return Changes(
            first_name=values["first_name"],
            last_name=values["last_name"],
            birth_date=values["birth_date"],
            resources=list(values["resources"]),
            starts_on=self._new_start(),
            email=values.get("email"),
            library=values.get("library"),
        )

    def clean(self) -> dict[str, Any]:
        """Ask for what the move needs; a start date alone changes nothing unless the subscription is valid."""
        values = super().clean() or {}
        move = self.asked_move
        if move in _ASK_REASON and not values.get("reason"):
            self.add_error("reason", _("Choisissez la raison."))
        idle = not move and self.subscription.current_status != Status.ACTIVE
        if idle and "starts_on" in self.changed_data and values.get("starts_on"):
            self.add_error("starts_on", _("Cette date ne compte que si le « Statut abonné » passe à « Validé »."))
        return {"message": "", "reason": ""} | values

    def _new_resources(self) -> bool:
        return {resource.pk for resource in self.cleaned_data["resources"]} != self.held

    def _new_start(self) -> Any:
        """Return the new start date of a subscription that is valid and stays so."""
        stays = self.subscription.current_status == Status.ACTIVE and not self.asked_move
        asked = self.cleaned_data.get("starts_on")
        return asked if stays and asked and asked != self.subscription.starts_on else None


class EndForm(SeenForm):
    """Why a subscription is ended, and what its reader is told."""

    reason = forms.ChoiceField(label=gettext_lazy("Raison de l'arrêt"), choices=END_REASONS, initial=RefusalReason.LEFT)
    message = MessageField(help_text=gettext_lazy("Envoi par mail : ce texte part tel que vous le laissez."))


def _key(box: BoundWidget) -> int:
    return int(str(box.data["value"]))


def _choosable(held: set[int]) -> Any:
    """Return the resources that may be ticked: the open ones, and those that the subscriber has."""
    return (DigitalResource.objects.filter(is_open=True) | DigitalResource.objects.filter(pk__in=held)).order_by("name")


def _joinable(subscription: Subscription) -> Any:
    """Return the libraries that the staff may move a subscriber to: the open ones, and their own."""
    return (open_libraries() | Library.objects.filter(pk=subscription.library_id)).order_by("name")
