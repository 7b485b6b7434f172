"""« Réglages »: the portal's settings, saved after a preview of what the change does to the people of today (D1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from navette.core.errors import Invalid
from navette.portal.actions import changes, fingerprint, save_settings
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES
from navette.portal.queries import current_portal
from navette.web.components.refusals import refusals_told, show_refusal
from navette.web.console.access import staff_with, user_of
from navette.web.console.settings_effects import effects
from navette.web.console.settings_form import SettingsForm, label_of, proposed, shown


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("portal.manage")
def settings(request: HttpRequest) -> HttpResponse:
    """Show the settings, or a profile's as a proposal; preview what was sent; apply what was previewed."""
    if request.method != "POST":
        profile = request.GET.get("profil", "")
        return _form_page(request, profile if profile in PROFILES else "")
    form = SettingsForm(request.POST, instance=current_portal())
    if not form.is_valid():
        return _page(request, form)
    before = current_portal()  # the form has written its values into its own
    changed = changes(before, form.values())
    if not changed:
        messages.info(request, _("Aucun réglage n’a changé."))
        return redirect("console:settings")
    if request.POST.get("suite") == "apply":
        return _apply(request, form)
    return _preview(request, form, before, changed)


def _form_page(request: HttpRequest, profile: str = "") -> HttpResponse:
    portal = current_portal()
    initial = {"seen": fingerprint(portal)} | (proposed(portal, profile) if profile else {})
    return _page(request, SettingsForm(instance=portal, initial=initial), profile)


def _page(request: HttpRequest, form: SettingsForm, profile: str = "") -> HttpResponse:
    context = {"form": form, "profiles": list(PROFILES), "proposed": profile}
    return render(request, "console/settings.html", context, status=400 if form.errors else 200)


def _preview(
    request: HttpRequest, form: SettingsForm, before: Portal, changed: dict[str, tuple[Any, Any]]
) -> HttpResponse:
    rows = [
        {"label": label_of(name), "before": shown(name, old), "after": shown(name, new)}
        for name, (old, new) in changed.items()
    ]
    context = {"rows": rows, "effects": effects(before, form.instance, set(changed)), "sent": _sent(request, form)}
    return render(request, "console/settings_preview.html", context)


def _sent(request: HttpRequest, form: SettingsForm) -> list[tuple[str, str]]:
    """Return what the form sent, for the button that applies it."""
    return [(name, value) for name in form.fields for value in request.POST.getlist(name)]


def _apply(request: HttpRequest, form: SettingsForm) -> HttpResponse:
    with refusals_told(request):
        try:
            save_settings(form.values(), acting_user=user_of(request), seen=form.cleaned_data["seen"])
        except Invalid as refusal:
            show_refusal(form, refusal)
            return _page(request, form)
        messages.success(request, _("Les réglages sont appliqués."))
    return redirect("console:settings")
