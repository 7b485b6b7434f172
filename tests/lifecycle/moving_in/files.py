"""Files of a former portal, for tests."""

import io
from typing import Any

from navette.accounts.models import User
from navette.lifecycle import jobs
from navette.lifecycle.models import Job
from navette.lifecycle.moving_in import actions
from navette.lifecycle.moving_in.running import IMPORTERS

SUBSCRIBERS = "Nom;Prénom;Mail;Date de naissance;Bibliothèque;Statut;Date de demande;Début;Fin;Ressources\n"
LIBRARIES = "Nom;Code INSEE;Territoire;Mail;Code postal;Commune;Téléphone\n"
ACCOUNTS = "Identifiant;Bibliothèque;Nom;Mail;Type;Profil\n"


def person(number: int, **changes: Any) -> str:
    """Return a line of SUBSCRIBERS."""
    values = {
        "last": f"Nom {number}",
        "first": "Zoé",
        "mail": f"zoe{number}@example.org",
        "born": "13/03/1990",
        "library": "Bazas",
        "state": "Validé",
        "asked": "",
        "start": "01/09/2026",
        "end": "01/09/2027",
        "resources": "Presse",
    }
    return ";".join(str(value) for value in (values | changes).values()) + "\n"


def draft(name: str, text: str, user: User) -> Job:
    """Send a file."""
    return actions.read_file(IMPORTERS[name], acting_user=user, file=io.BytesIO(text.encode()), name="ancien.csv")


def queued(name: str, text: str, user: User, *, dry_run: bool = False) -> Job:
    """Send a file and start it."""
    job = draft(name, text, user)
    return actions.start(job, acting_user=user, columns=job.columns, dry_run=dry_run)


def taken_over(name: str, text: str, user: User, *, dry_run: bool = False) -> Job:
    """Send a file and take it over to its end."""
    return jobs.finish(queued(name, text, user, dry_run=dry_run))


def counts(job: Job) -> tuple[int, int, int, int]:
    """Return what became of a job's rows: created, updated, unchanged, rejected."""
    return job.created, job.updated, job.unchanged, job.rejected


def reasons(job: Job) -> list[tuple[int, str, str]]:
    """Return the rows left out: line, column, reason."""
    return list(job.rejects.values_list("line", "column", "reason"))
