"""What is known of a mail that did not simply go, by where its delivery broke."""

import datetime as dt
import email
import email.policy
import ipaddress
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.mail import EmailMultiAlternatives

from navette.core import clock
from navette.mail.transport import FolderBackend, NotSent, Outcome, SMTPBackend
from tests.mail.server import DROP, mail_server, refuse_at


def _message(to: str = "camille@example.org", subject: str = "Été") -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, "Bonjour\n.\nvoilà", "navette@example.org", [to])
    message.attach_alternative("<p>Bonjour</p>", "text/html")
    return message


def _backend(port: int, **options: Any) -> SMTPBackend:
    return SMTPBackend(host="127.0.0.1", port=port, timeout=5, **options)


# A server that wants one command at a time, one that takes them together, one that does not stop at a refusal.
TOGETHER = ("PIPELINING", "SIZE 100000")
WAYS: list[dict[str, Any]] = [{}, {"extensions": TOGETHER}, {"extensions": TOGETHER, "goes_on_regardless": True}]


@pytest.mark.parametrize(
    ("stage", "answer", "outcome"),
    [
        ("rcpt", "550 no such user", Outcome.REFUSED),
        ("rcpt", "450 greylisted", Outcome.LATER),
        ("mail", "550 you may not send here", Outcome.AWAY),
        ("mail", "451 busy", Outcome.LATER),
        ("mail", "552 too large", Outcome.REFUSED),
        ("mail", "421 closing", Outcome.AWAY),
        ("mail", DROP, Outcome.AWAY),
        ("rcpt", DROP, Outcome.AWAY),
        ("data", "554 no", Outcome.REFUSED),
        ("data", "451 later", Outcome.LATER),
        ("data", DROP, Outcome.AWAY),
        ("text", "554 spam", Outcome.REFUSED),
        ("text", "452 disk full", Outcome.LATER),
        ("text", "421 closing", Outcome.AWAY),
        ("text", DROP, Outcome.UNCERTAIN),
        ("text", "gibberish", Outcome.UNCERTAIN),
        ("text", "500 " + "x" * 9000, Outcome.UNCERTAIN),
    ],
)
@pytest.mark.parametrize("way", WAYS)
def test_sub_06_each_failure_says_what_is_known_of_the_mail(
    stage: str, answer: str, outcome: Outcome, way: dict[str, Any]
) -> None:
    """Only a failure after the text was given, without a definite answer, leaves a mail uncertain.

    And the next mail goes.
    """
    with mail_server(rule=refuse_at(stage, answer), **way) as server:
        backend = _backend(server.port)
        backend.ready()
        with pytest.raises(NotSent) as failure:
            backend.send_messages([_message()])
        before = len(server.arrived)
        server.rule = lambda stage, recipient: None
        backend.ready()
        assert backend.send_messages([_message()]) == 1
        assert len(server.arrived) == before + 1
        backend.close()
    assert failure.value.outcome is outcome
    assert failure.value.reason


@pytest.mark.parametrize("way", WAYS)
def test_a_text_arrives_whole_with_its_lines_of_dots(way: dict[str, Any]) -> None:
    with mail_server(**way) as server:
        backend = _backend(server.port)
        backend.ready()
        backend.send_messages([EmailMultiAlternatives("S", ".\n..\n.a\nfin", "navette@example.org", ["c@example.org"])])
        backend.close()
        assert server.arrived[0].get_content().split() == [".", "..", ".a", "fin"]


def test_silence_after_the_text_leaves_the_mail_uncertain() -> None:
    def rule(stage: str, recipient: str) -> str | None:
        if stage == "text":
            backend_gone.wait(5)
            return DROP
        return None

    backend_gone = threading.Event()
    with mail_server(rule=rule) as server:
        backend = SMTPBackend(host="127.0.0.1", port=server.port, timeout=0.3)
        backend.ready()
        with pytest.raises(NotSent) as failure:
            backend.send_messages([_message()])
        backend_gone.set()
    assert failure.value.outcome is Outcome.UNCERTAIN


@pytest.mark.parametrize("way", WAYS)
def test_a_refusal_does_not_spoil_the_connection_for_the_next_mail(way: dict[str, Any]) -> None:
    with mail_server(rule=refuse_at("rcpt", "550 no", only="bad@example.org"), **way) as server:
        backend = _backend(server.port)
        backend.ready()
        with pytest.raises(NotSent):
            backend.send_messages([_message("bad@example.org")])
        assert backend.send_messages([_message()]) == 1
        backend.close()
        assert server.connections == 1


@pytest.mark.parametrize("address", ["no-at-sign", "two@lines\nBcc: all@example.org"])
def test_an_address_that_can_not_be_one_is_refused_before_the_wire(address: str) -> None:
    with mail_server() as server:
        backend = _backend(server.port)
        backend.ready()
        with pytest.raises(NotSent) as failure:
            backend.send_messages([_message(address)])
        backend.close()
        assert server.arrived == []
    assert failure.value.outcome is Outcome.REFUSED


def test_no_server_and_a_server_that_will_not_have_us_are_away() -> None:
    with mail_server() as server:
        port = server.port
    for backend in (_backend(port), SMTPBackend(host="127.0.0.1", port=port, username="u", password="p")):
        with pytest.raises(NotSent) as failure:
            backend.ready()
        assert failure.value.outcome is Outcome.AWAY
    with mail_server(rule=refuse_at("connect", "554 not you")) as refusing, pytest.raises(NotSent) as failure:
        _backend(refusing.port).ready()
    assert failure.value.outcome is Outcome.AWAY


def test_a_kept_connection_that_the_server_closed_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(rule=refuse_at("noop", "421 idle too long")) as server:
        backend = _backend(server.port)
        backend.ready()
        backend.ready()
        assert server.connections == 1
        monkeypatch.setattr("navette.mail.transport.IDLE_BEFORE_CHECK", 0.0)
        backend.ready()
        assert server.connections == 2
        assert backend.send_messages([_message()]) == 1
        backend.close()


def test_it_speaks_tls_from_the_first_byte_where_asked(tmp_path: Path) -> None:
    """EMAIL_USE_SSL, with the same telling apart."""
    certificate, server_side = _certificate(tmp_path)
    with mail_server(tls=server_side, rule=refuse_at("text", DROP, only="bad@example.org")) as server:
        backend = _backend(server.port, use_ssl=True)
        backend.ssl_context = ssl.create_default_context(cafile=str(certificate))
        backend.ready()
        assert backend.send_messages([_message()]) == 1
        with pytest.raises(NotSent) as failure:
            backend.send_messages([_message("bad@example.org")])
    assert failure.value.outcome is Outcome.UNCERTAIN


def test_it_does_not_fall_back_to_clear_text(tmp_path: Path) -> None:
    with mail_server() as server:
        backend = _backend(server.port, use_tls=True)
        with pytest.raises(NotSent) as failure:
            backend.ready()
        assert failure.value.outcome is Outcome.AWAY
        assert server.arrived == []


def test_the_folder_holds_files_that_a_mail_reader_opens(tmp_path: Path) -> None:
    message = _message()
    message.extra_headers["X-Navette-Kind"] = "ends_in_30"
    with clock.set_today(dt.date(2027, 3, 1)):
        assert FolderBackend(folder=tmp_path / "mails").send_messages([message, message, _message()]) == 3
    names = sorted(path.name for path in (tmp_path / "mails").iterdir())
    assert len(names) == 3
    assert all(name.startswith("20270301T") and name.endswith(".eml") for name in names)
    assert [name.split("-", 2)[2] for name in names].count("ends_in_30.eml") == 2
    read = email.message_from_bytes((tmp_path / "mails" / names[0]).read_bytes(), policy=email.policy.default)
    text, html = read.get_body(("plain",)), read.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().split() == ["Bonjour", ".", "voilà"]
    assert html.get_content().strip() == "<p>Bonjour</p>"


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Return a certificate for loopback, and the server's side of TLS with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    return certificate, context
