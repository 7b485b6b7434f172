"""What a mail looks like: the queued row as a message in text and HTML.

A nightly run may queue thousands, so what is the same in all letters of a library is drawn by the templates once, and
the message is written straight to bytes: Django's way through the `email` package took longer than all the rest.
"""

import binascii
import re
from collections.abc import Callable
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import sanitize_address
from django.forms import model_to_dict
from django.template.loader import render_to_string
from django.utils.html import escape

from navette.core.french import french_spaces
from navette.mail.models import OutgoingMail
from navette.mail.transport import KIND_HEADER, bare_address
from navette.portal.models import Portal

# Where a letter's own words go in the frame that the templates draw: characters that no text holds.
BODY, SUBJECT, BUTTON, URL = "\ue000", "\ue001", "\ue002", "\ue003"
_MARKS = re.compile(f"([{BODY}-{URL}])")
_PARAGRAPHS = re.compile(r"\n[^\S\n]*\n\s*")
Frame = tuple[list[str], list[str]]


class Written:
    """A message already in its bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:  # noqa: FBT001, FBT002 - Django's
        """Return the message, its lines ended by `linesep`."""
        return self._data if linesep == "\r\n" else self._data.replace(b"\r\n", linesep.encode())


class LetterMessage(EmailMultiAlternatives):
    """A letter as any of Django's mail backends takes it."""

    def message(self) -> Written:  # type: ignore[override]
        """Return the message's bytes; ValueError where a header would break out of its line."""
        headers = self.extra_headers | {
            "From": self.from_email,
            "To": bare_address(self.to[0]),
            "Subject": _header(self.subject),
        }
        lines = [f"{name}: {value}" for name, value in headers.items()]
        if any("\n" in line.replace("\r\n ", "") or "\r" in line.replace("\r\n ", "") for line in lines):
            raise ValueError("a header would break out of its line")
        html = str(self.alternatives[0][0])
        boundary = f"=_{binascii.crc32(html.encode()):08x}_{len(html)}"  # "=_" stands in no quoted-printable text
        lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
        head = "\r\n".join(lines).encode("ascii")
        parts = b"".join(_part(boundary, *part) for part in (("plain", str(self.body)), ("html", html)))
        return Written(head + parts + f"\r\n--{boundary}--\r\n".encode())


class Letterhead:
    """Makes messages on the portal's paper; each library's frame is drawn once.

    `portal` gives the portal's settings; `refresh` looks whether they have changed.
    """

    def __init__(self, portal: Callable[[], Portal]) -> None:
        self._portal = portal
        self._settings: dict[str, Any] = {}
        self._frames: dict[tuple[str, bool], Frame] = {}
        self.sender = ""

    def refresh(self) -> None:
        """Read the portal's settings; where they have changed, draw afresh."""
        portal = self._portal()
        seen = model_to_dict(portal)
        if seen != self._settings:
            self._settings, self._frames, self.sender = seen, {}, sender_of(portal)

    def message(self, mail: OutgoingMail) -> LetterMessage:
        """Return the message to send."""
        if not self._settings:
            self.refresh()
        key = (mail.signed_by, bool(mail.button_url))
        if key not in self._frames:
            self._frames[key] = self._draw(*key)
        text, html = self._frames[key]
        words = {BODY: mail.body, SUBJECT: mail.subject, BUTTON: mail.button_label, URL: mail.button_url}
        safe = {mark: escape(word) for mark, word in words.items()} | {BODY: paragraphs(mail.body)}
        headers = {
            "Message-ID": mail.message_id,
            "Date": formatdate(localtime=True),
            "Auto-Submitted": "auto-generated",
            KIND_HEADER: mail.kind,
        }
        message = LetterMessage(mail.subject, _fill(text, words), self.sender, [mail.to_email], headers=headers)
        message.attach_alternative(_fill(html, safe), "text/html")
        return message

    def _draw(self, signed_by: str, has_button: bool) -> Frame:  # noqa: FBT001 - from the key
        context: dict[str, Any] = {
            "portal": self._settings,
            "signed_by": signed_by if signed_by != self._settings["name"] else "",
            "site_url": settings.SITE_URL,
            "has_button": has_button,
            "body": BODY,
            "subject": SUBJECT,
            "button": BUTTON,
            "url": URL,
        }
        text, html = (render_to_string(f"mail/letter.{ending}", context) for ending in ("txt", "html"))
        return _MARKS.split(text), _MARKS.split(html)


def sender_of(portal: Portal) -> str:
    """Return the From header: our address, under the portal's name unless the setting gives one."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return sanitize_address((name or portal.name, address), "utf-8")


def paragraphs(text: str) -> str:
    """Return plain `text` as HTML: blank lines part paragraphs, and the portal's own addresses become links.

    Others stay plain: what a stranger typed as a name must not turn our mail into their link.
    """
    html = _own_addresses(settings.SITE_URL).sub(r'<a href="\g<0>">\g<0></a>', escape(text.strip()))
    blocks = (block.replace("\n", "<br>\n") for block in _PARAGRAPHS.split(html))
    return french_spaces("\n".join(f"<p>{block}</p>" for block in blocks))


@lru_cache(maxsize=8)
def _own_addresses(site_url: str) -> re.Pattern[str]:
    path, no_other_host = r"/(?:[^\s<]*[^\s<.,;:!?)])?", r"(?!\.?[\w@:-])"
    return re.compile(f"{re.escape(escape(site_url))}(?:{path}|{no_other_host})")


def _fill(frame: list[str], words: dict[str, str]) -> str:
    return "".join(words.get(piece, piece) for piece in frame)


@lru_cache(maxsize=512)
def _header(text: str) -> str:
    text = " ".join(text.split())
    charset = "us-ascii" if text.isascii() else "utf-8"
    return Header(text, charset, header_name="Subject").encode(linesep="\r\n")


def _part(boundary: str, kind: str, text: str) -> bytes:
    head = f'\r\n--{boundary}\r\nContent-Type: text/{kind}; charset="utf-8"\r\n'
    lines = "\r\n".join(text.splitlines()).encode()
    return head.encode() + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + binascii.b2a_qp(lines)
