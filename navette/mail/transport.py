"""How a mail leaves: over SMTP, told apart when it fails, or into a folder (the demo)."""

import itertools
import os
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.text import slugify

from navette.core import clock

KIND_HEADER = "X-Navette-Kind"
IDLE_BEFORE_CHECK = 10.0  # seconds: a connection unused for longer is asked whether it still stands
SIZE_REFUSED = 552
CLOSING = 421
_PLAIN_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9.-]+", re.ASCII)


class Outcome(Enum):
    """What is known of a mail that did not simply go."""

    LATER = "later"  # surely not delivered: the server said "not now"
    REFUSED = "refused"  # surely not delivered, and never will be
    AWAY = "away"  # surely not delivered: the server is away, or will not have us
    UNCERTAIN = "uncertain"  # its text had been given, and no definite answer came


@dataclass
class NotSent(Exception):
    """A mail did not go, or perhaps did: see `outcome`. `reason` is the server's answer, or what broke."""

    outcome: Outcome
    reason: str


class _Watching(smtplib.SMTP):
    """Notes when the server has asked for a mail's text: a failure from there on leaves the mail uncertain."""

    text_asked_for = False

    def getreply(self) -> tuple[int, bytes]:
        """Return the server's answer; 354 is only ever the one that asks for the text."""
        code, answer = super().getreply()
        self.text_asked_for = self.text_asked_for or code == 354
        return code, answer

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Begin another mail."""
        self.text_asked_for = False
        return super().mail(sender, options)


class _WatchingSSL(_Watching, smtplib.SMTP_SSL):
    """The same, over TLS from the first byte."""


class SMTPBackend(EmailBackend):
    """Django's SMTP backend, on a connection that is kept, raising `NotSent` where a mail does not go."""

    connection: _Watching | None
    _partial_connection: _Watching | None
    _used_at = 0.0

    @property
    def connection_class(self) -> type[_Watching]:
        """Return the watching connection, over TLS from the first byte where EMAIL_USE_SSL asks for it."""
        return _WatchingSSL if self.use_ssl else _Watching

    def is_fresh(self) -> bool:
        """Say whether the connection was used a moment ago, so that `ready` would not wait."""
        standing = self.connection is not None and self.connection.sock is not None
        return standing and time.monotonic() - self._used_at < IDLE_BEFORE_CHECK

    def ready(self) -> None:
        """Have a standing connection, or raise `NotSent` (AWAY). To be called before a mail is claimed."""
        if self.is_fresh() or self._answers():
            return
        self.drop()
        try:
            self.open()
        except OSError as error:
            self.drop()
            raise NotSent(Outcome.AWAY, reason_of(error)) from error
        self._used_at = time.monotonic()

    def drop(self) -> None:
        """Let the connection go without a word: it is broken, or nobody answers."""
        for connection in (self.connection, self._partial_connection):
            if connection is not None:
                connection.close()
        self.connection = self._partial_connection = None

    def close(self) -> None:
        """Say goodbye to the server; one that is gone already is no fault."""
        try:
            super().close()
        except OSError:
            self.drop()

    def _answers(self) -> bool:
        if self.connection is None or self.connection.sock is None:
            return False
        try:
            alive = self.connection.noop()[0] == 250
        except OSError:
            return False
        self._used_at = time.monotonic()
        return alive

    def _send(self, email_message: EmailMessage) -> bool:
        connection = self.connection
        if connection is None:
            raise NotSent(Outcome.AWAY, "not connected")
        try:
            recipients = [bare_address(address) for address in email_message.recipients()]
            data = email_message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            connection.sendmail(bare_address(email_message.from_email), recipients, data)
        except OSError as error:
            raise self._failed(outcome_of(error, text_begun=connection.text_asked_for), reason_of(error)) from error
        except ValueError as error:  # an address or a header that no mail may carry
            self.drop()
            raise NotSent(Outcome.REFUSED, str(error)) from error
        self._used_at = time.monotonic()
        return True

    def _failed(self, outcome: Outcome, reason: str) -> NotSent:
        if outcome in (Outcome.AWAY, Outcome.UNCERTAIN):
            self.drop()
        return NotSent(outcome, reason)


@lru_cache(maxsize=1024)
def bare_address(address: str) -> str:
    """Return the address alone, fit for the wire; ValueError where it can't be one."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    bare = parseaddr(sanitize_address(address, "utf-8"))[1]
    if "@" not in bare:
        raise ValueError("not a mail address")
    return bare


def outcome_of(error: OSError, *, text_begun: bool) -> Outcome:
    """Return what `error` says of the mail; `text_begun` where the server had asked for its text."""
    no_answer = Outcome.UNCERTAIN if text_begun else Outcome.AWAY
    match error:
        case smtplib.SMTPRecipientsRefused():
            return _by_code(_first_refusal(error)[0], no_answer)
        case smtplib.SMTPSenderRefused(smtp_code=code) if code >= 500 and code != SIZE_REFUSED:
            return Outcome.AWAY  # our own address is refused: a setting to mend, no fault of this mail
        case smtplib.SMTPSenderRefused(smtp_code=code) | smtplib.SMTPDataError(smtp_code=code):
            return _by_code(code, no_answer)
        case smtplib.SMTPNotSupportedError():
            return Outcome.REFUSED  # the address needs what this server can't do (SMTPUTF8)
    return no_answer


def _by_code(code: int, no_answer: Outcome) -> Outcome:
    if code == CLOSING:
        return Outcome.AWAY
    if not 400 <= code < 600:
        return no_answer  # what can't be understood is no answer
    return Outcome.REFUSED if code >= 500 else Outcome.LATER


def _first_refusal(error: smtplib.SMTPRecipientsRefused) -> tuple[int, bytes]:
    return next(iter(error.recipients.values()))


def reason_of(error: OSError) -> str:
    """Return in one line what the server answered, or what broke."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answer(*_first_refusal(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "timed out"
    if isinstance(error, ssl.SSLError | socket.gaierror | ConnectionError):
        return f"{type(error).__name__}: {error.strerror or error}"
    return f"{type(error).__name__}: {error}"


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(f"{code} {words}".split())


class FolderBackend(BaseEmailBackend):
    """Writes each mail to the folder MAILS_FOLDER as a file that any mail reader opens."""

    _numbers = itertools.count(1)

    def __init__(self, folder: Path | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.folder = folder or Path(settings.MAILS_FOLDER)

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails, each whole or not at all, and return how many."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            self._write(message)
        return len(email_messages)

    def _write(self, message: EmailMessage) -> None:
        label = slugify(message.extra_headers.get(KIND_HEADER, "") or message.subject)[:60] or "mail"
        stamp = f"{clock.now():%Y%m%dT%H%M%S}"
        draft = self.folder / f".{stamp}-{os.getpid()}-{next(self._numbers)}.tmp"
        draft.write_bytes(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
        self._publish(draft, stamp, label)
        draft.unlink()

    def _publish(self, draft: Path, stamp: str, label: str) -> None:
        """Give the file its name, the first free one: another process may be writing in the same second."""
        for number in itertools.count(1):
            try:
                (self.folder / f"{stamp}-{number:03}-{label}.eml").hardlink_to(draft)
            except FileExistsError:
                continue
            return
