"""Suggesting a purchase, and the staff's answer."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.editorial import mails
from navette.editorial.actions.texts import cleaned, stripped
from navette.editorial.errors import Overtaken
from navette.editorial.models import PurchaseSuggestion, SuggestionState, WorkKind
from navette.editorial.states import SUGGESTION_MOVES
from navette.libraries.models import Library
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal

LONGEST_ANSWER = 1_000


@dataclass(frozen=True)
class Suggestion:
    """What a library writes of a work that it would like the département to buy."""

    title: str
    kind: str = WorkKind.BOOK
    creator: str = ""
    publisher: str = ""
    isbn: str = ""
    comment: str = ""


@transaction.atomic
def suggest(library: Library, *, acting_user: Actor, suggestion: Suggestion) -> PurchaseSuggestion:
    """Write a suggestion of `library`; the portal's team is mailed. Raises NotAllowed or Invalid (with the field)."""
    require(acting_user, "editorial.write", library)
    row = PurchaseSuggestion(library=library, **stripped(asdict(suggestion)))
    row.author = acting_user if isinstance(acting_user, User) else None
    cleaned(row, "library", "author", "answered_at")
    row.save(force_insert=True)
    audit(acting_user, "editorial.suggest", row, library=library.pk)
    queue_mail(mails.suggestion_received(row, current_portal()))
    return row


@transaction.atomic
def answer(suggestion: PurchaseSuggestion, *, acting_user: Actor, state: str, answer: str) -> PurchaseSuggestion:
    """Answer `suggestion`, in the state that the person saw it in; its library is mailed the answer.

    Raises NotAllowed, Invalid (an answer is needed), or Overtaken where somebody answered first.
    """
    require(acting_user, "editorial.moderate")
    text = answer.strip()
    if state not in SuggestionState.values:
        raise Invalid(_("Choisissez l’état de la suggestion."), "state")
    if not text or len(text) > LONGEST_ANSWER:
        raise Invalid(_("Écrivez la réponse, en 1 000 caractères au plus."), "answer")
    rows = 0
    if SuggestionState(state) in SUGGESTION_MOVES[SuggestionState(suggestion.state)]:
        seen = PurchaseSuggestion.objects.filter(pk=suggestion.pk, state=suggestion.state)
        rows = seen.update(state=state, answer=text, answered_at=clock.now())
    fresh = PurchaseSuggestion.objects.select_related("library").get(pk=suggestion.pk)
    if not rows:
        raise Overtaken.now(fresh.title, fresh.get_state_display())
    audit(acting_user, "editorial.answer", fresh, state=state, library=fresh.library_id)
    queue_mail(mails.suggestion_answered(fresh, current_portal()))
    return fresh
