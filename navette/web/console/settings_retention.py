"""What the coming night would do by other retention settings (DATA-01): asked of the night's own questions."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import ngettext

from navette.core import clock
from navette.lifecycle import due
from navette.portal.models import Portal


@dataclass(frozen=True)
class Effect:
    """A sentence about what happens; `tone` is `info` or `warning`."""

    text: str
    tone: str = "info"


def retention_effects(after: Portal) -> list[Effect]:
    """Return how much has had its time today by the settings `after`, which are saved for the asking and undone."""
    day, told = clock.today(), []
    with transaction.atomic():
        after.save()
        for rows, words in KEPT:
            count = rows(day).count()
            told.append(Effect(words(count) % {"count": count}, "warning" if count else "info"))
        transaction.set_rollback(True)
    return told


KEPT: tuple[tuple[Callable[[dt.date], QuerySet[Any]], Callable[[int], str]], ...] = (
    (
        due.requests,
        lambda count: ngettext(
            "Cette nuit, %(count)d demande refusée ou sans réponse serait effacée.",
            "Cette nuit, %(count)d demandes refusées ou sans réponse seraient effacées.",
            count,
        ),
    ),
    (
        due.to_warn,
        lambda count: ngettext(
            "Cette nuit, %(count)d personne serait prévenue que son compte sera effacé un mois plus tard.",
            "Cette nuit, %(count)d personnes seraient prévenues que leur compte sera effacé un mois plus tard.",
            count,
        ),
    ),
    (
        due.accounts,
        lambda count: ngettext(
            "Cette nuit, %(count)d compte serait effacé.", "Cette nuit, %(count)d comptes seraient effacés.", count
        ),
    ),
    (
        due.openings,
        lambda count: ngettext(
            "Cette nuit, %(count)d ouverture de ressource perdrait le nom de la personne.",
            "Cette nuit, %(count)d ouvertures de ressources perdraient le nom de la personne.",
            count,
        ),
    ),
    (
        due.mails,
        lambda count: ngettext(
            "Cette nuit, %(count)d mail perdrait son texte.",
            "Cette nuit, %(count)d mails perdraient leur texte.",
            count,
        ),
    ),
    (
        due.audit_rows,
        lambda count: ngettext(
            "Cette nuit, %(count)d ligne du journal serait effacée.",
            "Cette nuit, %(count)d lignes du journal seraient effacées.",
            count,
        ),
    ),
)
