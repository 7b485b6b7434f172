"""What the list of subscribers can be narrowed to; all of it stands in the address."""

from typing import Any, cast

import django_filters as filters
from django import forms
from django.utils.translation import gettext_lazy as _

from navette.subscriptions.models import Subscription
from navette.subscriptions.queries import SubscriptionQuerySet
from navette.web.pro.list_words import PLAIN, USUAL, ListWords

LONGEST_SEARCH = 100


class SubscriberFilter(filters.FilterSet):
    """The list's form. A value that can't be is told beside its field, and then nothing is listed or exported."""

    q = filters.CharFilter(label=_("Nom ou mail contenant"), method="match", max_length=LONGEST_SEARCH)
    statut = filters.ChoiceFilter(label=_("Statut"), choices=PLAIN, method="have_status")
    bibliotheque = filters.ModelChoiceFilter(label=_("Bibliothèque"), empty_label=_("- Toutes -"))
    attente = filters.ChoiceFilter(choices=[("1", "1")], method="wait", widget=forms.HiddenInput)

    class Meta:
        model = Subscription
        fields: list[str] = []

    def __init__(self, *args: Any, libraries: Any, words: ListWords = USUAL, **kwargs: Any) -> None:
        """Take the libraries (a queryset) that the person may choose from; None where there is but one."""
        super().__init__(*args, **kwargs)
        self.filters["q"].label = words.search
        self.filters["statut"].extra |= {"choices": words.statuses, "empty_label": words.any_status}
        if libraries is None:
            del self.filters["bibliotheque"]
        else:
            chooser = self.filters["bibliotheque"]
            chooser.field_name = "library"
            chooser.queryset = chooser.extra["queryset"] = libraries
            chooser.extra["widget"] = forms.Select(attrs={"data-typeahead": True})
        self.filters["q"].extra["widget"] = forms.TextInput(attrs={"type": "search", "autocomplete": "off"})

    def match(self, found: SubscriptionQuerySet, name: str, value: str) -> SubscriptionQuerySet:
        """Keep those whose name or mail holds the words typed."""
        return found.matching(value)

    def have_status(self, found: SubscriptionQuerySet, name: str, value: str) -> SubscriptionQuerySet:
        """Keep those that have the status today."""
        return found.with_status(value)

    def wait(self, found: SubscriptionQuerySet, name: str, value: str) -> SubscriptionQuerySet:
        """Keep those about which there is something to decide."""
        return found.waiting()

    @property
    def narrows(self) -> bool:
        """Say whether anything was asked for."""
        return any(self.data.get(name) for name in self.filters)

    @property
    def errors(self) -> Any:
        """Return the form's errors by field; where nothing was asked for there are none, and no form to ask."""
        return super().errors if self.narrows else {}

    @property
    def found(self) -> SubscriptionQuerySet:
        """Return what the form selects, or nothing where it has an error; all where nothing was asked for."""
        if not self.narrows:
            return cast("SubscriptionQuerySet", self.queryset)
        if not self.is_valid():
            return cast("SubscriptionQuerySet", self.queryset.none())
        return cast("SubscriptionQuerySet", self.qs)
