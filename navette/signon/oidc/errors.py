"""What a request of a vendor by OpenID Connect can come to, other than a code."""

from django.utils.translation import gettext as _

from navette.core.errors import Refusal
from navette.signon.models import VendorAccess


class NowhereToGo(Refusal):
    """A request that names no vendor, or an address that the vendor has not registered: nobody is sent there."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            _(
                "Le site d’où vous venez a fait une demande que le portail ne reconnaît pas : il n’y est pas "
                "enregistré, ou pas avec cette adresse. Votre abonnement n’est pas en cause."
            )
        )


class TurnedBack(Exception):
    """A request that the portal answers by an error, at the registered `address` of the vendor of `access`."""

    def __init__(self, error: str, access: VendorAccess, address: str) -> None:
        super().__init__(error)
        self.error = error
        self.access = access
        self.address = address
