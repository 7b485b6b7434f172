"""A counting SMTP server on loopback, told what to answer and when to break off."""

import email
import email.policy
import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

# What a rule returns: a reply to send, DROP to cut the connection, None for the usual answer.
DROP = "drop"
Rule = Callable[[str, str], str | None]


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails, and keeps them in the order of their arrival.

    `rule(stage, recipient)` may answer otherwise at the stages connect, mail, rcpt, data (before the text) and text
    (after it). A mail counts as arrived once its text was there, whatever was answered. After a refusal the command
    DATA is refused too, unless it `goes_on_regardless` as some servers do.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self,
        port: int = 0,
        *,
        rule: Rule | None = None,
        tls: ssl.SSLContext | None = None,
        extensions: Sequence[str] = (),
        goes_on_regardless: bool = False,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.rule: Rule = rule or (lambda stage, recipient: None)
        self.tls = tls
        self.extensions = extensions
        self.goes_on_regardless = goes_on_regardless
        self.connections = 0
        self.arrived: list[EmailMessage] = []
        self.on_arrival: Callable[[int], None] = lambda count: None

    def get_request(self) -> Any:
        """Take a connection, over TLS where the server speaks it from the first byte."""
        request, address = super().get_request()
        return (self.tls.wrap_socket(request, server_side=True) if self.tls else request), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that was killed is what these tests are about."""

    @property
    def port(self) -> int:
        """Return the port it listens on."""
        return int(self.server_address[1])

    def recipients(self) -> Counter[str]:
        """Return how often a mail to each address arrived."""
        return Counter(str(message["To"]) for message in self.arrived)

    def message_ids(self) -> Counter[str]:
        """Return how often each Message-ID arrived."""
        return Counter(str(message["Message-ID"]) for message in self.arrived)


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        recipient, self.refused = "", False
        if not self._answer("connect", recipient, "220 test"):
            return
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split()[0].upper()
            if verb == "QUIT":
                return
            if verb == "RCPT":
                recipient = line.partition("<")[2].rstrip(">")
            if not self._obey(verb, recipient):
                return

    def _obey(self, verb: str, recipient: str) -> bool:
        if verb == "DATA":
            return self._data(recipient)
        if verb == "MAIL":
            self.refused = False
        if verb == "EHLO":
            lines = ["test", *self.server.extensions]
            usual = "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)
            return self._answer("ehlo", recipient, usual)
        if verb in ("MAIL", "RCPT") and (self.server.rule(verb.lower(), recipient) or "")[:1] in ("4", "5"):
            self.refused = True
        return self._answer(verb.lower(), recipient, "250 ok")

    def _data(self, recipient: str) -> bool:
        if self.refused and not self.server.goes_on_regardless:
            return self._answer("nobody", recipient, "554 no valid recipients")
        if self.server.rule("data", recipient):
            return self._answer("data", recipient, "")
        self._answer("data", recipient, "354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        if not line:
            return False
        if self.refused:
            assert not lines, "a text was given although the mail was refused"
            return self._answer("nobody", recipient, "554 no valid recipients")
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.arrived.append(message)
        self.server.on_arrival(len(self.server.arrived))
        return self._answer("text", recipient, "250 taken")

    def _answer(self, stage: str, recipient: str, usual: str) -> bool:
        answer = self.server.rule(stage, recipient) or usual
        if answer == DROP:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return not answer.startswith("421")


@contextmanager
def mail_server(port: int = 0, **options: Any) -> Iterator[MailServer]:
    """Run a mail server until the end of the block; `options` are those of MailServer."""
    with MailServer(port, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def refuse_at(stage: str, answer: str, *, only: str = "") -> Rule:
    """Return the rule that gives `answer` at `stage`, to the mails of the recipient `only` if it is given."""
    return lambda at, recipient: answer if at == stage and (not only or recipient == only) else None
