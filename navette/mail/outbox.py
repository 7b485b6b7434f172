"""Queueing mails, in the transaction of the action that causes them. `delivery` sends them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from navette.core.french import french_spaces
from navette.mail.kinds import KINDS, fill
from navette.mail.models import MailText, OutgoingMail

SUBJECT_LENGTH = OutgoingMail._meta.get_field("subject").max_length or 200


@dataclass(frozen=True)
class Text:
    """A kind's subject and body in force, with their variables still in them."""

    subject: str
    body: str


@dataclass(frozen=True)
class Letter:
    """What one mail needs: its kind, whom it goes to, and what fills its text.

    `key` makes it unique for ever: a second mail of that key is not queued. `body` replaces the kind's text (a
    librarian's own words, sent as they are). `signed_by` is the library or portal named at the foot. `about` is the
    key of the account whose personal data it holds, whoever it goes to; `about_readers_of` that of the library some of
    whose readers it names. By these it is found when they are erased (DATA-02).
    """

    kind: str
    to: str
    values: Mapping[str, object] = field(default_factory=dict)
    key: str | None = None
    body: str | None = None
    button_url: str = ""
    signed_by: str = ""
    about: int | None = None
    about_readers_of: int | None = None


def text_in_force(kind: str) -> Text:
    """Return the text of `kind`: the staff's, or the default one."""
    changed = MailText.objects.filter(kind=kind).first()
    if changed:
        return Text(changed.subject, changed.body)
    return Text(str(KINDS[kind].subject), str(KINDS[kind].body))


def filled_body(kind: str, values: Mapping[str, object]) -> str:
    """Return the body of `kind` with its variables replaced: what a form proposes to edit."""
    return fill(text_in_force(kind).body, values)


def _row(letter: Letter, text: Text) -> OutgoingMail:
    subject = french_spaces(" ".join(fill(text.subject, letter.values).split()))
    return OutgoingMail(
        key=letter.key,
        kind=letter.kind,
        to_email=letter.to,
        subject=subject[:SUBJECT_LENGTH],
        body=letter.body if letter.body is not None else fill(text.body, letter.values),
        button_label=str(KINDS[letter.kind].button) if letter.button_url else "",
        button_url=letter.button_url,
        signed_by=letter.signed_by,
        about_account=letter.about,
        about_library=letter.about_readers_of,
    )


def queue_mails(letters: Iterable[Letter]) -> None:
    """Queue many mails in the caller's transaction; those whose key is already taken are left out."""
    texts: dict[str, Text] = {}
    rows = []
    for letter in letters:
        if letter.kind not in texts:
            texts[letter.kind] = text_in_force(letter.kind)
        rows.append(_row(letter, texts[letter.kind]))
    OutgoingMail.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def queue_mail(letter: Letter) -> None:
    """Queue one mail in the caller's transaction."""
    queue_mails([letter])
