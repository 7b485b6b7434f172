"""What every template knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from navette.portal.queries import current_portal


def portal(request: HttpRequest) -> dict[str, Any]:
    """Return the portal's settings, read at first use, and whether this is the demo."""
    return {"portal": SimpleLazyObject(current_portal), "is_demo": settings.DEMO}
