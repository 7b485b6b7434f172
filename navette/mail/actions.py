"""What staff do about mails: those that Navette does not send again by itself (SUB-06), and the texts of all."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.french import french_spaces
from navette.core.models import AuditRow, audit
from navette.core.seen import fingerprint_of
from navette.mail.errors import AlreadySettled, TextOvertaken
from navette.mail.kinds import MailKind, unknown_variables
from navette.mail.models import MailState, MailText, OutgoingMail
from navette.mail.outbox import SUBJECT_LENGTH, Letter, queue_mail, text_in_force
from navette.mail.queries import TO_SETTLE
from navette.portal.models import Portal

LONGEST_TEXT = 10_000
_QUEUED_AGAIN: dict[str, Any] = {"state": MailState.QUEUED, "attempts": 0, "claimed_at": None, "last_error": ""}


@transaction.atomic
def settle(mail: OutgoingMail, *, acting_user: Actor, resend: bool) -> OutgoingMail:
    """Send an uncertain or refused mail again, or else treat an uncertain one as sent; return it fresh.

    Raises NotAllowed, or AlreadySettled where it is in another state by now.
    """
    require(acting_user, "mail.settle")
    if resend:
        movable = OutgoingMail.objects.filter(pk=mail.pk, state__in=TO_SETTLE, emptied_at__isnull=True)
        changed = movable.update(**_QUEUED_AGAIN, next_attempt_at=clock.now())
    else:
        movable = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.UNCERTAIN)
        changed = movable.update(state=MailState.SENT, sent_at=mail.claimed_at or clock.now())
    fresh = OutgoingMail.objects.get(pk=mail.pk)
    if not changed:
        raise AlreadySettled(str(fresh.get_state_display()))
    audit(acting_user, "mail.settle", fresh, resend=resend, source=mail.state)
    return fresh


def pull_forward(moment: dt.datetime) -> int:
    """Make due at `moment`, by the real clock, the new mails that a command queued on another day (`--today`)."""
    ahead = OutgoingMail.objects.filter(state=MailState.QUEUED, attempts=0, next_attempt_at__gt=moment)
    return ahead.update(next_attempt_at=moment)


@transaction.atomic
def save_text(kind: MailKind, *, acting_user: Actor, subject: str, body: str, seen: str) -> None:
    """Have the mails of `kind` say `subject` and `body` from now on; the default text again takes the change away.

    It goes over the text whose `text_fingerprint` is `seen`. Raises NotAllowed, Invalid for an empty text or a variable
    that the kind does not know, or TextOvertaken.
    """
    require(acting_user, "mail.edit_texts")
    subject, body = (french_spaces(text) for text in (" ".join(subject.split()), body.replace("\r\n", "\n").strip()))
    _check_text("subject", subject, kind)
    _check_text("body", body, kind)
    _check_seen(kind, seen)
    if (subject, body) == (str(kind.subject), str(kind.body)):
        MailText.objects.filter(kind=kind.name).delete()
    else:
        MailText.objects.update_or_create(kind=kind.name, defaults={"subject": subject, "body": body})
    text = MailText.objects.filter(kind=kind.name).first() or MailText(kind=kind.name)
    audit(acting_user, "mail.save_text", text, kind=kind.name)


@transaction.atomic
def reset_text(kind: MailKind, *, acting_user: Actor, seen: str) -> None:
    """Go back to the default text of `kind`. Raises NotAllowed, or TextOvertaken (see `save_text`)."""
    require(acting_user, "mail.edit_texts")
    _check_seen(kind, seen)
    if MailText.objects.filter(kind=kind.name).delete()[0]:
        audit(acting_user, "mail.reset_text", MailText(kind=kind.name), kind=kind.name)


@transaction.atomic
def send_try(kind: MailKind, *, acting_user: Actor, letter: Letter) -> None:
    """Send one mail of `kind`, with made-up values, to the one who asks. Raises NotAllowed."""
    require(acting_user, "mail.edit_texts")
    queue_mail(letter)
    audit(acting_user, "mail.send_try", MailText(kind=kind.name), kind=kind.name)


def text_fingerprint(kind: MailKind) -> str:
    """Return what changes with the text in force of `kind`: the page that edits it carries it along."""
    return fingerprint_of(vars(text_in_force(kind.name)))


def _check_seen(kind: MailKind, seen: str) -> None:
    Portal.objects.select_for_update().first()  # two who save at once come one after the other
    if text_fingerprint(kind) != seen:
        done = AuditRow.objects.filter(action__in=("mail.save_text", "mail.reset_text"), detail__kind=kind.name)
        last = done.order_by("-at", "-pk").first()
        raise TextOvertaken(last.actor_label if last else "", text_fingerprint(kind))


def _check_text(field: str, text: str, kind: MailKind) -> None:
    if not text:
        raise Invalid(_("Écrivez un texte."), field)
    if field == "subject" and len(text) > SUBJECT_LENGTH:
        raise Invalid(_("L’objet est trop long : 200 caractères au plus."), field)
    if len(text) > LONGEST_TEXT:
        raise Invalid(_("Ce texte est trop long : 10 000 caractères au plus."), field)
    unknown = unknown_variables(text, kind.variables)
    if unknown:
        raise Invalid(
            _("Ce mail ne connaît pas %(unknown)s. Il connaît : %(known)s.")
            % {"unknown": _in_braces(sorted(unknown)), "known": _in_braces(kind.variables)},
            field,
        )


def _in_braces(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
