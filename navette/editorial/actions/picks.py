"""A library's picks: written, proposed, then published by the staff or sent back with a note."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import Invalid
from navette.core.models import audit
from navette.core.seen import fingerprint_of
from navette.editorial import mails
from navette.editorial.actions.texts import cleaned, stripped
from navette.editorial.errors import Overtaken
from navette.editorial.models import Pick, PickState, WorkKind
from navette.editorial.states import EDITABLE, PICK_MOVES
from navette.libraries.models import Library
from navette.mail.outbox import queue_mail
from navette.portal.queries import current_portal
from navette.resources.models import DigitalResource

LONGEST_NOTE = 500


@dataclass(frozen=True)
class PickText:
    """What a library writes of a work that it recommends."""

    title: str
    review: str
    kind: str = WorkKind.BOOK
    creator: str = ""
    isbn: str = ""
    resource: DigitalResource | None = None

    def fields(self) -> dict[str, Any]:
        """Return the values of the fields of `Pick`."""
        return stripped(asdict(self) | {"resource": self.resource})


@transaction.atomic
def write_pick(library: Library, *, acting_user: Actor, text: PickText) -> Pick:
    """Write a draft of `library`, which nobody else reads. Raises NotAllowed or Invalid (with the field)."""
    require(acting_user, "editorial.write", library)
    pick = Pick(library=library, **text.fields())
    pick.author = acting_user if isinstance(acting_user, User) else None
    cleaned(pick, "library", "author", "resource", "published_at")
    pick.save(force_insert=True)
    audit(acting_user, "editorial.write_pick", pick, library=library.pk)
    return pick


@transaction.atomic
def edit_pick(pick: Pick, *, acting_user: Actor, text: PickText) -> Pick:
    """Change a draft, or a pick sent back. Raises NotAllowed, Invalid, or Overtaken once it is proposed."""
    require(acting_user, "editorial.write", pick.library)
    cleaned(Pick(library=pick.library, **text.fields()), "library", "author", "resource", "published_at")
    rows = Pick.objects.filter(pk=pick.pk, state__in=EDITABLE).update(**text.fields())
    return _moved(pick, rows, acting_user, "editorial.edit_pick")


@transaction.atomic
def propose(pick: Pick, *, acting_user: Actor) -> Pick:
    """Propose a pick to the portal's team, who are mailed. Raises NotAllowed or Overtaken."""
    require(acting_user, "editorial.write", pick.library)
    return _move(pick, PickState.PROPOSED, acting_user, "pick_proposed", staff_note="")


@transaction.atomic
def publish(pick: Pick, *, acting_user: Actor) -> Pick:
    """Publish a proposed pick; its library is mailed. Raises NotAllowed or Overtaken."""
    require(acting_user, "editorial.moderate")
    return _move(pick, PickState.PUBLISHED, acting_user, "pick_published", published_at=clock.now())


@transaction.atomic
def send_back(pick: Pick, *, acting_user: Actor, note: str) -> Pick:
    """Send a proposed pick back with a `note`, or take a published one down; its library is mailed the note.

    Raises NotAllowed, Invalid without a note, or Overtaken.
    """
    require(acting_user, "editorial.moderate")
    note = note.strip()
    if not note or len(note) > LONGEST_NOTE:
        raise Invalid(_("Dites à la bibliothèque ce qui est à reprendre, en 500 caractères au plus."), "note")
    return _move(pick, PickState.DECLINED, acting_user, "pick_sent_back", staff_note=note)


def pick_fingerprint(pick: Pick) -> str:
    """Return what changes with the words of `pick`, after its state: the page that decides on it carries it along."""
    return f"{pick.state}-{fingerprint_of(_seen(pick))}"


def _seen(pick: Pick) -> dict[str, Any]:
    """Return the columns that somebody who decides on `pick` has read."""
    names = ("state", "kind", "title", "creator", "isbn", "resource_id", "review")
    return {name: getattr(pick, name) for name in names}


def _move(pick: Pick, to: PickState, acting_user: Actor, kind: str, **values: Any) -> Pick:
    """Change the state of `pick`, as the person saw it in state and words; write it down, queue the mail of `kind`."""
    rows = 0
    if pick.state in PICK_MOVES[to]:
        rows = Pick.objects.filter(pk=pick.pk, **_seen(pick)).update(state=to, **values)
    fresh = _moved(pick, rows, acting_user, f"editorial.{kind}")
    queue_mail(mails.about_pick(kind, fresh, current_portal()))
    return fresh


def _moved(pick: Pick, rows: int, acting_user: Actor, action: str) -> Pick:
    fresh = Pick.objects.select_related("library").get(pk=pick.pk)
    if not rows:
        raise overtaken(fresh, pick_fingerprint(pick))
    audit(acting_user, action, fresh, library=fresh.library_id, state=fresh.state)
    return fresh


def overtaken(fresh: Pick, seen: str) -> Overtaken:
    """Return what tells a person who saw the pick as the fingerprint `seen` says how it stands now."""
    same_state = fresh.state == seen.partition("-")[0]
    if same_state and seen != pick_fingerprint(fresh):
        return Overtaken.reworded(fresh.title)
    return Overtaken.now(fresh.title, fresh.get_state_display())
