"""The vendors of OpenID Connect: a client registered, its secret changed."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from navette.resources.models import DigitalResource
from navette.signon.models import AddressUse, VendorAccess
from navette.signon.oidc.registration import register_client, rotate_secret
from navette.web.console.access import user_of
from navette.web.console.signon_answers import NEW_KEY, Answer, answered, settled, tried
from navette.web.console.signon_forms import ClientForm


def register_oidc(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    """Register an OpenID Connect vendor with the addresses there are; its secret, where it gets one, is shown once."""
    access = settled(access)
    form = refused["client_form"] = ClientForm(request.POST, access=access)
    if not form.is_valid():
        return None
    addresses = {use: [row.url for row in access.addresses.filter(use=use)] for use in AddressUse}
    registered = tried(
        form,
        lambda: register_client(
            access,
            acting_user=user_of(request),
            redirect_uris=addresses[AddressUse.OIDC_REDIRECT],
            logout_uris=addresses[AddressUse.OIDC_LOGOUT],
            confidential=form.is_confidential(),
        ),
    )
    if registered is None:
        return None
    if registered.secret:
        request.session[NEW_KEY] = access.pk
    return answered(request, found, _("Le fournisseur est enregistré."))


def rotate_oidc(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    """Give an OpenID Connect vendor a new secret, shown once; the former is good no longer."""
    access = settled(access)
    form = refused["client_form"] = ClientForm({}, access=access)
    if tried(form, lambda: rotate_secret(access, acting_user=user_of(request))) is None:
        return None
    request.session[NEW_KEY] = access.pk
    return answered(request, found, _("Le secret est changé : l’ancien ne vaut plus rien."))
