"""Refusals: what a person asked for and may not have, with the French sentence that tells them why."""


class Refusal(Exception):
    """Something the rules do not allow. `message` is shown to the person as it is."""

    status = 409

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = str(message)


class NotAllowed(Refusal):
    """The person may see the thing but not do this to it."""

    status = 403


class Invalid(Refusal):
    """A value given is not acceptable; `field` names the form field to mark, if one is to blame."""

    status = 400

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
