"""Questions asked by the contact forms: asking, answering by mail, closing without answer, coming back to it."""

from django.db import transaction
from django.utils.translation import gettext as _

from navette.core.actors import Actor, require
from navette.core.errors import Invalid, Refusal
from navette.core.models import audit
from navette.libraries import contact_mails
from navette.libraries.models import ContactAnswer, ContactMessage, Library, MessageState, Theme
from navette.mail.outbox import queue_mail, queue_mails
from navette.portal.queries import current_portal

FOR_EVERYBODY = (Theme.RESOURCES, Theme.ACCOUNT, Theme.LIBRARIES, Theme.SITE, Theme.OTHER)
FOR_PROFESSIONALS = (
    Theme.SUBSCRIBERS,
    Theme.ACCESS,
    Theme.RESOURCES,
    Theme.EXTRANET,
    Theme.ACTIVITIES,
    Theme.SITE,
    Theme.OTHER,
)
LONGEST_ANSWER = 10_000


class AlreadyDealtWith(Refusal):
    """Somebody else answered, closed or reopened the message first."""

    def __init__(self, message: ContactMessage) -> None:
        last = message.answers.last()
        if message.state == MessageState.ANSWERED and last is not None:
            super().__init__(_("%(who)s a déjà répondu à ce message.") % {"who": last.author_label})
        else:
            state = message.get_state_display()
            super().__init__(_("Ce message a changé d’état entre-temps : %(state)s.") % {"state": state})


@transaction.atomic
def ask_question(
    *,
    acting_user: Actor,
    theme: str,
    name: str,
    email: str,
    body: str,
    library: Library | None = None,
    is_professional: bool = False,
    acknowledge: bool = True,
) -> ContactMessage:
    """Write a question down, tell the portal's team, and (`acknowledge`) the asker that it has come in.

    Anybody may ask. Raises Invalid for a theme that the form does not offer.
    """
    if theme not in (FOR_PROFESSIONALS if is_professional else FOR_EVERYBODY):
        raise Invalid(_("Choisissez ce que votre question concerne."), "theme")
    message = ContactMessage.objects.create(
        theme=theme,
        name=name,
        email=email,
        body=body,
        library=library,
        is_professional=is_professional,
        user_id=acting_user.pk,
    )
    portal = current_portal()
    queue_mail(contact_mails.arrived(message, portal))
    if acknowledge:
        queue_mail(contact_mails.received(message, portal))
    audit(acting_user, "contact.ask", message, theme=theme)
    return message


@transaction.atomic
def answer(message: ContactMessage, *, acting_user: Actor, body: str) -> ContactMessage:
    """Answer a question by mail and return it fresh. Raises NotAllowed, Invalid or AlreadyDealtWith."""
    require(acting_user, "contact.answer", message.library)
    if not body.strip() or len(body) > LONGEST_ANSWER:
        raise Invalid(_("Écrivez la réponse : 10 000 caractères au plus."), "body")
    fresh = _move(message, MessageState.NEW, MessageState.ANSWERED)
    row = ContactAnswer.objects.create(
        message=fresh, author_id=acting_user.pk, author_label=acting_user.label[:200], body=body.strip()
    )
    queue_mails([contact_mails.answered(fresh, row, current_portal())])
    audit(acting_user, "contact.answer", fresh)
    return fresh


@transaction.atomic
def close(message: ContactMessage, *, acting_user: Actor) -> ContactMessage:
    """Close a question without answering it; return it fresh. Raises NotAllowed or AlreadyDealtWith."""
    require(acting_user, "contact.answer", message.library)
    fresh = _move(message, MessageState.NEW, MessageState.CLOSED)
    audit(acting_user, "contact.close", fresh)
    return fresh


@transaction.atomic
def reopen(message: ContactMessage, *, acting_user: Actor) -> ContactMessage:
    """Put an answered or closed question back among those to deal with; return it fresh. Raises as `close` does."""
    require(acting_user, "contact.answer", message.library)
    fresh = _move(message, message.state, MessageState.NEW)
    audit(acting_user, "contact.reopen", fresh)
    return fresh


def _move(message: ContactMessage, source: str, target: str) -> ContactMessage:
    rows = ContactMessage.objects.filter(pk=message.pk, state=source).exclude(state=target).update(state=target)
    fresh = ContactMessage.objects.select_related("library").get(pk=message.pk)
    if not rows:
        raise AlreadyDealtWith(fresh)
    return fresh
