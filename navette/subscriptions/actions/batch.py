"""A library registers the readers of a file: read, previewed, then all good rows at once or none.

`lifecycle.undoing` takes them back, for a day.
"""

import datetime as dt
from collections.abc import Mapping
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from navette.accounts.models import User
from navette.core import clock
from navette.core.actors import Actor, require
from navette.core.errors import NotAllowed, Refusal
from navette.core.models import audit
from navette.files.columns import checked, guess
from navette.files.sheets import open_sheet
from navette.libraries.models import Library
from navette.portal.queries import current_portal
from navette.subscriptions.actions.by_library import NewReader, register_by_library
from navette.subscriptions.batch_rows import WANTED, Checked, checked_rows
from navette.subscriptions.models import BatchState, RegistrationBatch

MOST_ROWS = 500  # all or none is one transaction: nobody else may wait long for it
UNDONE_FOR = dt.timedelta(days=1)
_CHANGED = gettext_lazy("Ce fichier a déjà été traité, ou a changé entre-temps. Voici où il en est.")


def read_batch(library: Library, *, acting_user: Actor, file: IO[bytes], name: str) -> RegistrationBatch:
    """Read a file of readers to register in `library`; nobody is registered yet.

    Raises NotAllowed, or BadSheet for a file that is no list of at most 500 rows.
    """
    require_registering(library, acting_user)
    sheet = open_sheet(file, name, most_rows=MOST_ROWS)
    rows = [[str(row.line), *row.cells] for row in sheet.rows]
    return RegistrationBatch.objects.create(
        library=library,
        user=acting_user if isinstance(acting_user, User) else None,
        filename=name[-200:],
        headers=sheet.headers,
        rows=rows,
        columns=guess(sheet.headers, WANTED),
    )


def choose_columns(batch: RegistrationBatch, *, acting_user: Actor, columns: Mapping[str, int]) -> RegistrationBatch:
    """Say in which column of the file each thing stands. Raises NotAllowed, Invalid (with the field) or Refusal."""
    require_registering(batch.library, acting_user)
    chosen = checked(columns, batch.headers, WANTED)
    drafts = RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.DRAFT)
    if not drafts.update(columns=chosen):
        raise Refusal(str(_CHANGED))
    return RegistrationBatch.objects.get(pk=batch.pk)


@transaction.atomic
def apply_batch(batch: RegistrationBatch, *, acting_user: Actor, ready: int) -> RegistrationBatch:
    """Register every row without a fault, all or none; the rows with a fault stay with the batch, to be corrected.

    `ready` is how many rows the person saw ready: where it is no longer that, nothing is done. Raises NotAllowed, or
    Refusal; Invalid where a row turns out not to be possible after all.
    """
    require_registering(batch.library, acting_user)
    drafts = RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.DRAFT)
    if not drafts.update(state=BatchState.APPLIED, applied_at=clock.now()):
        raise Refusal(str(_CHANGED))
    fresh = RegistrationBatch.objects.select_related("library").get(pk=batch.pk)
    checked(fresh.columns, fresh.headers, WANTED)
    rows = checked_rows(fresh)
    good = [row for row in rows if not row.errors]
    if not good:
        raise Refusal(_("Aucune ligne n’est prête : corrigez le fichier, puis envoyez-le de nouveau."))
    if len(good) != ready:
        raise Refusal(_("Le nombre de lignes prêtes a changé entre-temps : vérifiez la liste, puis recommencez."))
    for row in good:
        register_by_library(request=_request(row, fresh.library), acting_user=acting_user, batch=fresh)
    fresh.registered = len(good)
    fresh.rows = [[str(row.line), *row.cells, row.fault] for row in rows if row.errors]
    fresh.save(update_fields=["registered", "rows"])
    audit(acting_user, "subscriptions.register_batch", fresh, registered=len(good), left=len(fresh.rows))
    return fresh


def may_undo(batch: RegistrationBatch) -> bool:
    """Say whether the registrations of `batch` can still be undone."""
    applied_at = batch.applied_at
    return batch.state == BatchState.APPLIED and applied_at is not None and applied_at > clock.now() - UNDONE_FOR


def _request(row: Checked, library: Library) -> NewReader:
    if row.birth_date is None:
        raise ValueError("a row without birth date is not ready")
    texts = row.texts
    return NewReader(
        first_name=texts["first_name"],
        last_name=texts["last_name"],
        email=row.email,
        birth_date=row.birth_date,
        library=library,
        resources=row.resources,
        parent_name=row.texts["parent_name"],
        parent_email=row.texts["parent_email"],
    )


def require_registering(library: Library, acting_user: Actor) -> None:
    """Raise NotAllowed unless `acting_user` registers readers for `library`, on a portal where libraries do."""
    if not current_portal().librarians_register_readers:
        raise NotAllowed(_("Sur ce portail, les usagers s’inscrivent eux-mêmes."))
    require(acting_user, "subscriptions.register", library)
