"""How a mail leaves: over SMTP, told apart when it fails, or into a folder (the demo)."""

import itertools
import os
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from contextlib import suppress
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
CLOSING, DONE, FORWARDED, GO_ON = 421, 250, 251, 354
_LINE_DOT = re.compile(rb"(?m)^\.")
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
        self.text_asked_for = self.text_asked_for or code == GO_ON
        return code, answer

    def deliver(self, sender: str, recipient: str, data: bytes) -> None:
        """Send one mail, its lines ended by CRLF; with one wait less a command where the server takes them together.

        Raises what smtplib's `sendmail` raises.
        """
        self.ehlo_or_helo_if_needed()
        self.text_asked_for = False
        if self.has_extn("pipelining") and sender.isascii() and recipient.isascii():
            self._deliver_together(sender, recipient, data)
        else:
            self.sendmail(sender, [recipient], data)

    def _deliver_together(self, sender: str, recipient: str, data: bytes) -> None:
        """Send the envelope in one go (RFC 2920), and the text once all of it has been accepted."""
        if "\r" in sender + recipient or "\n" in sender + recipient:
            raise ValueError("an address would break out of its line")
        size = f" size={len(data)}" if self.has_extn("size") else ""
        self.send(f"MAIL FROM:<{sender}>{size}\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode("ascii"))
        answers = [self.getreply() for _command in range(3)]
        refusal = _refusal_in(answers, sender, recipient)
        if refusal is None:
            end = b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
            self.send(_LINE_DOT.sub(b"..", data) + end)
            answer = self.getreply()
            refusal = None if answer[0] == DONE else smtplib.SMTPDataError(*answer)
        elif answers[2][0] == GO_ON:
            self.text_asked_for = False
            self.send(b".\r\n")  # no text for nobody: what a server that goes on regardless waits for
            self.getreply()
        if refusal:
            self._begin_again(answers)
            raise refusal

    def _begin_again(self, answers: list[tuple[int, bytes]]) -> None:
        """Have the server forget the mail refused; one that said goodbye has gone."""
        if any(code == CLOSING for code, _text in answers):
            self.close()
            return
        with suppress(smtplib.SMTPServerDisconnected):
            self.rset()


def _refusal_in(answers: list[tuple[int, bytes]], sender: str, recipient: str) -> smtplib.SMTPException | None:
    mail, rcpt, data = answers
    if mail[0] != DONE:
        return smtplib.SMTPSenderRefused(*mail, sender)
    if rcpt[0] not in (DONE, FORWARDED):
        return smtplib.SMTPRecipientsRefused({recipient: rcpt})
    return None if data[0] == GO_ON else smtplib.SMTPDataError(*data)


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
            data = email_message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
            for recipient in email_message.recipients():
                connection.deliver(bare_address(email_message.from_email), bare_address(recipient), data)
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
