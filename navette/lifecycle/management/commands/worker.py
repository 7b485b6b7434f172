from typing import Any

from django.core.management.base import BaseCommand

from navette.lifecycle.worker import Worker


class Command(BaseCommand):
    """Run a worker until SIGTERM or SIGINT."""

    help = "Send mails as they come, and do the nightly work at 2:00. Several may run at once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop."""
        worker = Worker()
        worker.stop_on_signals()
        worker.run()
