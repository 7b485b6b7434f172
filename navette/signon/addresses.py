"""Addresses that staff register for a vendor: whole, over https, with nothing in them that could lead elsewhere."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.core.errors import Invalid

LONGEST = 500  # characters
LOOPBACK = ("127.0.0.1", "localhost")
INCOMPLETE = gettext_lazy("Cette adresse n’est pas complète : https://, le nom du site, puis le chemin.")


def checked_address(text: str, *, field: str = "url", plain_http: bool = False) -> str:
    """Return the address `text` without spaces around it; Invalid, marking `field`, says what is wrong with it.

    `plain_http` lets http pass, for a link that carries nothing. A vendor on this very machine is let pass too, where
    the portal itself is reached by http: that is a demo.
    """
    address = text.strip()
    try:
        parts = urlsplit(address)
        _check_whole(address, parts)
        _check_scheme(parts, plain_http=plain_http)
        _check_rest(address, parts)
    except ValueError as error:
        raise Invalid(str(INCOMPLETE), field) from error
    except Invalid as refusal:
        raise Invalid(refusal.message, field) from refusal
    return address


def _check_whole(address: str, parts: SplitResult) -> None:
    if not address or len(address) > LONGEST:
        raise Invalid(_("Écrivez l’adresse complète : 500 caractères au plus."))
    if "*" in address:
        raise Invalid(_("L’adresse s’écrit en entier, sans étoile."))
    if any(ord(sign) < 33 or ord(sign) == 127 or sign == "\\" for sign in address):
        raise Invalid(_("L’adresse ne contient ni espace ni barre inversée."))
    if not parts.hostname or (parts.port is not None and parts.port == 0):
        raise Invalid(str(INCOMPLETE))


def _check_scheme(parts: SplitResult, *, plain_http: bool) -> None:
    here = settings.SITE_URL.startswith("http://") and parts.hostname in LOOPBACK
    if parts.scheme == "https" or (parts.scheme == "http" and (plain_http or here)):
        return
    raise Invalid(_("L’adresse commence par https://."))


def _check_rest(address: str, parts: SplitResult) -> None:
    if "#" in address:
        raise Invalid(_("Retirez ce qui suit le signe # : le fournisseur ne le reçoit pas."))
    if "@" in parts.netloc:
        raise Invalid(_("Retirez le nom et le mot de passe qui précèdent le signe @."))
    if {".", ".."} & set(parts.path.split("/")):
        raise Invalid(_("L’adresse s’écrit sans « .. » ni « . »."))
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError as error:
        raise Invalid(str(INCOMPLETE)) from error
