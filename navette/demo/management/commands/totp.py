"""`navette totp`: the code of the moment for the second factor of the demo's staff."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from navette.accounts.second_factor import STEP
from navette.demo.accounts import TOTP_SECRET


class Command(BaseCommand):
    """Prints the six digits that an authenticator application would show now."""

    help = "Print the code of the second factor of the demo's staff."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code; only the demo has a secret that everybody knows."""
        if not settings.DEMO:
            raise CommandError("Only the demo has a second factor that everybody knows: run `navette demo` first.")
        self.stdout.write(format_hotp_value(hotp_value(TOTP_SECRET, int(time.time()) // STEP)))
