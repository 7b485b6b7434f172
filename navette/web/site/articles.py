"""The pages of text that the département writes: for everybody, or for the libraries alone (L10)."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from navette.editorial.models import Page
from navette.editorial.queries import pages_for
from navette.web.gate import ask_to_log_in

# Addresses of their own, which printed leaflets give; `ABOVE` is the page that leads to another.
OWN_ADDRESS = {
    "ma-mediatheque-numerique": "site:digital_library",
    "boite-a-idees-numeriques": "site:idea_box",
}
ABOVE = {"boite-a-idees-numeriques": "ma-mediatheque-numerique"}


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page to whom it is for; who has not logged in is asked to, for a page of the libraries."""
    readable = {page.slug: page for page in pages_for(request.user).filter(slug__in=[slug, ABOVE.get(slug, "")])}
    if slug not in readable:
        if not request.user.is_authenticated and Page.objects.filter(slug=slug).exists():
            return ask_to_log_in(request, "site:home")
        raise Http404
    below = [key for key, above in ABOVE.items() if above == slug]
    context: dict[str, Any] = {
        "article": readable[slug],
        "above": readable.get(ABOVE.get(slug, "")),
        "below": list(pages_for(request.user).filter(slug__in=below)) if below else [],
    }
    return render(request, "site/article.html", context)


@require_safe
def by_slug(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page at the address that all have; lead on where it has one of its own."""
    return redirect(OWN_ADDRESS[slug]) if slug in OWN_ADDRESS else article(request, slug)
