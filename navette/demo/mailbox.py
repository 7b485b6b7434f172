"""The mails that the demo has sent, read in the browser from the files that the worker writes."""

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.eml")
PER_PAGE = 40
HEADERS = {"From": _("De"), "To": _("À"), "Subject": _("Objet"), "Date": _("Date"), "Message-ID": _("Identifiant")}


@dataclass(frozen=True)
class Received:
    """One mail of the folder, parsed."""

    name: str
    message: EmailMessage

    @property
    def headers(self) -> list[tuple[str | Promise, str]]:
        """Return the headers worth reading, in order, with what they are called."""
        return [(label, str(self.message[name])) for name, label in HEADERS.items() if self.message[name]]

    @property
    def to(self) -> str:
        """Return to whom it went."""
        return str(self.message["To"] or "")

    @property
    def subject(self) -> str:
        """Return the subject."""
        return str(self.message["Subject"] or "")

    @property
    def sent_at(self) -> Any:
        """Return when it was sent, aware; None where its date can't be read."""
        try:
            return parsedate_to_datetime(str(self.message["Date"]))
        except ValueError:
            return None

    def part(self, kind: str) -> str:
        """Return the body of that kind ("plain" or "html"); an empty text where there is none."""
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body else ""


def _folder() -> Path:
    return Path(settings.MAILS_FOLDER)


def _names() -> list[str]:
    """Return the names of the mails, newest first: the names begin with the time."""
    if not _folder().is_dir():
        return []
    return sorted((path.name for path in _folder().iterdir() if NAME.fullmatch(path.name)), reverse=True)


def _read(name: str) -> Received:
    """Return the mail `name`; Http404 for whatever is not a plain file of the folder with a mail's name."""
    path = _folder() / name
    if not NAME.fullmatch(name) or path.is_symlink() or not path.is_file():
        raise Http404
    return Received(name, email.message_from_bytes(path.read_bytes(), policy=modern))


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List the mails, newest first."""
    page = Paginator(_names(), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "mails": [_read(name) for name in page], "folder": _folder()}
    return render(request, "demo/mails.html", context)


@never_cache
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # it hands the name on
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail: its headers, its text, and its HTML in a frame that can run nothing."""
    received = _read(name)
    context = {"mail": received, "text": received.part("plain"), "has_html": bool(received.part("html"))}
    return render(request, "demo/mail.html", context)


@never_cache
@require_safe
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]  # it hands the name on
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
    }
)
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with a mail's HTML as it came, for the frame; its links open in a new tab."""
    html = _read(name).part("html")
    if not html:
        raise Http404
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
