"""The message that a queued row becomes."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navette.mail.letters import Letterhead, paragraphs
from navette.mail.models import OutgoingMail
from navette.portal.models import Portal
from navette.portal.profiles import PROFILES

PORTAL = Portal(profile="gironde", contact_email="bibnum@example.org", **PROFILES["gironde"])
# What a form or a database can hold: no control characters, no halves of characters, none for private use.
WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Co")), min_size=1, max_size=80)


def _mail(**fields: str) -> OutgoingMail:
    defaults = {
        "kind": "accepted",
        "to_email": "camille@example.org",
        "subject": "Votre abonnement à biblio.gironde est validé",
        "body": "Bonjour Camille,\n\nC’est validé.\nÀ bientôt.",
        "signed_by": "Sauveterre-de-Guyenne",
    }
    return OutgoingMail(**defaults | fields)


def _read(mail: OutgoingMail) -> EmailMessage:
    data = Letterhead(lambda: PORTAL).message(mail).message().as_bytes(linesep="\r\n")
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    return email.message_from_bytes(data, policy=email.policy.default)


def _parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_a_letter_says_who_writes_and_that_no_person_reads_answers() -> None:
    mail = _mail()
    message = _read(mail)
    assert message["Message-ID"] == mail.message_id
    assert message["To"] == "camille@example.org"
    assert (message["From"].addresses[0].display_name, message["From"].addresses[0].addr_spec) == (
        "biblio.gironde",
        "navette@example.org",
    )
    assert message["Subject"] == "Votre abonnement à biblio.gironde est validé"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime.tzinfo is not None


def test_both_parts_hold_the_text_the_button_and_the_library_s_name() -> None:
    text, html = _parts(
        _read(_mail(button_label="Ouvrir mon compte", button_url="https://navette.test/mon-compte?a=1&b=2"))
    )
    for part in (text, html):
        assert "C’est validé." in part
        assert "Ouvrir mon compte" in part
        assert "Sauveterre-de-Guyenne" in part
        assert "Département de la Gironde" in part
    assert "https://navette.test/mon-compte?a=1&b=2" in text
    assert 'href="https://navette.test/mon-compte?a=1&amp;b=2"' in html
    assert "<img" not in html


def test_without_a_button_there_is_no_empty_one() -> None:
    text, html = _parts(_read(_mail()))
    assert "recopiez" not in html
    assert " :\n" not in text


def test_what_a_stranger_typed_stays_text() -> None:
    """Neither markup nor a link of theirs, and only the portal's own addresses become links."""
    body = "Bonjour <b>x</b> http://evil.example/ https://navette.test.evil.example/a voir https://navette.test/aide."
    html = paragraphs(body)
    assert "&lt;b&gt;" in html
    assert html.count("<a ") == 1
    assert '<a href="https://navette.test/aide">https://navette.test/aide</a>.' in html


@given(subject=WORDS, body=WORDS, signed_by=WORDS)
def test_any_words_arrive_as_they_were_written(subject: str, body: str, signed_by: str) -> None:
    message = _read(_mail(subject=" ".join(subject.split()) or "x", body=body, signed_by=signed_by))
    text, _html = _parts(message)
    assert text.split()[: len(body.split())] == body.split()
    assert "".join(signed_by.split()) in "".join(text.split())


def test_a_recipient_that_would_add_a_header_is_refused() -> None:
    message = Letterhead(lambda: PORTAL).message(_mail(to_email="a@example.org\r\nBcc: all@example.org"))
    with pytest.raises(ValueError, match="address"):
        message.message()


def test_a_subject_stays_on_its_line() -> None:
    message = _read(_mail(subject="Bonjour\r\nBcc: all@example.org"))
    assert message["Bcc"] is None
    assert message["Subject"] == "Bonjour Bcc: all@example.org"


def test_a_line_does_not_break_before_a_french_sign() -> None:
    assert paragraphs("Choisissez « Demander » : oui ?") == "<p>Choisissez «\u00a0Demander\u00a0»\u00a0: oui\u00a0?</p>"
