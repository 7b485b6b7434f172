import logging
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from granian import Granian
from granian.constants import Interfaces

# The one-time tokens that stand in addresses are kept out of the log, as query strings are.
SECRET_PARTS = re.compile(r"^(/(?:mot-de-passe|confirmation)/).+")
THREADS = 8  # a process, as many as it may have connections to PostgreSQL (DATABASE_POOL)
ACCESS_FORMAT = '%(addr)s "%(method)s %(path)s" %(status)d %(dt_ms).1f ms'


class WithoutSecrets(logging.Filter):
    """Keeps one-time tokens out of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the address asked for; keep every line."""
        if isinstance(record.args, dict) and "path" in record.args:
            record.args = {**record.args, "path": SECRET_PARTS.sub(r"\1...", str(record.args["path"]))}
        return True


LOGS: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_secrets": {"()": WithoutSecrets}},
    "formatters": {"line": {"format": "%(asctime)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "access": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]},
    },
    "loggers": {
        "_granian": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "granian.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}


class Command(BaseCommand):
    """Serve the site until SIGTERM or SIGINT."""

    help = "Serve the site with granian. Any number may run behind a load balancer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where to listen and with how many processes."""
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
        parser.add_argument("--workers", type=int, default=2, help="processes (2)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve; CommandError where the static files have not been collected."""
        manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if not manifest.exists():
            raise CommandError(
                f"The static files have not been collected in {settings.STATIC_ROOT}. Run: navette collectstatic"
            )
        Granian(
            "navette.config.wsgi:application",
            address=options["host"],
            port=options["port"],
            interface=Interfaces.WSGI,
            workers=options["workers"],
            blocking_threads=THREADS,
            websockets=False,
            log_dictconfig=LOGS,
            log_access=True,
            log_access_format=ACCESS_FORMAT,
            respawn_failed_workers=True,
        ).serve()
