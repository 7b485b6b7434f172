from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "navette.demo"
    verbose_name = "demo"

    def ready(self) -> None:
        """Tell the login page which accounts to list: those of the profile that the data folder's mark names."""
        if not settings.DEMO:
            return
        from navette.demo import accounts, marks  # noqa: PLC0415 - models load after apps are ready

        profile = marks.read_folder_mark(Path(settings.DATA)).get("profile", "gironde")
        settings.DEMO_PASSWORD = accounts.PASSWORD
        settings.DEMO_TOTP_SECRET = accounts.TOTP_SECRET
        settings.DEMO_ACCOUNTS = accounts.listed(profile if profile in accounts.PROS else "gironde")
