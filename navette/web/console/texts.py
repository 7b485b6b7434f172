"""« Textes des mails »: what each kind of mail says, its variables, a preview, a try sent to oneself."""

from typing import Any

from csp.constants import NONE, UNSAFE_INLINE
from csp.decorators import csp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from navette.core.errors import NotAllowed
from navette.mail.actions import LONGEST_TEXT, reset_text, save_text, send_try, text_fingerprint
from navette.mail.errors import TextOvertaken
from navette.mail.kinds import KINDS, MailKind, fill
from navette.mail.letters import Letterhead
from navette.mail.models import MailText, OutgoingMail
from navette.mail.outbox import SUBJECT_LENGTH, Letter, text_in_force
from navette.portal.queries import current_portal
from navette.web.components.refusals import refusals_on
from navette.web.components.seen import OverSeenForm
from navette.web.console.access import staff_with, user_of
from navette.web.console.mail_examples import example_of

LETTER_CSP = {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [NONE]}


class TextForm(OverSeenForm):
    subject = forms.CharField(label=gettext_lazy("Objet"), max_length=SUBJECT_LENGTH)
    body = forms.CharField(
        label=gettext_lazy("Message"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 14})
    )


@require_safe
@staff_with("mail.edit_texts")
def texts(request: HttpRequest) -> HttpResponse:
    """List every kind of mail with its subject in force."""
    changed = {row.kind: row for row in MailText.objects.all()}
    rows = [
        {"kind": kind, "subject": changed[kind.name].subject if kind.name in changed else kind.subject}
        | {"is_changed": kind.name in changed}
        for kind in sorted(KINDS.values(), key=lambda kind: str(kind.title))
    ]
    return render(request, "console/texts.html", {"rows": rows})


def _fetch(kind: str) -> MailKind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


@require_http_methods(["GET", "HEAD", "POST"])
@staff_with("mail.edit_texts")
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """Show a kind's text with its preview; save it, preview another, try it, or go back to the default one."""
    found = _fetch(kind)
    if request.method != "POST":
        initial = vars(text_in_force(kind)) | {"seen": text_fingerprint(found)}
        return _page(request, found, TextForm(initial=initial))
    if request.POST.get("suite") in {"reset", "try"}:
        return _without_text(request, found)
    form = TextForm(request.POST)
    if form.is_valid() and request.POST.get("suite") == "save" and _saved(request, found, form):
        return redirect("console:text", kind=kind)
    return _page(request, found, form)


def _saved(request: HttpRequest, kind: MailKind, form: TextForm) -> bool:
    with refusals_on(form):
        try:
            save_text(kind, acting_user=user_of(request), **form.cleaned_data)
        except TextOvertaken as refusal:
            form.bring_up_to_date(refusal.now)
            raise
        messages.success(request, _("Le texte est enregistré : les prochains mails le porteront."))
        return True
    return False


def _without_text(request: HttpRequest, kind: MailKind) -> HttpResponse:
    user = user_of(request)
    try:
        if request.POST["suite"] == "reset":
            reset_text(kind, acting_user=user, seen=request.POST.get("seen", ""))
            messages.success(request, _("Le texte d’origine est rétabli."))
        elif not user.email:
            raise BadRequest
        else:
            send_try(kind, acting_user=user, letter=_letter(kind, user.email))
            messages.success(request, _("Un essai part à %(address)s.") % {"address": user.email})
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except TextOvertaken:
        messages.warning(request, _("Ce texte a changé entre-temps : le voici. Il n’a pas été remplacé."))
    return redirect("console:text", kind=kind.name)


def examples(kind: MailKind) -> dict[str, str]:
    """Return a made-up value for each variable of `kind`."""
    portal = current_portal()
    return {name: example_of(name, portal) for name in kind.variables}


def _letter(kind: MailKind, to: str) -> Letter:
    address = f"{settings.SITE_URL}/" if kind.button else ""
    return Letter(kind.name, to, examples(kind), button_url=address, signed_by=current_portal().name)


def _page(request: HttpRequest, kind: MailKind, form: TextForm) -> HttpResponse:
    values = examples(kind)
    shown = {name: str(form[name].value() or "") for name in ("subject", "body")}
    context = {
        "kind": kind,
        "form": form,
        "variables": values,
        "subject": fill(shown["subject"], values),
        "body": fill(shown["body"], values),
        "is_changed": MailText.objects.filter(kind=kind.name).exists(),
        "own_address": user_of(request).email,
    }
    return render(request, "console/text.html", context, status=400 if form.errors else 200)


@csp(LETTER_CSP)
@require_safe
@staff_with("mail.edit_texts")
def text_letter(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the letter as a mail program does, with made-up values, on a page of its own that runs nothing."""
    found = _fetch(kind)
    in_force, values = text_in_force(kind), examples(found)
    mail = OutgoingMail(
        kind=kind,
        to_email="exemple@example.org",
        subject=fill(in_force.subject, values),
        body=fill(in_force.body, values),
        button_label=str(found.button),
        button_url=f"{settings.SITE_URL}/" if found.button else "",
        signed_by=current_portal().name,
    )
    html: Any = Letterhead(current_portal).message(mail).alternatives[0][0]
    return HttpResponse(html)
