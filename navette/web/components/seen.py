"""A form that carries along what its page was drawn from."""

from typing import Any

from django import forms


class OverSeenForm(forms.Form):
    """A form saved over what the person has seen; `seen` is the fingerprint of that (`core.seen`).

    One that does not come back is no fingerprint of anything, and is told as a change.
    """

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def bring_up_to_date(self, seen: str) -> None:
        """Have what was typed saved over `seen` the next time: the person has been told."""
        typed: Any = self.data
        typed = typed.copy()  # a request's own can't be changed
        typed["seen"] = seen
        self.data = typed
