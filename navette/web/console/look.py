"""« Apparence »: the accent colour, judged before it is saved, the logo and the home page's photo."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core.errors import Invalid
from navette.core.pictures import Picture, checked_photo, checked_picture
from navette.portal import colour
from navette.portal.actions import PICTURES, fingerprint, save_look
from navette.portal.queries import current_portal
from navette.web.components.refusals import refusals_told, show_refusal
from navette.web.console.access import staff_with, user_of

OURS = "#1f4fbf"
LOGO_SIDE = 400  # pixels
PICTURE = {"accept": "image/png,image/jpeg,image/webp"}


class LookForm(forms.Form):
    """The portal's colour and pictures; `seen` is the fingerprint of the settings that one looks at."""

    accent = forms.RegexField(
        regex=r"^#[0-9a-fA-F]{6}\Z",
        label=gettext_lazy("Couleur d’accent"),
        required=False,
        help_text=gettext_lazy(
            "Sous la forme #1f4fbf. Vide : le bleu de Navette. Elle remplace le bleu des pages des usagers ; "
            "l’orange reste la couleur des professionnels."
        ),
        error_messages={"invalid": gettext_lazy("Écrivez la couleur avec six chiffres ou lettres, comme #1f4fbf.")},
        widget=forms.TextInput(attrs={"class": "control-short", "placeholder": OURS, "autocomplete": "off"}),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG, JPEG ou WebP, 8 Mo au plus. Affiché sur fond blanc, en haut du menu."),
        widget=forms.FileInput(attrs=PICTURE),
    )
    drop_logo = forms.BooleanField(label=gettext_lazy("Retirer le logo actuel"), required=False)
    photo = forms.FileField(
        label=gettext_lazy("Photo d’accueil"),
        required=False,
        help_text=gettext_lazy("En largeur, sans texte : elle remplace le paysage dessiné de la page d’accueil."),
        widget=forms.FileInput(attrs=PICTURE),
    )
    drop_photo = forms.BooleanField(label=gettext_lazy("Retirer la photo actuelle"), required=False)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, files: Any = None) -> None:
        portal = current_portal()
        super().__init__(data, files, initial={"accent": portal.accent, "seen": fingerprint(portal)})
        for name in PICTURES:
            if not getattr(portal, name):
                del self.fields[f"drop_{name}"]

    def clean_accent(self) -> str:
        """Return the colour in small letters; refuse one that can't be read."""
        accent = str(self.cleaned_data["accent"]).lower()
        if accent:
            try:
                colour.check_accent(accent)
            except Invalid as refusal:
                raise forms.ValidationError(refusal.message) from refusal
        return accent

    def pictures(self) -> dict[str, Any]:
        """Return the pictures that change: the new one, or None for one taken out. Raises Invalid."""
        found: dict[str, Any] = {}
        for name in PICTURES:
            if self.cleaned_data.get(name):
                found[name] = _checked(name, self.cleaned_data[name])
            elif self.cleaned_data.get(f"drop_{name}"):
                found[name] = None
        return found


def _checked(name: str, sent: Any) -> Picture:
    if name == "photo":
        return checked_photo(sent, field=name)
    return checked_picture(sent, longest_side=LOGO_SIDE, field=name)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("portal.manage")
def look(request: HttpRequest) -> HttpResponse:
    """Show the look and change it; or show a page in the colour sent, without saving it."""
    form = LookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if request.POST.get("suite") == "preview":
            accent = form.cleaned_data["accent"]
            return redirect(f"{reverse('console:look_preview')}?{urlencode({'accent': accent})}")
        answer = _save(request, form)
        if answer:
            return answer
    return render(request, "console/look.html", {"form": form}, status=400 if form.errors else 200)


def _save(request: HttpRequest, form: LookForm) -> HttpResponse | None:
    """Save the look; None where it is refused beside a field."""
    seen, accent = form.cleaned_data["seen"], form.cleaned_data["accent"]
    with refusals_told(request):
        try:
            save_look(acting_user=user_of(request), seen=seen, accent=accent, pictures=form.pictures())
        except Invalid as refusal:
            show_refusal(form, refusal)
            return None
        messages.success(request, _("L’apparence est à jour."))
    return redirect("console:look")


@require_safe
@staff_with("portal.manage")
def look_preview(request: HttpRequest) -> HttpResponse:
    """Show a sample page in the colour that the address names, saved nowhere, and how well it reads."""
    asked = request.GET.get("accent", "")
    sample = copy(current_portal())
    sample.accent = asked if LookForm.base_fields["accent"].regex.match(asked) else ""  # type: ignore[attr-defined]
    sample.accent = sample.accent.lower() if sample.accent and colour.is_readable(sample.accent.lower()) else ""
    context = {"portal": sample, "contrasts": contrasts(sample.accent or OURS), "accent": sample.accent or OURS}
    return render(request, "console/look_preview.html", context)


def contrasts(accent: str) -> list[dict[str, Any]]:
    """Return how well the tokens drawn from `accent` read, in both schemes; 4.5 is the least that the law wants."""
    light, dark = colour.tokens(accent)["light"], colour.tokens(accent)["dark"]
    pairs = [
        (_("Texte de couleur sur le papier"), light["reader"], colour.LIGHT_GROUNDS[0]),
        (_("Texte de couleur sur un fond teinté"), light["reader"], light["reader-soft"]),
        (_("Texte blanc sur un bouton"), light["on-reader"], light["reader"]),
        (_("En mode sombre : texte de couleur sur le papier"), dark["reader"], colour.DARK_GROUNDS[0]),
        (_("En mode sombre : texte d’un bouton"), dark["on-reader"], dark["reader"]),
    ]
    return [{"label": label, "value": round(colour.contrast(one, other), 1)} for label, one, other in pairs]
