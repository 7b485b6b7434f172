"""`navette demo`: make the demo's data where there are none, and serve them."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from navette.core import clock
from navette.demo import DEMO_ADDRESS, marks, serving
from navette.demo.connections import move_vendors
from navette.demo.generator import make_demo
from navette.demo.models import DemoMark
from navette.demo.plan import DEFAULT_SEED, SIZES, Plan
from navette.portal.profiles import PROFILES


class Command(BaseCommand):
    """Make the demo's data if need be, then run its worker and web server until Ctrl-C."""

    help = "Make the demo's data where there are none, and serve them on this machine."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; the environment's PORT is the default port."""
        parser.add_argument("--profile", choices=sorted(PROFILES), default="gironde")
        parser.add_argument("--size", choices=sorted(SIZES), default="small")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="the same seed makes the same data")
        parser.add_argument("--reset", action="store_true", help="make the data anew, relative to today")
        parser.add_argument("--no-serve", action="store_true", help="only make the data")
        parser.add_argument("--listen-anywhere", action="store_true", help="let other machines reach the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run; CommandError with a sentence where it can't."""
        host, port = options["host"], options["port"]
        wanted = marks.Wanted(options["profile"], options["size"], options["seed"])
        self._require_demo(host, anywhere=options["listen_anywhere"])
        try:
            if not options["no_serve"]:
                serving.require_free(host, port)
            if "SITE_URL" not in os.environ:
                settings.SITE_URL = serving.base_url(host, port)
            self._make_data(wanted, reset=options["reset"])
            if not options["no_serve"]:
                self._serve(host, port)
        except serving.CannotServe as reason:
            raise CommandError(str(reason)) from reason

    def _require_demo(self, host: str, *, anywhere: bool) -> None:
        if not settings.DEMO:
            raise CommandError("NAVETTE_DEMO is off in this environment: unset it to run the demo.")
        if not anywhere and not serving.is_loopback(host):
            raise CommandError(
                f"The demo's passwords are public, so it does not listen on {host}, which other machines can reach. "
                "Use --host 127.0.0.1, or add --listen-anywhere if you mean it."
            )
        if marks.holds_foreign_data():
            raise CommandError(
                "The database holds data that the demo did not make, and it is left alone. "
                "Choose another folder with NAVETTE_DATA, or another database with DATABASE_URL."
            )

    def _make_data(self, wanted: marks.Wanted, *, reset: bool) -> None:
        folder = Path(settings.DATA)
        folder.mkdir(parents=True, exist_ok=True)
        call_command("migrate", interactive=False, verbosity=0)
        reason = marks.why_anew(folder, wanted) or ("A new demo is asked for." if reset else None)
        if reason:
            self._make_anew(folder, wanted, reason)
        else:
            self._say_age()
        move_vendors(settings.SITE_URL)
        self._collect_static()

    def _make_anew(self, folder: Path, wanted: marks.Wanted, reason: str) -> None:
        self.stdout.write(f"{reason} Making the data ({wanted.profile}, {wanted.size}) in {folder}")
        self.stdout.flush()
        started = time.monotonic()
        if DemoMark.objects.exists():
            marks.empty(folder)
        marks.write_marks(folder, wanted)
        make_demo(Plan(wanted.profile, SIZES[wanted.size], wanted.seed, site_url=settings.SITE_URL))
        marks.finish_mark()
        self.stdout.write(f"Made in {time.monotonic() - started:.0f} s.")

    def _say_age(self) -> None:
        mark = DemoMark.objects.get()
        if mark.made_on != clock.today():
            self.stdout.write(
                f"The data were made on {mark.made_on}: requests and ends have moved on since. "
                "For fresh ones: .venv/bin/navette demo --reset"
            )

    def _collect_static(self) -> None:
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if not manifest.exists() or manifest.stat().st_mtime < _newest_static():
            call_command("collectstatic", interactive=False, verbosity=0)

    def _serve(self, host: str, port: int) -> None:
        environment = {
            "NAVETTE_DEMO": "1",
            "NAVETTE_DATA": str(settings.DATA),
            "PORT": str(port),
            "SITE_URL": settings.SITE_URL,
            "EMAIL_URL": "",  # the demo's mails are files, whatever this environment sends by
        }
        (Path(settings.DATA) / DEMO_ADDRESS).write_text(f"{settings.SITE_URL}\n")
        connections.close_all()
        try:
            for address in serving.serve(host, port, environment):
                self.stdout.write(f"Navette: {address}")
                self.stdout.flush()
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")


def _newest_static() -> float:
    """Return when the newest static file was changed, in seconds since 1970."""
    files = (Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([]))
    return max((file.stat().st_mtime for file in files), default=0.0)
