"""What the forms of « Connexion à la plateforme » share: what is refused, what is said once done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from navette.core.errors import NotAllowed, Refusal
from navette.resources.models import DigitalResource
from navette.signon.errors import AccessOvertaken
from navette.signon.models import VendorAccess
from navette.web.components.refusals import show_refusal

NEW_KEY = "vendor_key_made"  # in the session: the access whose key is shown once
Answer = HttpResponse | None  # none where the page is drawn again, with the form that was refused
# What one form does: request, resource, its settings, and where to leave the form that is refused, by its name.
Handler = Callable[[HttpRequest, DigitalResource, VendorAccess | None, dict[str, Any]], Answer]


def tried(form: Any, action: Callable[[], Any]) -> Any:
    """Return what `action` returns; None where it refuses, which the form then shows."""
    try:
        return action()
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except AccessOvertaken as refusal:
        form.add_error(None, refusal.message)
        form.bring_up_to_date(refusal.now)
    except Refusal as refusal:
        show_refusal(form, refusal)
    return None


def settled(access: VendorAccess | None) -> VendorAccess:
    """Return the settings that a form belongs to; 404 where there are none."""
    if access is None:
        raise Http404
    return access


def answered(request: HttpRequest, found: DigitalResource, message: str, part: str = "") -> HttpResponse:
    """Return the way back to the page, to its `part`, where `message` is shown."""
    messages.success(request, message)
    address = reverse("console:resource_access", kwargs={"pk": found.pk})
    return redirect(f"{address}#{part}" if part else address)
