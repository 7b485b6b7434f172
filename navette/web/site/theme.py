"""The address of the accent colour's style sheet: made of the colour and of what draws it, so it is cached for ever."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from navette.portal import colour
from navette.web.components.theme import sheet, theme_name

YEAR = 365 * 24 * 60 * 60
HEX = 6


@require_safe
def theme(request: HttpRequest, name: str) -> HttpResponse:
    """Send the style sheet of a readable colour; 404 for any other."""
    accent = f"#{name[:HEX]}"
    if not _is_colour(name[:HEX]) or not colour.is_readable(accent) or name != theme_name(accent):
        raise Http404
    answer = HttpResponse(sheet(accent), content_type="text/css; charset=utf-8")
    patch_cache_control(answer, public=True, max_age=YEAR, immutable=True)
    return answer


def _is_colour(text: str) -> bool:
    return len(text) == HEX and all(char in "0123456789abcdef" for char in text)
