"""« Connexion à la plateforme »: the way to a vendor, its key and addresses, what the vendor is told (D1)."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from navette.core.errors import Invalid
from navette.resources.models import DigitalResource
from navette.signon.actions import forget_address, register_address, release, set_access
from navette.signon.errors import AccessOvertaken
from navette.signon.models import VendorAccess, WayName
from navette.signon.preview import preview
from navette.signon.sheets import REPLAYED, SHEETS, is_replayed, needs_key
from navette.signon.trials import Trial
from navette.web.console.access import staff_with, user_of
from navette.web.console.resources import fetch
from navette.web.console.signon_answers import NEW_KEY, Answer, Handler, answered, settled, tried
from navette.web.console.signon_clients import register_oidc, rotate_oidc
from navette.web.console.signon_forms import (
    NAME,
    AccessForm,
    AddressForm,
    ClientForm,
    MetadataForm,
    ReleaseForm,
    WayForm,
)
from navette.web.console.signon_partners import import_saml

LONGEST_KEY = 18  # digits of a row's number


@never_cache
@sensitive_post_parameters("key")
@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("resources.manage")
def resource_access(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the way to the vendor, then set what that way asks for. A key stored is shown once, when it was made."""
    found = fetch(pk)
    access = VendorAccess.objects.select_related("resource").filter(resource=found).first()
    if request.method != "POST":
        return _page(request, found, access)
    handler = HANDLERS.get(request.POST.get("suite", "settings"))
    if handler is None:
        raise BadRequest
    refused: dict[str, Any] = {}
    return handler(request, found, access, refused) or _page(request, found, access, refused)


# ---- what each form does
def _save(request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]) -> Answer:
    way = request.POST.get("way", "")
    if way not in WayName.values:
        raise BadRequest
    form = refused["form"] = AccessForm(request.POST, access=access, way=WayName(way))
    if not form.is_valid():
        return None
    saved = tried(form, lambda: set_access(found, acting_user=user_of(request), **form.settings()))
    if saved is None:
        return None
    if form.makes_key():
        request.session[NEW_KEY] = saved.pk
    return answered(request, found, _("La connexion à %(name)s est à jour.") % {"name": found.name})


def _add_address(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    access = settled(access)
    form = refused["address_form"] = AddressForm(request.POST, way=WayName(access.way))
    if not form.is_valid():
        return None
    if tried(form, lambda: register_address(access, acting_user=user_of(request), **form.cleaned_data)) is None:
        return None
    return answered(request, found, _("L’adresse est enregistrée."), "adresses")


def _remove_address(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    key = request.POST.get("cle", "")
    if not (key.isascii() and key.isdigit()) or len(key) > LONGEST_KEY:
        raise Http404
    row = settled(access).addresses.filter(pk=int(key)).first()
    if row is not None:
        forget_address(row, acting_user=user_of(request))
    return answered(request, found, _("L’adresse est retirée : aucun lecteur n’y est plus envoyé."), "adresses")


def _release(
    request: HttpRequest, found: DigitalResource, access: VendorAccess | None, refused: dict[str, Any]
) -> Answer:
    access = settled(access)
    form = refused["release_form"] = ReleaseForm(request.POST, access=access)
    if not form.is_valid():
        return None
    user = user_of(request)
    try:
        release(access, form.told(), acting_user=user, seen=form.cleaned_data["seen"])
    except Invalid as refusal:
        name = f"{NAME}-{refusal.field}"
        form.add_error(name if name in form.fields else None, refusal.message)
        return None
    except AccessOvertaken as refusal:
        form.add_error(None, refusal.message)
        form.bring_up_to_date(refusal.now)
        return None
    return answered(request, found, _("Ce qui est transmis au fournisseur est enregistré."), "transmis")


HANDLERS: dict[str, Handler] = {
    "settings": _save,
    "metadata": import_saml,
    "register_client": register_oidc,
    "rotate_secret": rotate_oidc,
    "address_add": _add_address,
    "address_remove": _remove_address,
    "release": _release,
}


# ---- the page
def _page(
    request: HttpRequest,
    found: DigitalResource,
    access: VendorAccess | None,
    refused: dict[str, Any] | None = None,
) -> HttpResponse:
    refused = refused or {}
    asked = WayForm(request.GET)
    way = _way(asked.cleaned_data["facon"] if asked.is_valid() else "", access, refused)
    if way is None or ("facon" in request.GET and not asked.is_valid() and not refused):
        return render(request, "console/signon_way.html", {"resource": found, "access": access, "ways": _ways(access)})
    is_stored = access is not None and access.way == way
    context = {
        "resource": found,
        "access": access,
        "way": way,
        "sheet": SHEETS[way],
        "is_stored": is_stored,
        "needs_key": needs_key(way),
        "may_replay": way in REPLAYED,
        "form": AccessForm(access=access, way=way),
        "made_key": _made_key(request, access),
        "replayed": bool(access and is_stored and is_replayed(access)),
    }
    if access is not None and is_stored:
        context |= _parts(access, way)
    return render(request, "console/signon_access.html", context | refused, status=400 if refused else 200)


def _way(asked: str, access: VendorAccess | None, refused: dict[str, Any]) -> WayName | None:
    if "form" in refused:
        way: WayName = refused["form"].asked_way
        return way
    if asked and not refused:
        return WayName(asked)
    return WayName(access.way) if access else None


def _parts(access: VendorAccess, way: WayName) -> dict[str, Any]:
    """Return what the page shows of a way that is set: its registered addresses and what the vendor is told."""
    return {
        "addresses": list(access.addresses.all()),
        "address_form": AddressForm(way=way) if SHEETS[way].addresses else None,
        "release_form": ReleaseForm(access=access) if SHEETS[way].names else None,
        "metadata_form": MetadataForm() if way == WayName.SAML else None,
        "client_form": ClientForm(access=access) if way == WayName.OIDC else None,
        "preview": preview(access, Trial.MAY),
    }


def _made_key(request: HttpRequest, access: VendorAccess | None) -> str:
    """Return the key that was just made, this once."""
    if access is None or request.session.pop(NEW_KEY, None) != access.pk:
        return ""
    return str(access.key)


def _ways(access: VendorAccess | None) -> list[dict[str, Any]]:
    present = access.way if access else None
    return [
        {
            "way": way,
            "sheet": sheet,
            "is_present": present == way,
            "may_replay": way in REPLAYED,
        }
        for way, sheet in SHEETS.items()
    ]
