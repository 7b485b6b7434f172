import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from navette.core.actors import SYSTEM
from navette.core.errors import Refusal
from navette.files.columns import Columns, plain
from navette.lifecycle import jobs
from navette.lifecycle.models import Job, JobState
from navette.lifecycle.moving_in import actions
from navette.lifecycle.moving_in.importers import Importer
from navette.lifecycle.moving_in.running import IMPORTERS

REJECTS_SHOWN = 50


def column(text: str) -> tuple[str, str]:
    """Return field and title of « field=title », or raise what argparse tells."""
    name, equals, title = text.partition("=")
    if not equals or not title:
        raise argparse.ArgumentTypeError(_("« %(text)s » : écrivez champ=titre de la colonne.") % {"text": text})
    return name, title


class Command(BaseCommand):
    """Take a file of a former portal over, to its end, as the console does; the same file again changes nothing."""

    help = (
        "Take libraries, accounts or subscribers of a former portal over from an .xlsx or .csv file. No mail is sent."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the kind, the file, --dry-run and --columns."""
        parser.add_argument("kind", choices=list(IMPORTERS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")
        parser.add_argument(
            "--columns", nargs="+", type=column, default=[], metavar="FIELD=TITLE", help="columns that are not guessed"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, start and finish; print the figures and the first rows left out."""
        importer = IMPORTERS[options["kind"]]
        try:
            with options["file"].open("rb") as file:
                job = actions.read_file(importer, acting_user=SYSTEM, file=file, name=options["file"].name)
            columns = _columns(job, importer, options["columns"])
            job = actions.start(job, acting_user=SYSTEM, columns=columns, dry_run=options["dry_run"])
        except (Refusal, OSError) as fault:
            raise CommandError(fault.message if isinstance(fault, Refusal) else str(fault)) from fault
        self._tell(jobs.finish(job))

    def _tell(self, job: Job) -> None:
        if job.state != JobState.DONE:
            raise CommandError(
                _("Interrompu à la ligne %(line)d : %(error)s") % {"line": job.position, "error": job.error}
            )
        figures = {name: getattr(job, name) for name in ("created", "updated", "unchanged", "rejected")}
        told = _("%(created)d créés, %(updated)d mis à jour, %(unchanged)d inchangés, %(rejected)d rejetés.") % figures
        self.stdout.write(_("À blanc, rien n’a été changé. %(line)s") % {"line": told} if job.dry_run else told)
        for row in job.rejects.all()[:REJECTS_SHOWN]:
            where = _("Ligne %(line)d") % {"line": row.line}
            self.stdout.write(f"{where}, {row.column} : {row.reason}" if row.column else f"{where} : {row.reason}")


def _columns(job: Job, importer: Importer, given: list[tuple[str, str]]) -> Columns:
    titles = [plain(title) for title in job.headers]
    fields = [wanted.name for wanted in importer.wanted]
    columns: Columns = dict(job.columns)
    for name, title in given:
        if name not in fields:
            raise CommandError(_("Champ inconnu : %(name)s (%(all)s).") % {"name": name, "all": ", ".join(fields)})
        if plain(title) not in titles:
            raise CommandError(_("Le fichier n’a pas de colonne « %(title)s ».") % {"title": title})
        columns = {key: index for key, index in columns.items() if index != titles.index(plain(title))}
        columns[name] = titles.index(plain(title))
    return columns
