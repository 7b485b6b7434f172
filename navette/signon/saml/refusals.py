"""Why a SAML message is not answered at the vendor's: its address, or the message itself, can't be trusted."""

from navette.signon.models import VendorAccess


class SamlRefused(Exception):
    """A message is refused; `reason` is a code of `events.REASONS`, `detail` technical, `access` the vendor known."""

    def __init__(self, reason: str, detail: str = "", access: VendorAccess | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.access = access
