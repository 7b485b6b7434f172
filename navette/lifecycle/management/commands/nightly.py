import argparse
import datetime as dt
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connections
from django.utils import timezone
from django.utils.translation import gettext as _

from navette.core import clock
from navette.lifecycle import nightly
from navette.lifecycle.patience import Patience
from navette.mail.actions import pull_forward

MOST_FAILURES = 6  # about a minute, beside what each waits for a lock


def day(text: str) -> dt.date:
    """Return the day that `text` (YYYY-MM-DD) names, or raise what argparse tells."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no time zone
    except ValueError:
        raise argparse.ArgumentTypeError(
            _("« %(text)s » n’est pas une date. Écrivez-la AAAA-MM-JJ, par exemple 2027-03-01.") % {"text": text}
        ) from None


class Command(BaseCommand):
    """Do the nightly work now, whether or not it has been done today: what is done is not done again."""

    help = "Expiry, reminders and cleaning, as every night at 2:00. Safe to run again, and beside a worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --today and --dry-run."""
        parser.add_argument("--today", type=day, metavar="YYYY-MM-DD", help="do as if it were that day")
        parser.add_argument("--dry-run", action="store_true", help="change nothing, say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work, and print one line of figures."""
        figures: dict[str, int] = {}
        with clock.set_today(options["today"]):
            _waiting_for_database(lambda: figures.update(nightly.foresee()) if options["dry_run"] else _work(figures))
            line = nightly.in_words(figures)
        self.stdout.write(_("À blanc, rien n’a été changé. %(line)s") % {"line": line} if options["dry_run"] else line)


def _work(figures: dict[str, int]) -> None:
    nightly.run(figures)
    pull_forward(timezone.now())


def _waiting_for_database(work: Callable[[], None]) -> None:
    """Do `work`, again where the database failed: what was done by then is kept. CommandError when it stays away."""
    patience = Patience("database", first=1, longest=16)
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            connections.close_all()
            if patience.failures >= MOST_FAILURES:
                raise CommandError(
                    _(
                        "La base de données ne répond pas (%(error)s). Ce qui a été fait est gardé : relancez la "
                        "commande quand elle sera revenue."
                    )
                    % {"error": type(error).__name__}
                ) from error
            time.sleep(patience.failed(type(error).__name__))
