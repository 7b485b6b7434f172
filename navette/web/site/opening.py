"""Opening a resource from the portal (R4): straight to the vendor, or a page that says why not and what to do."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from navette.resources.models import DigitalResource
from navette.signon import errors
from navette.signon.opening import open_resource
from navette.signon.sessions import mark_of
from navette.web.leaving import leave, reader_at_door, stopped

PAGE = "vers"


@never_cache
@require_GET
def open_vendor(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead the reader to the vendor of the resource `slug`; whoever is not logged in logs in first and comes back.

    A vendor's page that sent them here may say in `vers` which of its pages they were going to.
    """
    resource = get_object_or_404(DigitalResource, slug=slug)
    try:
        reader = reader_at_door(request)
        if isinstance(reader, HttpResponse):
            return reader
        mark = mark_of(request.session.session_key)
        departure = open_resource(reader.user, resource, session=mark, return_to=request.GET.get(PAGE, ""))
    except errors.Stopped as reason:
        return stopped(request, resource, reason)
    return leave(request, departure, resource)
