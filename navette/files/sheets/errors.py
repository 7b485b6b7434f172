from navette.core.errors import Invalid


class BadSheet(Invalid):
    """A file that can't be taken as it is; the message says what is wrong and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "file")
